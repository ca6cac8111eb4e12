"""Steps of Workflow Builder: asked for by who runs the workflow, told how they ended days later."""

import sqlite3
from typing import Any

import pytest
from sqlmodel import select

from bot.executions import GONE, NOBODY
from bot.stuck import stuck
from store import queries
from store.tables import Consent, Execution, Progress
from tests.flows.asking import SPLASH, TEMPLATE, agree
from tests.flows.test_sessions import makes
from tests.world import World, words_of

SPRING = {"template": TEMPLATE, "name": "Spring"}
VOUCHED = {"id": "U0BO", "secret": "x"}


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


def test_it_may_wait_for_days_long_after_the_token_of_the_workflow_is_dead(world: World) -> None:
    id = waits(world)
    token = ran(world, id)["token"]
    assert world.slack.does("clock", ahead_s=901)["ok"]
    dead = world.slack.http.post(
        f"{world.slack.url}/api/functions.completeSuccess",
        json={"function_execution_id": id, "outputs": {}},
        headers={"authorization": f"Bearer {token}"},
    ).json()
    assert dead["error"] == "token_revoked"
    world.passes(days=2)
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["status"] == "completed"


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


def test_while_slack_is_away_the_end_of_a_step_waits(world: World) -> None:
    id = waits(world)
    world.slack.fails("functions.completeSuccess", times=2, status=500)
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["status"] == "running"
    world.passes(seconds=2)
    world.passes(seconds=4)
    assert ran(world, id)["status"] == "completed"


def test_slack_says_when_to_come_back_and_is_believed(world: World) -> None:
    id = waits(world)
    world.slack.fails("functions.completeSuccess", retry_after=60)
    agree(world, "bo")
    world.tick()
    world.passes(seconds=50)
    assert ran(world, id)["status"] == "running"
    world.passes(seconds=15)
    assert ran(world, id)["status"] == "completed"


def test_while_slack_cannot_say_who_runs_it_the_step_waits_and_then_fails(world: World) -> None:
    world.bot.people.forget()
    world.slack.fails("users.info", times=1, status=500)
    id = runs(world, "campaign_create", **SPRING)
    assert world.requests() == []
    world.passes(seconds=21)
    assert [request.actor for request in world.requests()] == ["U0ANA"]
    world.bot.people.forget()
    world.slack.fails("users.info", times=99, status=500)
    other = runs(world, "campaign_create", **{**SPRING, "name": "Winter"})
    for _ in range(16):
        world.later(seconds=21)
        world.bot.jobs["steps"][0]()
    world.slack.does("faults", over=True)
    world.bot.jobs["steps"][0]()
    assert "Slack cannot say who you are" in why(world, other)
    assert len(world.requests()) == 1
    assert ran(world, id)["status"] == "running"


def test_a_step_whose_workflow_is_no_more_is_left_alone(world: World) -> None:
    id = waits(world)
    bot = {"authorization": "Bearer xoxb-sandbox"}
    world.slack.http.post(
        f"{world.slack.url}/api/functions.completeError",
        json={"function_execution_id": id, "error": "Somebody stopped the workflow"},
        headers=bot,
    )
    agree(world, "bo")
    world.tick()
    assert why(world, id) == "Somebody stopped the workflow"
    assert len(world.api.created) == 1
    assert [row.told_at is not None for row in kept(world)] == [True]


def kept(world: World) -> list[Execution]:
    with world.bot.office.store.look() as tx:
        return list(tx.exec(select(Execution)).all())


def test_what_is_private_is_sealed_on_its_way_and_then_gone(world: World) -> None:
    world.slack.fails("users.info", times=1, status=500)
    world.bot.people.forget()
    runs(world, "single_use_create", campaign=SPLASH, email="mia.vos@example.test")
    [row] = kept(world)
    assert row.inputs and "mia" not in row.inputs
    world.passes(seconds=21)
    [row] = kept(world)
    assert row.request and row.inputs == ""
    id = runs(world, "session_info", couponsession=makes(world))
    found = {row.id: row.ending for row in kept(world)}
    assert found[id] and "digicpn" not in found[id]
    world.tick()
    assert {row.id: row.ending for row in kept(world)}[id] == ""


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


def test_what_was_asked_through_a_workflow_can_be_changed_by_who_asked(world: World) -> None:
    id = waits(world)
    request = world.request()
    given = {**SPRING, "name": "Autumn"}
    world.bot.desk.change(request.id, request.version, given, actor="U0ANA")
    world.tick()
    assert ran(world, id)["status"] == "running"
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["outputs"]["result"] == "Campaign “Autumn” is made"


def test_a_long_list_of_codes_comes_as_a_file_and_the_step_is_told_how_many(world: World) -> None:
    id = runs(world, "single_use_create_many", campaign=SPLASH, amount=20)
    world.tick()
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["outputs"]["result"] == "20 single-use URLs are made"
    assert any(file["name"].endswith(".csv") for file in world.slack.state["files"])


def offers(world: World, by: str, step: str, field: str, query: str = "") -> dict[str, Any]:
    """Somebody who builds a workflow opens the menu of an input."""
    wish = {"callback_id": step, "input": field, "query": query}
    answer = world.slack.does("menu", user=by, **wish)
    world.workers.rest()
    return answer


