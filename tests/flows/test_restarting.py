"""A restart between any two steps of an approval: the old buttons work, and answer truthfully.

`STEPS` is one life of a push to everybody, from the wish to what becomes of it, and of a coupon
that is voided and taken back. Each step is a press on what was drawn before the restart. What
follows it is a press that the same old card should not have the better of.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, buttons
from tests.flows.test_sessions import makes
from tests.flows.test_telling import at
from tests.flows.test_undo import takes
from tests.world import Human, World, words_of

RULES = """
rules:
  - {rule: Blasts, when: {risk: blast}, approvals: 2, brake: 2m, quiet: '21:00-08:00'}
  - {rule: Changes, when: {risk: change}, approvals: 1}
"""
GROUP = {"usergroup": "coupon-approvers", "users": ["U0BO", "U0CY", "U0DI"]}


@dataclass(frozen=True)
class Step:
    """What somebody does; and then, on the same old card, who presses what and is told what."""

    does: Callable[[World], object]
    late: Callable[[World], Human] | None = None
    told: str = ""


def asks(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.submits(campaign=SPLASH, message="Summer")
    assert world.request().state is Consent.ASKED


def is_shown(world: World) -> None:
    world.tick()
    assert "Reaches 812 people" in words_of(world.slack.card())


def agrees(world: World, name: str) -> Human:
    """With the number typed, on the card as it was drawn; nobody draws it anew."""
    return world.person(name).at_card("approve_with").submits(reached="812")


def counts_down(world: World) -> None:
    world.bot.jobs["announce"][0]()
    world.bot.jobs["count"][0]()
    assert "Goes out in" in words_of(world.slack.card())
    assert buttons(world.slack.card()) == ["stop"]


def is_stopped(world: World) -> None:
    world.person("ana").at_card("stop")
    assert world.request().state is Consent.PAUSED
    world.bot.jobs["announce"][0]()


def goes_on(world: World) -> None:
    world.person("cy").at_card("resume")
    assert world.request().state is Consent.GRANTED


def is_held(world: World) -> None:
    world.passes(minutes=3)
    assert [run.held_for for run in world.operations(Progress.HELD)] == ["quiet"]
    assert world.api.pushed == []


def is_carried_out(world: World) -> None:
    place = {"ts": world.slack.card()["ts"], "channel": "approvals"}
    world.person("di").presses("run_late", **place)
    world.bot.jobs["release"][0]()
    world.settles()
    assert [push["message"] for push in world.api.pushed] == ["Summer"]


def offers_to_take_it_back(world: World) -> None:
    world.tick()
    assert "Done" in words_of(world.slack.card())
    given = {"couponsession": makes(world), "operation": "void"}
    world.bot.desk.ask("session.update", given, actor="U0ANA")
    world.tick()
    world.person("bo").at_card("approve")
    world.tick()
    assert [done["operation"] for done in world.api.state["updates"]] == ["void"]


def takes_it_back(world: World) -> None:
    takes(world.person("ana"), "Unvoid").submits()
    world.tick()
    world.person("cy").at_card("approve")
    world.tick()
    assert [done["operation"] for done in world.api.state["updates"]] == ["void", "unvoid"]
    assert len(world.api.pushed) == 1


def again(name: str) -> Callable[[World], Human]:
    return lambda world: agrees(world, name)


def presses(name: str, verb: str) -> Callable[[World], Human]:
    return lambda world: world.person(name).at_card(verb)


STEPS = {
    "asked": Step(asks),
    "shown": Step(is_shown, again("ana"), "You asked for this yourself"),
    "first yes": Step(lambda world: agrees(world, "bo"), again("bo"), "agreed to this already"),
    "second yes": Step(
        lambda world: agrees(world, "cy"),
        presses("di", "refuse"),
        "Too late: It has been approved already.",
    ),
    "countdown": Step(counts_down),
    "stopped": Step(is_stopped, presses("ana", "resume"), "Somebody else has to let it go on."),
    "going on": Step(goes_on, presses("di", "resume"), "Too late: It has been approved already."),
    "held": Step(is_held, presses("bo", "run_late"), "takes one more person"),
    "carried out": Step(is_carried_out, presses("bo", "run_late"), "Too late: It is done already."),
    "undo offered": Step(offers_to_take_it_back),
    "taken back": Step(takes_it_back),
}
PLACES = [*STEPS][:-1]
"""Between each two steps."""


def lives(world: World, *places: str) -> None:
    """One life, with a restart after each of these steps; it ends one step after the last."""
    at(world, 22)
    world.slack.does("person", user="di", real_name="Di Park")
    world.slack.does("member", channel="approvals", user="di")
    world.slack.does("usergroup", **GROUP)
    world.under(RULES)
    names = [*STEPS]
    for name in names[: names.index(places[-1]) + 2]:
        step = STEPS[name]
        step.does(world)
        if name in places:
            world.stops()
            world.starts()
        if step.late and name in places:
            who = step.late(world)
            assert who.was_told(step.told), (name, who.sees)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("place", PLACES)
def test_after_a_restart_the_old_buttons_work_and_answer_truthfully(
    world: World, place: str
) -> None:
    lives(world, place)


def test_after_a_restart_at_every_step_nothing_is_lost_and_nothing_done_twice(
    world: World,
) -> None:
    lives(world, *PLACES)
    kinds = [kind for kind, _ in world.trail(world.requests()[0].id)]
    for once in ("waiting", "approved", "paused", "done"):
        assert kinds.count(once) == 1, kinds
