"""What stories of workflows begin with: a step is run, and stands somehow in Slack."""

from typing import Any

from sqlmodel import select

from store.tables import Consent, Execution
from tests.flows.asking import TEMPLATE
from tests.world import World

SPRING = {"template": TEMPLATE, "name": "Spring"}


def runs(world: World, step: str, by: str = "ana", **inputs: Any) -> str:
    """Somebody runs a workflow with that step; its id, while it has not ended."""
    answer = world.slack.does("step", callback_id=step, user=by, inputs=inputs)
    assert answer["ok"], answer
    world.workers.rest()
    return str(answer["execution"]["id"])


def sent(world: World, step: str, **inputs: Any) -> str:
    """The same as Workflow Builder would not let it be published."""
    answer = world.slack.does("step", callback_id=step, inputs=inputs, unchecked=True)
    world.workers.rest()
    return str(answer["execution"]["id"])


def ran(world: World, id: str) -> dict[str, Any]:
    """How the step stands in Slack."""
    return next(each for each in world.slack.state["executions"] if each["id"] == id)


def waits(world: World) -> str:
    """A step that waits for an approval."""
    id = runs(world, "campaign_create", **SPRING)
    world.tick()
    assert world.request().state is Consent.WAITING
    assert ran(world, id)["status"] == "running"
    return id


def why(world: World, id: str) -> str:
    """Why the step failed."""
    assert ran(world, id)["status"] == "failed", ran(world, id)
    return str(ran(world, id)["error"])


def kept(world: World) -> list[Execution]:
    with world.bot.office.store.look() as tx:
        return list(tx.exec(select(Execution)).all())