def test_who_builds_a_workflow_is_offered_campaigns_and_templates_by_name(world: World) -> None:
    world.api.reset(campaigns=300)
    for step, field in (("campaign_info", "campaign"), ("campaign_create", "template")):
        every = offers(world, "ana", step, field)
        assert every["ok"], every
        assert len(every["options"]) == 100
        wanted = every["options"][42]
        found = offers(world, "ana", step, field, wanted["value"])["options"]
        assert found == [wanted]
        assert {*wanted} == {"text", "value"}
    [*_, last] = world.slack.deliveries
    assert last["ack_ms"] < 3_000


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ("loyalty_push", "loyaltycard"),
        ("loyalty_enrol", "card"),
        ("directory_payment", "directory"),
        ("directory_enrol", "directory"),
        ("message_add_sms_contact", "smsgroup"),
        ("subaccount_update", "subaccount"),
        ("webhook_delete", "webhook"),
    ],
)
def test_every_other_menu_is_filled_too(world: World, step: str, field: str) -> None:
    answer = offers(world, "ana", step, field)
    assert answer["ok"], answer
    assert all(option["value"] for option in answer["options"])


def test_a_menu_is_empty_in_time_while_coupontools_is_slow(world: World) -> None:
    world.api.fails("/v3/coupon/list", times=9, delay_s=4)
    assert offers(world, "ana", "campaign_info", "campaign")["options"] == []
    [delivery] = world.slack.deliveries
    assert delivery["ack_ms"] < 3_000


def test_a_guest_who_builds_a_workflow_is_offered_nothing(world: World) -> None:
    answer = offers(world, "gil", "campaign_info", "campaign")
    assert answer == {
        "ok": False,
        "error": "Guests and people from outside cannot use this. Ask a colleague.",
    }


@pytest.mark.parametrize("inputs", [{}, {"builder": {"id": "operator"}}, {"builder": "U0ANA"}])
def test_a_menu_that_nobody_opens_offers_nothing(world: World, inputs: dict[str, Any]) -> None:
    id = sent(world, "options_campaign_list", **inputs)
    assert why(world, id).startswith("Slack does not say who builds this workflow")
    assert world.api.calls("/v3/coupon/list") == []


def is_stuck(world: World) -> dict[str, str]:
    """What `vouchdesk doctor` says does not go on."""
    with world.bot.office.store.look() as tx:
        return dict(stuck(tx, world.now()))


def test_doctor_names_a_step_whose_end_slack_does_not_take(world: World) -> None:
    id = waits(world)
    assert not any("workflow" in words for words in is_stuck(world).values())
    agree(world, "bo")
    world.slack.fails("functions.completeSuccess", times=9, error="internal_error")
    for _ in range(3):
        world.passes(minutes=6)
    words = is_stuck(world)[world.request().id]
    assert words.startswith("the workflow waits for the end of “campaign_create” (3 tries)")
    world.slack.does("faults", over=True)
    world.passes(minutes=6)
    assert ran(world, id)["status"] == "completed"
    assert not any("workflow" in words for words in is_stuck(world).values())


def test_when_slack_asks_to_be_left_alone_no_other_step_is_told_of_meanwhile(world: World) -> None:
    ids = [runs(world, "campaign_info", campaign=SPLASH) for _ in range(4)]
    world.slack.fails("functions.completeSuccess", retry_after=30)
    world.tick()
    assert {ran(world, id)["status"] for id in ids} == {"running"}
    world.passes(seconds=31)
    assert {ran(world, id)["status"] for id in ids} == {"completed"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_step_that_cannot_be_kept_is_not_acknowledged_and_comes_again(world: World) -> None:
    world.forgiven.add("dispatch_failed")
    database = sqlite3.connect(str(world.bot.office.store.url.database), isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    wish = {"callback_id": "campaign_create", "user": "ana", "inputs": SPRING}
    assert world.slack.does("step", **wish)["ok"]
    [first, *_] = world.slack.deliveries
    assert first["status"] == 503
    database.execute("ROLLBACK")
    database.close()
    world.until(world.requests, "it is sent again")
    world.workers.rest()
    assert len(world.requests()) == 1


def test_what_was_told_of_is_removed_after_a_while_and_what_waits_is_not(world: World) -> None:
    over = runs(world, "campaign_info", campaign=SPLASH)
    world.tick()
    waiting = waits(world)
    assert {row.id for row in kept(world)} == {over, waiting}
    world.later(days=31)
    world.bot.jobs["prune"][0]()
    assert {row.id for row in kept(world)} == {waiting}


def test_a_step_waits_on_while_it_has_to_be_agreed_to_again(world: World) -> None:
    id = waits(world)
    agree(world, "bo")
    world.person("cy").types("/coupon stop-all a wrong price")
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.DROPPED]
    assert world.request().state is Consent.ASKED
    assert ran(world, id)["status"] == "running"
    for approver in ("bo", "cy"):
        world.person(approver).types("/coupon resume-all")
    world.tick()
    again = world.request()
    assert again.state is Consent.WAITING
    world.bot.approvals.approve(again.id, again.version, actor="U0BO")
    world.tick()
    assert ran(world, id)["status"] == "completed"
    assert len(world.api.created) == 1


def test_what_came_too_late_and_is_skipped_fails_the_step(world: World) -> None:
    id = waits(world)
    agree(world, "bo")
    world.passes(days=2)
    assert [run.state for run in world.operations()] == [Progress.HELD]
    assert ran(world, id)["status"] == "running"
    world.person("bo").at_card("skip")
    world.tick()
    assert why(world, id) == "Dropped: Skipped."
