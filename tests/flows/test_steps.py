"""Steps of Workflow Builder: asked for by who runs the workflow, told how it ended."""

from typing import Any

import pytest

from bot.executions import GONE, NOBODY
from store import queries
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, agree
from tests.flows.running import SPRING, ran, runs, sent, waits, why
from tests.flows.test_sessions import makes
from tests.world import World, words_of

VOUCHED = {"id": "U0BO", "secret": "x"}


def test_a_step_asks_as_the_person_who_runs_it_and_ends_when_it_is_done(world: World) -> None:
    id = waits(world)
    request = world.request()
    assert (request.actor, request.surface, request.token) == ("U0ANA", "workflow", id)
    assert "through a workflow" in words_of(world.slack.card())
    agree(world, "bo")
    world.tick()
    [made] = world.api.created
    assert ran(world, id)["status"] == "completed"
    outputs = ran(world, id)["outputs"]
    assert outputs["request_id"] == request.id
    assert outputs["status"] == "done"
    assert outputs["result"] == "Campaign “Spring” is made"
    assert outputs["id"].startswith("cam_") and made["name"] == "Spring"
    assert outputs["link"].startswith("https://")
    assert world.person("ana").was_told("Done")


def test_a_repeated_delivery_asks_once(world: World) -> None:
    id = waits(world)
    [index] = [
        each["index"] for each in world.slack.deliveries if each["name"] == "function_executed"
    ]
    for _ in range(3):
        assert world.slack.does("redeliver", index=index)["ok"]
        world.tick()
    assert len(world.requests()) == 1
    agree(world, "bo")
    world.tick()
    assert world.slack.does("redeliver", index=index)["ok"]
    world.tick()
    assert len(world.api.created) == len(world.requests()) == 1
    assert ran(world, id)["status"] == "completed"


def test_what_needs_nobodys_yes_is_done_at_once(world: World) -> None:
    session = makes(world)
    id = runs(world, "session_update", couponsession=session, operation="void")
    world.tick()
    assert world.request().quorum == 0
    assert ran(world, id)["outputs"]["session"] == session


def test_a_read_is_answered_with_what_it_found_and_is_on_record(world: World) -> None:
    id = runs(world, "campaign_info", campaign=SPLASH)
    world.tick()
    outputs = ran(world, id)["outputs"]
    assert outputs["id"] == SPLASH
    assert outputs["status"] == "done"
    assert outputs["its_status"]
    assert world.requests() == []
    assert [(e.kind, e.actor, e.surface) for e in reads(world)] == [("read", "U0ANA", "workflow")]


def reads(world: World) -> list[Any]:
    with world.bot.office.store.look() as tx:
        return list(queries.audit(tx, kind="read"))


def refuses(world: World) -> None:
    world.person("bo").at_card("refuse").submits(reason="Not this month")


def takes_back(world: World) -> None:
    world.person("ana").at_own_card("withdraw")


def lets_it_lapse(world: World) -> None:
    world.passes(days=8)


NEVER = {
    "refused": (refuses, "Refused: Not this month. Change it and ask again."),
    "withdrawn": (takes_back, "Withdrawn by the person who asked."),
    "expired": (lets_it_lapse, "Expired"),
}


@pytest.mark.parametrize("how", NEVER)
def test_what_will_not_be_done_fails_the_step_with_words(world: World, how: str) -> None:
    id = waits(world)
    act, words = NEVER[how]
    act(world)
    world.tick()
    assert why(world, id).startswith(words)
    assert world.request().state == how


def test_what_cannot_be_done_fails_the_step_with_the_words_of_coupontools(world: World) -> None:
    id = runs(world, "campaign_create", template="cam_999999", name="Spring")
    world.tick()
    assert world.request().state is Consent.VOID
    assert why(world, id).startswith("This cannot be done: ")
    assert why(world, id).endswith("Correct it and ask again.")


def test_what_fails_fails_the_step_and_goes_on_without_it(world: World) -> None:
    id = waits(world)
    world.api.fails("/v3/coupon/create", error_code=301)
    agree(world, "bo")
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.FAILED]
    assert why(world, id).startswith("Failed: ")
    assert "Go on on the card tries again" in why(world, id)
    world.person("ana").at_own_card("go_on")
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.DONE]
    assert ran(world, id)["status"] == "failed"


