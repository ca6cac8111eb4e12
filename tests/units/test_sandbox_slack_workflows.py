"""Workflows in the Slack sandbox: what can be run, how a step ends, and how its token dies."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from test_sandbox_slack_scene import MANIFEST, Scene, bolt, option, stage, until

from sandbox.slack.manifest import check
from sandbox.slack.world import Timing

BRIEF = Timing(answer=0.3, retries=(0.0, 0.1))
CONTEXT = {"type": "slack#/types/user_context"}
MENU = {
    "function": "#/functions/things",
    "inputs": {
        "query": {"value": "{{client.query}}"},
        "builder": {"value": "{{client.builder_context}}"},
        "kind": {"value": "{{input_parameters.kind}}"},
        "of": {"value": "everything"},
    },
}
ASK = {
    "title": "Ask",
    "description": "Asks for something",
    "input_parameters": {
        "properties": {
            "message": {"type": "string"},
            "kind": {"type": "string"},
            "thing": {"type": "string", "dynamic_options": MENU},
            "count": {"type": "integer"},
            "share": {"type": "number"},
            "sure": {"type": "boolean"},
            "day": {"type": "slack#/types/date"},
            "at": {"type": "slack#/types/timestamp"},
            "whom": {"type": "slack#/types/user_id"},
            "asker": CONTEXT,
        },
        "required": ["message", "asker"],
    },
    "output_parameters": {
        "properties": {"id": {"type": "string"}, "count": {"type": "integer"}},
        "required": ["id"],
    },
}
THINGS = {
    "title": "Things",
    "description": "What there is",
    "input_parameters": {
        "properties": {
            "query": {"type": "string"},
            "builder": CONTEXT,
            "kind": {"type": "string"},
            "of": {"type": "string"},
        },
        "required": [],
    },
    "output_parameters": {
        "properties": {"options": {"type": "slack#/types/options_select"}},
        "required": ["options"],
    },
}
WITH_STEPS = MANIFEST | {
    "settings": {"event_subscriptions": {"bot_events": ["function_executed"]}},
    "functions": {"ask": ASK, "things": THINGS},
}


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Scene, SimpleNamespace]]:
    with stage(WITH_STEPS) as running:
        yield running


@pytest.fixture
def scene(running: tuple[Scene, SimpleNamespace]) -> Scene:
    running[0].does("reset")
    return running[0]


@pytest.fixture
def bot(scene: Scene, running: tuple[Scene, SimpleNamespace]) -> App:
    running[1].app = bolt(scene.url)
    return running[1].app


def hearing(bot: App) -> list[dict[str, Any]]:
    """A step that waits; what reached it."""
    heard: list[dict[str, Any]] = []

    @bot.function("ask")
    def step(event: dict[str, Any]) -> None:
        heard.append(event)

    return heard


def runs(scene: Scene, user: str | None = "ana", **inputs: Any) -> dict[str, Any]:
    return scene.does("step", callback_id="ask", user=user, inputs={"message": "Hi", **inputs})


def refused(client: WebClient, method: str, **params: Any) -> tuple[str, list[str]]:
    with pytest.raises(SlackApiError) as no:
        client.api_call(method, json=params)
    said = no.value.response
    return said["error"], said.get("response_metadata", {}).get("messages", [])


def test_a_step_ends_once_with_what_it_declared(scene: Scene, bot: App) -> None:
    got: list[Any] = []

    @bot.function("ask")
    def step(inputs: Any, complete: Any, context: Any) -> None:
        got.append((inputs["message"], inputs["asker"]["id"], context.function_bot_access_token))
        complete({"id": "r1"})

    shown = runs(scene)["execution"]
    assert shown["status"] == "completed"
    assert got == [("Hi", "U0ANA", shown["token"])]
    assert scene.state["executions"][0]["outputs"] == {"id": "r1"}
    for method in ("functions.completeSuccess", "functions.completeError"):
        more = {"outputs": {"id": "r2"}, "error": "No"}
        error, _ = refused(scene.web, method, function_execution_id=shown["id"], **more)
        assert error == "execution_not_in_running_state"
    error, _ = refused(
        scene.web, "functions.completeSuccess", function_execution_id="Fx0", outputs={}
    )
    assert error == "function_execution_not_found"


def test_a_step_says_in_words_why_it_failed(scene: Scene, bot: App) -> None:
    hearing(bot)
    id = runs(scene)["execution"]["id"]
    error, _ = refused(scene.web, "functions.completeError", function_execution_id=id)
    assert error == "invalid_arguments"
    scene.web.functions_completeError(function_execution_id=id, error="Nobody agreed")
    [shown] = scene.state["executions"]
    assert (shown["status"], shown["error"]) == ("failed", "Nobody agreed")


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ({}, "missing: id"),
        ({"id": ""}, "missing: id"),
        ({"id": "r1", "more": "x"}, "unknown: more"),
        ({"id": 7}, "wrong type: id must be string"),
        ({"id": "r1", "count": "7"}, "wrong type: count must be integer"),
        ({"id": "r1", "count": True}, "wrong type: count must be integer"),
    ],
)
def test_outputs_are_those_of_the_manifest(
    scene: Scene, bot: App, outputs: dict[str, Any], words: str
) -> None:
    hearing(bot)
    id = runs(scene)["execution"]["id"]
    error, said = refused(
        scene.web, "functions.completeSuccess", function_execution_id=id, outputs=outputs
    )
    assert (error, said) == ("parameter_validation_failed", [f"[ERROR] {words}"])
    assert scene.state["executions"][0]["status"] == "running"


def test_the_token_of_a_step_dies_after_a_quarter_of_an_hour_or_with_the_step(
    scene: Scene, bot: App
) -> None:
    hearing(bot)
    one, other = runs(scene)["execution"], runs(scene)["execution"]
    mine = WebClient(one["token"], base_url=f"{scene.url}/api/")
    assert mine.auth_test()["ok"]
    end = {"outputs": {"id": "r1"}}
    error, _ = refused(mine, "functions.completeSuccess", function_execution_id=other["id"], **end)
    assert error == "access_denied"
    scene.does("clock", ahead_s=899)
    assert mine.auth_test()["ok"]
    scene.does("clock", ahead_s=2)
    error, _ = refused(mine, "functions.completeSuccess", function_execution_id=one["id"], **end)
    assert error == "token_revoked"
    scene.web.functions_completeSuccess(function_execution_id=one["id"], **end)
    fresh = runs(scene)["execution"]
    theirs = WebClient(fresh["token"], base_url=f"{scene.url}/api/")
    theirs.functions_completeSuccess(function_execution_id=fresh["id"], **end)
    assert refused(theirs, "auth.test")[0] == "token_revoked"
    assert refused(WebClient("xwfp-0", base_url=f"{scene.url}/api/"), "auth.test")[0] == (
        "invalid_auth"
    )


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"message": ""}, "missing: message"),
        ({"colour": "blue"}, "unknown: colour"),
        ({"count": "3"}, "wrong type: count must be integer"),
        ({"share": "3"}, "wrong type: share must be number"),
        ({"sure": "yes"}, "wrong type: sure must be boolean"),
        ({"day": "tomorrow"}, "wrong type: day must be slack#/types/date"),
        ({"at": "noon"}, "wrong type: at must be slack#/types/timestamp"),
        ({"whom": "ana"}, "wrong type: whom must be slack#/types/user_id"),
        ({"asker": {"id": "U0BO", "secret": "x"}}, "cannot be set by hand: asker"),
    ],
)
def test_what_cannot_be_built_cannot_be_run(
    scene: Scene, bot: App, inputs: dict[str, Any], words: str
) -> None:
    heard = hearing(bot)
    answer = runs(scene, **inputs)
    assert not answer["ok"]
    assert words in answer["error"]
    assert heard == scene.state["executions"] == []


def test_what_fits_is_handed_over_as_it_is(scene: Scene, bot: App) -> None:
    heard = hearing(bot)
    given = {"count": 3, "share": 0.5, "sure": False, "day": "2026-12-01", "at": 1796040000}
    assert runs(scene, whom="U0BO", **given)["ok"]
    inputs = heard[0]["inputs"]
    assert inputs.pop("asker")["id"] == "U0ANA"
    assert inputs == {"message": "Hi", "whom": "U0BO", **given}
    needed = [
        each["name"] for each in heard[0]["function"]["input_parameters"] if each["is_required"]
    ]
    assert needed == ["message", "asker"]


def test_a_step_that_needs_a_person_cannot_be_run_by_a_clock(scene: Scene, bot: App) -> None:
    heard = hearing(bot)
    answer = runs(scene, user=None)
    assert answer["error"] == "cannot be published: nobody is there who could be asker"
    assert not scene.does("step", callback_id="nothing", user="ana")["ok"]
    sent = scene.does("step", callback_id="ask", inputs={}, unchecked=True)
    assert sent["ok"]
    assert [event["inputs"] for event in heard] == [{}]


def test_a_menu_is_filled_before_slack_is_answered(scene: Scene, bot: App) -> None:
    asked: list[Any] = []

    @bot.function("things", auto_acknowledge=False)
    def things(ack: Any, inputs: Any, complete: Any) -> None:
        asked.append(inputs)
        complete({"options": [option("spring"), option("summer")]})
        ack()

    opened = {"callback_id": "ask", "user": "bo", "input": "thing", "query": "s"}
    shown = scene.does("menu", **opened, inputs={"kind": "season"})
    assert [each["value"] for each in shown["options"]] == ["spring", "summer"]
    [inputs] = asked
    assert inputs.pop("builder")["id"] == "U0BO"
    assert inputs == {"query": "s", "kind": "season", "of": "everything"}
    assert scene.state["executions"] == []
    assert [each["callback_id"] for each in scene.get("steps")] == ["ask"]
    assert scene.does("menu", **{**opened, "input": "message"})["error"] == "no menu: message"


def test_a_menu_that_is_empty_late_or_wrong_is_said_to_be_so(scene: Scene, bot: App) -> None:
    answers: list[Any] = [[], None, [{"text": "x", "value": "y"}], "none", "failed"]

    @bot.function("things", auto_acknowledge=False)
    def things(ack: Any, complete: Any, fail: Any) -> None:
        said = answers.pop(0)
        if said == "failed":
            fail("Not for guests")
        elif said != "none":
            complete({"options": said} if said is not None else {"options": []})
        ack()

    opened = {"callback_id": "ask", "user": "bo", "input": "thing", "inputs": {"kind": "x"}}
    assert scene.does("menu", **opened)["options"] == []
    assert scene.does("menu", **opened)["options"] == []
    assert scene.does("menu", **opened)["error"] == "invalid_options"
    assert scene.does("menu", **opened)["error"] == "acknowledged before the options were there"
    assert scene.does("menu", **opened)["error"] == "Not for guests"


def test_a_step_that_was_not_taken_is_sent_again(scene: Scene, bot: App) -> None:
    heard: list[Any] = []

    @bot.function("ask", auto_acknowledge=False)
    def step(ack: Any, event: Any) -> None:
        heard.append(event["function_execution_id"])
        if len(heard) > 1:
            ack()

    usual, scene.sandbox.courier.timing = scene.sandbox.courier.timing, BRIEF
    id = runs(scene)["execution"]["id"]
    until(lambda: len(heard) == 2)
    scene.sandbox.courier.timing = usual
    assert set(heard) == {id}


def test_the_check_of_manifests_knows_what_steps_need() -> None:
    said = "\n".join(check({"display_information": {"name": "x"}, "functions": {"ask": ASK}}))
    for words in ("major_version", "function_executed", "org_deploy_enabled", "remote"):
        assert words in said
    assert "unknown step #/functions/things" in said
