"""What Slack accepts as blocks and views: the schema, and the rules a schema cannot say."""

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from sandbox.slack import blockrules
from sandbox.slack.shapes import Json

EVERYWHERE = frozenset(
    ["actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"]
)
# Where published sources disagree, the strict reading holds: what may be refused is refused.
PLACES = {
    "modal": EVERYWHERE | {"alert"},
    "home": EVERYWHERE | {"card", "carousel", "container"},
    "message": EVERYWHERE
    | set(
        [
            "card",
            "carousel",
            "container",
            "context_actions",
            "data_table",
            "data_visualization",
            "markdown",
            "plan",
            "table",
            "task_card",
        ]
    ),
}
MOST_BLOCKS = {"modal": 100, "home": 100, "message": 50}
SHELLS = {"modal": "StrictModalView", "home": "StrictHomeView"}


class Problem(NamedTuple):
    """What is wrong, and where: a JSON pointer into the payload."""

    pointer: str
    message: str
    rule: str = "invalid"

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message}"


def check(payload: Any, surface: str) -> list[str]:
    """Everything wrong with a view or message (or its blocks); surface: modal, home, message."""
    found = [str(problem) for problem in problems(payload, surface)]
    if surface == "message" and isinstance(payload, dict) and not payload.get("text"):
        found.append("/: no top-level text (notifications and screen readers need it)")
    return found


def problems(payload: Any, surface: str) -> list[Problem]:
    """What Slack itself would refuse, each with its place."""
    found: list[Problem] = []
    if surface in SHELLS:
        if not isinstance(payload, dict):
            return [Problem("", "must provide an object", "type")]
        found += fits(SHELLS[surface], {**payload, "blocks": []})
    blocks = payload.get("blocks") if isinstance(payload, dict) else payload
    if not isinstance(blocks, list):
        return [*found, Problem("/blocks", "must provide an array", "type")]
    if len(blocks) > MOST_BLOCKS[surface]:
        text = f"no more than {MOST_BLOCKS[surface]} items allowed [have {len(blocks)}]"
        found.append(Problem("/blocks", text, "maxItems"))
    for index, block in enumerate(blocks):
        found += _block(block, surface, f"/blocks/{index}")
    if not found:  # the rules count on the shapes that the schema has seen to
        whole = payload if isinstance(payload, dict) else {"blocks": blocks}
        found += [Problem(*rest) for rest in blockrules.whole(whole, surface)]
    return list(dict.fromkeys(found))


def option_problems(options: Any) -> list[Problem]:
    """What is wrong with the options a bot offers for a searching picker."""
    if not isinstance(options, list):
        return [Problem("/options", "must provide an array", "type")]
    found: list[Problem] = []
    if len(options) > 100:
        text = f"no more than 100 items allowed [have {len(options)}]"
        found.append(Problem("/options", text, "maxItems"))
    for index, option in enumerate(options):
        found += fits("PlainTextOption", option, f"/options/{index}")
        if isinstance(option, dict) and not option.get("value"):
            found.append(Problem(f"/options/{index}", "missing required field: value", "required"))
    return found


def fits(name: str, value: Any, where: str = "") -> Iterator[Problem]:
    """Compare a value with one definition of the schema."""
    for problem in _misfits(name, json.dumps(value)):
        yield problem._replace(pointer=where + problem.pointer)


@lru_cache(maxsize=4096)
def _misfits(name: str, text: str) -> tuple[Problem, ...]:
    """The same block is drawn again and again, and comparing it is slow."""
    return tuple(
        Problem(
            "".join(f"/{part}" for part in leaf.absolute_path), _words(leaf), str(leaf.validator)
        )
        for error in _validator(name).iter_errors(json.loads(text))
        for leaf in _leaves(error)
    )


def _block(block: Any, surface: str, where: str) -> Iterator[Problem]:
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(kind, str) or kind not in _known():
        yield Problem(where, f"unsupported type: {kind}", "type")
        return
    if kind not in PLACES[surface]:
        yield Problem(where, f"unsupported type: {kind} is not accepted in a {surface}", "type")
    misfits = list(fits(_known()[kind], block, where))
    yield from misfits
    if not misfits:
        for path, text, rule in blockrules.block(block, surface):
            yield Problem(where + path, text, rule)


@cache
def _definitions() -> Json:
    text = (Path(__file__).parent / "blockkit.schema.json").read_text("utf-8")
    definitions: Json = json.loads(text)["definitions"]
    return definitions


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _sorted_out()})


@cache
def _sorted_out() -> Json:
    """The definitions with choices made by `type`: many times faster than trying each."""
    return {name: _by_type(definition) for name, definition in _definitions().items()}


def _by_type(node: Any) -> Any:
    if isinstance(node, list):
        return [_by_type(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    branches = _branches(node) if "anyOf" in node else None
    if branches is None:
        return {key: _by_type(value) for key, value in node.items()}
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    chosen = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": branch}
        for kind, branch in branches.items()
    ]
    known = {"properties": {"type": {"enum": [*branches]}}, "required": ["type"]}
    return {**rest, "type": "object", **known, "allOf": chosen}


def _branches(union: Json) -> dict[str, Json] | None:
    """Type to branch, where every branch of a union has a type of its own; else None."""
    found: dict[str, Json] = {}
    for branch in union["anyOf"]:
        target = branch
        if "$ref" in branch:
            target = _definitions()[branch["$ref"].rsplit("/", 1)[1]]
        if "anyOf" in target:
            inner = _branches(target)
        else:
            const = target.get("properties", {}).get("type", {}).get("const")
            inner = {const: branch} if const else None
        if inner is None or found.keys() & inner.keys():
            return None
        found |= inner
    return found


@cache
def _known() -> dict[str, str]:
    """Block type to the name of its definition."""
    names = [ref["$ref"].rsplit("/", 1)[1] for ref in _definitions()["KnownBlock"]["anyOf"]]
    return {_type_of(_definitions()[name]): name for name in names}


def _type_of(definition: Json) -> str:
    first = definition.get("anyOf", [definition])[0]
    return str(first["properties"]["type"]["const"])


def _leaves(error: ValidationError) -> list[ValidationError]:
    """Of alternatives, the complaints of the one that was meant: the one of the same type."""
    if error.validator != "anyOf":
        return [error]
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).extend(_leaves(inner))
    meant = [leaves for leaves in branches.values() if not _other_type(error, leaves)]
    return min(meant, key=len) if meant else [error]


def _other_type(error: ValidationError, leaves: list[ValidationError]) -> bool:
    here = list(error.absolute_path)
    return any(
        (leaf.validator == "const" and list(leaf.absolute_path) == [*here, "type"])
        or (leaf.validator == "anyOf" and list(leaf.absolute_path) == here)
        for leaf in leaves
    )


def _words(error: ValidationError) -> str:
    """Slack's own wording, as far as it is known."""
    limit: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "maxLength":
            return f"must be less than {limit + 1} characters"
        case "minLength":
            return f"must be more than {limit - 1} characters"
        case "maxItems":
            return f"no more than {limit} items allowed [have {len(instance)}]"
        case "minItems":
            return f"no fewer than {limit} items allowed [have {len(instance)}]"
        case "required":
            return f"missing required field: {error.message.split(' ')[0].strip(chr(39))}"
        case "anyOf" if isinstance(instance, dict):
            return f"unsupported type: {instance.get('type')}"
        case "enum" if list(error.absolute_path)[-1:] == ["type"]:
            return f"unsupported type: {instance}"
        case _:
            return error.message[:200]
