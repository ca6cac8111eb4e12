"""Bad input of any kind gets a clear answer, and nothing is lost."""

import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from sqlalchemy import event

from store.tables import Consent
from tests.flows.asking import SPLASH, TEMPLATE, agree, asks_agreed_push, asks_campaign, asks_push
from tests.world import SIGNING_SECRET, World, words_of


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/coupon campain create", "Did you mean campaign.create"),
        ("/coupon campaign creat", "Did you mean campaign.create"),
        ("/coupon make me a coupon", "There is no action “make"),
        ('/coupon campaign create name="open', "never closed: add one at the end"),
        ("/coupon campaign push_all colour=red", "There is no field “colour” here, only: campaign"),
        ("/coupon campaign create name=a name=b", "“name” is there twice"),
        ("/coupon-codes cam_123456 1000 and more", "It is not clear what"),
        ("/coupon-find a@b.test c@d.test", "Two times a email"),
        ("/coupon " + "x" * 3_001, "3,001 characters long"),
    ],
)
def test_what_cannot_be_read_is_said(world: World, typed: str, words: str) -> None:
    ana = world.person("ana").types(typed)
    assert not ana.has_modal
    assert ana.was_told(words), ana.sees


def test_a_value_that_fits_nowhere_is_shown(world: World) -> None:
    ana = world.person("ana").types("/coupon-codes cam_123456 many")
    assert "“many”" in words_of(ana.view["blocks"])


def test_an_unknown_campaign_is_void_in_the_words_of_the_api(world: World) -> None:
    world.bot.desk.ask("campaign.push_all", {"campaign": "cam_9", "message": "x"}, actor="U0ANA")
    world.tick()
    assert world.request().state is Consent.VOID
    assert world.person("ana").was_told("Campaign ID not found")
    assert world.person("ana").was_told("code 502")
    assert world.slack.messages("approvals") == []


def test_slack_down_while_the_news_is_told(world: World) -> None:
    world.slack.fails("chat.postMessage", times=2, status=500)
    asks_campaign(world)
    assert world.slack.messages("approvals") == []
    for _ in range(2):
        world.passes(minutes=6)
    assert len(world.slack.messages("approvals")) == 1
    assert len(world.slack.messages("D0ANA")) == 1
    agree(world, "bo")
    world.slack.fails("chat.update", times=1, error="ratelimited", retry_after=3)
    world.slack.fails("chat.postMessage", times=1, error="fatal_error")
    world.tick()
    world.passes(minutes=6)
    world.passes(minutes=6)
    assert len(world.api.created) == 1
    assert world.person("ana").was_told("is made")
    assert "Done" in words_of(world.slack.card())
    assert len(world.slack.messages("approvals")) == 1


def test_slack_down_for_everything(world: World) -> None:
    ana = asks_push(world)
    agree(world, "bo", "cy")
    world.slack.fails("*", times=3, status=503)
    world.tick()
    assert len(world.api.pushed) == 1
    for _ in range(4):
        world.passes(minutes=6)
    assert ana.was_told("The push is sent")