def test_what_is_unclear_fails_the_step_and_settling_it_later_changes_that_no_more(
    world: World,
) -> None:
    id = waits(world)
    world.api.fails("/v3/coupon/create", drop="after")
    agree(world, "bo")
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.UNCLEAR]
    assert why(world, id).startswith("Unclear: it was sent, and no answer came")
    world.person("bo").at_card("happened")
    world.tick()
    assert ran(world, id)["status"] == "failed"
    assert [run.state for run in world.operations()] == [Progress.DONE]


@pytest.mark.parametrize(
    ("step", "inputs", "words"),
    [
        ("campaign_create", {**SPRING, "template": "Spring"}, "Template: A campaign id looks like"),
        ("campaign_create", {**SPRING, "code_type": "roman"}, "Code type: One of: "),
        (
            "single_use_create_many",
            {"campaign": SPLASH, "amount": 3},
            "How many: At least 10.",
        ),
        ("session_info", {"couponsession": "nonsense"}, "Coupon session: A session code has"),
    ],
)
def test_wrong_inputs_fail_the_step_and_name_the_field(
    world: World, step: str, inputs: dict[str, Any], words: str
) -> None:
    id = runs(world, step, **inputs)
    world.tick()
    assert words in why(world, id)
    assert world.requests() == []


def test_a_field_that_is_none_is_named_too(world: World) -> None:
    asker = {"id": "U0ANA", "secret": "x"}
    id = sent(world, "campaign_create", **SPRING, asker=asker, colour="blue", name2=["x"])
    world.tick()
    assert "colour: There is no field of this name." in why(world, id)


@pytest.mark.parametrize("asker", [None, "U0BO", {}, {"id": ""}, {"id": "operator"}, [1]])
def test_a_workflow_that_nobody_started_asks_for_nothing(world: World, asker: Any) -> None:
    inputs = SPRING if asker is None else {**SPRING, "asker": asker}
    id = sent(world, "campaign_create", **inputs)
    world.tick()
    assert why(world, id) == NOBODY
    assert world.requests() == []
    nobody = world.slack.does("step", callback_id="campaign_create", inputs=SPRING)
    assert "cannot be published" in nobody["error"]
    forged = {**SPRING, "asker": VOUCHED}
    set_by_hand = world.slack.does("step", callback_id="campaign_create", user="ana", inputs=forged)
    assert "cannot be set by hand" in set_by_hand["error"]


def test_a_guest_may_run_a_workflow_but_ask_for_nothing(world: World) -> None:
    for step, inputs in (("campaign_create", SPRING), ("campaign_info", {"campaign": SPLASH})):
        id = runs(world, step, by="gil", **inputs)
        world.tick()
        assert "Guests and people from outside cannot use this" in why(world, id)
    assert world.requests() == []
    assert world.api.calls("/info") == []


def test_who_runs_the_workflow_does_not_agree_to_it(world: World) -> None:
    id = runs(world, "campaign_create", by="bo", **SPRING)
    world.tick()
    bo = world.person("bo")
    bo.at_card("approve")
    assert bo.was_told("You asked for this yourself")
    world.tick()
    assert ran(world, id)["status"] == "running"
    agree(world, "cy")
    world.tick()
    assert ran(world, id)["status"] == "completed"


@pytest.mark.parametrize("step", ["campaign_push_all", "subaccount_keys", "campaign_make"])
def test_a_step_that_is_none_is_said_to_be_gone(world: World, step: str) -> None:
    id = sent(world, step, asker={"id": "U0ANA", "secret": "x"}, campaign=SPLASH, message="Hi")
    world.tick()
    assert why(world, id) == GONE
    assert world.requests() == []


def test_a_name_that_calls_a_channel_calls_nobody(world: World) -> None:
    id = runs(world, "campaign_create", **{**SPRING, "name": "<!channel> sale"})
    world.tick()
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["outputs"]["result"] == "Campaign “‹!channel› sale” is made"
    id = runs(world, "campaign_create", **SPRING)
    world.tick()
    world.person("bo").at_card("refuse").submits(reason="<!channel> no")
    world.tick()
    assert why(world, id).startswith("Refused: &lt;!channel&gt; no. ")


def test_a_long_list_of_codes_comes_as_a_file_and_the_step_is_told_how_many(world: World) -> None:
    id = runs(world, "single_use_create_many", campaign=SPLASH, amount=20)
    world.tick()
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["outputs"]["result"] == "20 single-use URLs are made"
    assert any(file["name"].endswith(".csv") for file in world.slack.state["files"])
