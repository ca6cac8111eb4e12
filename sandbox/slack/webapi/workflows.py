"""functions.*: how a custom step of a workflow ends."""

from sandbox.slack import parameters
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.call import Call, Method


def complete_success(call: Call) -> Json:
    execution = _running(call)
    outputs = call.json("outputs") or {}
    if not isinstance(outputs, dict):
        raise Refused(
            "invalid_arguments", ["[ERROR] must provide an object [json-pointer:/outputs]"]
        )
    _declared(call, execution, outputs)
    execution.update(status="completed", outputs=outputs)
    call.world.changed()
    return {}


def complete_error(call: Call) -> Json:
    execution = _running(call)
    execution.update(status="failed", error=call.need("error"))
    call.world.changed()
    return {}


def _running(call: Call) -> Json:
    execution = call.world.executions.get(call.need("function_execution_id"))
    if execution is None:
        raise Refused("function_execution_not_found")
    if call.world.tokens.get(call.token, (execution["id"],))[0] != execution["id"]:
        raise Refused("access_denied")
    if execution["status"] != "running":
        raise Refused("execution_not_in_running_state")
    return execution


def _declared(call: Call, execution: Json, outputs: Json) -> None:
    """Outputs must be those of the manifest, of its types, and the required ones must be there."""
    functions: Json = (call.world.manifest or {}).get("functions", {})
    side = functions.get(execution["callback_id"], {}).get("output_parameters")
    found = parameters.problems(side, outputs) if side else []
    if found:
        raise Refused("parameter_validation_failed", [f"[ERROR] {words}" for words in found])


METHODS = {
    "functions.completeSuccess": Method(complete_success, "3"),
    "functions.completeError": Method(complete_error, "3"),
}