def test_a_deleted_card_is_posted_again(world: World) -> None:
    asks_push(world)
    world.slack.fails("chat.update", times=1, error="message_not_found")
    agree(world, "bo")
    world.tick()
    assert len(world.slack.messages("approvals")) + len(world.slack.messages("D0ANA")) == 3


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Somebody else holds what we want to write."""
    store = world.bot.office.store
    if store.is_sqlite:
        other = sqlite3.connect(str(store.url.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
        return
    address = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute("LOCK TABLE app_request IN EXCLUSIVE MODE")
        yield
        connection.rollback()


def test_a_busy_database_is_told_in_time(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.fills(campaign=SPLASH, message="Summer")
    with locked(world):
        ana.submits()
    assert ana.was_told("The database is busy. Nothing was saved; please try again.")
    assert max(delivery["ack_ms"] for delivery in world.slack.deliveries) < 3_000
    assert world.requests() == []
    world.slack.does("close", user="ana")
    assert ana.filled["message"] == "Summer"
    ana.submits()
    assert not ana.has_modal
    assert len(world.requests()) == 1


def test_a_click_on_a_busy_database_is_told(world: World) -> None:
    asks_campaign(world)
    with locked(world):
        bo = world.person("bo").approves()
    assert bo.was_told("The database is busy. Nothing was saved; please try again.")
    assert world.request().state is Consent.WAITING
    bo.approves()
    world.tick()
    assert len(world.api.created) == 1


@contextmanager
def read_only(world: World) -> Iterator[None]:
    """The disk is full, or we were sent to a replica."""
    store, broken = world.bot.office.store, True

    def begin(connection: Any) -> None:
        if store.is_sqlite:
            connection.exec_driver_sql(f"PRAGMA query_only = {int(broken)}")
        elif broken:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    event.listen(store.engine, "begin", begin)
    yield
    broken = False


def test_a_database_that_only_reads_is_told(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.fills(campaign=SPLASH, message="Summer")
    with read_only(world):
        ana.submits()
    assert ana.was_told("The database cannot be written to. Nothing was saved; tell your operator.")
    assert world.requests() == []
    ana.types("/coupon campaign push_all").submits(campaign=SPLASH, message="Summer")
    assert len(world.requests()) == 1


def test_a_name_of_four_thousand_characters(world: World) -> None:
    name = "Very long " * 400
    campaign = made(world, name)
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.submits(campaign=campaign, message="Summer")
    world.tick()
    agree(world, "bo", "cy")
    world.tick()
    assert len(world.api.pushed) == 1
    ana.types(f"/coupon campaign info {campaign}").submits()
    assert "Very long" in words_of(ana.view["blocks"])


@pytest.mark.parametrize(
    "name",
    ["🎉👩‍👩‍👧‍👦 Fête — 20 %", "עברית وعربي ‮gnirts‬ mixed", "\\u0000 & <b> `code` *bold* _it_"],
)
def test_names_from_everywhere(world: World, name: str) -> None:
    ana = world.person("ana").types("/coupon campaign create").submits(template=TEMPLATE, name=name)
    ana.submits().submits().submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    assert [campaign["name"] for campaign in world.api.created] == [name]
    first = name.split()[0].replace("&", "&amp;").replace("<", "&lt;")
    assert first in words_of(world.slack.card())


def test_a_name_that_would_call_everybody_calls_nobody(world: World) -> None:
    campaign = made(world, "<!channel> <!here> <@U0CY> @everyone")
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.submits(campaign=campaign, message="<!everyone> come")
    world.tick()
    agree(world, "bo", "cy")
    world.tick()
    assert "<!channel>" not in words_of(world.slack.card())
    for message in world.slack.state["messages"]:
        assert set(message["notifies"]) <= {"U0ANA", "U0BO", "U0CY"} - (
            {"U0CY"} if "agreed: <@U0BO>, <@U0CY>" not in words_of(message) else set()
        )
    assert [push["message"] for push in world.api.pushed] == ["<!everyone> come"]


def made(world: World, name: str) -> str:
    """A campaign of that name, made past us."""
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    body = {"template": TEMPLATE, "name": name}
    answer = world.api.http.post(f"{world.api.url}/v3/coupon/create", json=body, headers=keys)
    return str(answer.json()["coupon_info"]["ID"])


def signed(body: bytes, *, secret: str = SIGNING_SECRET, age: int = 0) -> dict[str, str]:
    stamp = str(int(time.time()) - age)
    mark = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={mark}",
        "content-type": "application/x-www-form-urlencoded",
    }


COMMAND = urlencode(
    {
        "command": "/coupon",
        "text": "help",
        "user_id": "U0ANA",
        "channel_id": "C0MARKETING",
        "team_id": "T0VOUCH",
        "trigger_id": "1.2.3",
    }
).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=00"},
        signed(COMMAND, secret="another"),
        signed(COMMAND, age=600),
        signed(COMMAND, age=-86_400),
        signed(COMMAND + b"&more=1"),
    ],
)
def test_what_slack_did_not_sign_is_refused(
    world: World, front: Any, http: httpx.Client, headers: dict[str, str]
) -> None:
    answer = http.post(f"{front[1]}/slack/events", content=COMMAND, headers=headers)
    assert answer.status_code == 401
    assert world.slack.state["ephemerals"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"payload=%7Bnot json",
        b"payload=[]",
        b"payload=null",
        b'{"type": "event_callback"}',
        b"[1, 2, 3]",
        urlencode({"payload": json.dumps({"type": "block_actions", "actions": []})}).encode(),
        urlencode({"payload": json.dumps({"type": "view_submission", "view": {}})}).encode(),
        urlencode({"payload": json.dumps({"type": "unheard_of"})}).encode(),
        b"command=/nothing&text=" + b"x" * 100_000,
    ],
)
def test_garbage_is_answered_and_the_bot_goes_on(
    world: World, front: Any, http: httpx.Client, body: bytes
) -> None:
    answer = http.post(f"{front[1]}/slack/events", content=body, headers=signed(body))
    assert answer.status_code < 500
    asks_campaign(world)
    assert world.request().state is Consent.WAITING


@pytest.mark.parametrize("value", ["", ":", "req_none:1", "req_none:x", "nonsense", "1.2.3"])
def test_a_button_with_a_strange_value_is_answered(
    world: World, front: Any, http: httpx.Client, value: str
) -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": "U0BO"},
        "team": {"id": "T0VOUCH"},
        "container": {"type": "message", "message_ts": "1", "channel_id": "C0APPROVALS"},
        "actions": [
            {"type": "button", "action_id": "approve", "block_id": "decide", "value": value}
        ],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    answer = http.post(f"{front[1]}/slack/events", content=body, headers=signed(body))
    assert answer.status_code == 200
    world.workers.rest()
    assert world.person("bo").was_told("There is nothing on record as")


def test_a_body_too_large_is_not_read(world: World, front: Any, http: httpx.Client) -> None:
    body = b"x" * 1_100_000
    answer = http.post(f"{front[1]}/slack/events", content=body, headers=signed(body))
    assert answer.status_code == 413
    assert world.slack.state["ephemerals"] == []


def test_withdrawn_while_it_waits_for_slack(world: World) -> None:
    ana = asks_agreed_push(world)
    world.slack.fails("*", times=2, status=500)
    ana.at_own_card("withdraw")
    for _ in range(4):
        world.passes(minutes=6)
    assert world.api.pushed == []
    assert "Withdrawn" in words_of(world.slack.card())
