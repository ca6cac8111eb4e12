"""What Coupontools tells by itself: kept as it comes, checked, counted once, never believed."""

import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from actions.errors import Declined
from actions.inbox import LAST
from bot.hooks import LARGEST, PATH
from bot.stuck import stuck
from store import queries
from tests.console import vouchdesk
from tests.flows.asking import agree
from tests.flows.hooking import (
    address,
    asked,
    checks,
    events,
    found,
    leave,
    leaves,
    signs,
    states,
    storm,
)
from tests.processes import named
from tests.world import World

SPLASH = "cam_123456"


def test_what_is_registered_in_slack_is_told_checked_and_counted_once(
    world: World, front: Any
) -> None:
    world.starts_with(vouchdesk_public_url=f"{front[1]}/")
    ana = world.person("ana").types("/coupon webhook create")
    assert ana.filled["endpoint"] == address(world, front[1])
    ana.submits(type="coupon_validated", campaign=SPLASH)
    world.tick()
    agree(world, "bo")
    world.tick()

    wish = {"type": "coupon_validated", "campaign": SPLASH}
    told = world.api.http.post(f"{world.api.url}/_/event", json=wish).json()
    world.until(lambda: found(world), "it has come")
    assert states(world) == {"kept": 1}
    checks(world)
    assert states(world) == {"counted": 1}
    [event] = events(world)
    assert (event.event, event.kind) == (told["event"]["id"], "coupon_validated")
    assert event.campaign == SPLASH
    assert asked(world) == 1


def test_who_does_not_know_the_address_leaves_nothing_there(world: World, front: Any) -> None:
    for token in ("wrong", "0" * 40, address(world, "")[len(PATH) : -1], "ä"):
        assert leave(f"{front[1]}{PATH}{token}", b"{}") == 404
    assert found(world) == []
    url = address(world, front[1])
    assert leave(url, b"x" * (LARGEST + 1)) == 413
    assert httpx.get(url).status_code == 405
    assert found(world) == []


def test_an_address_that_got_out_is_renewed(world: World, front: Any) -> None:
    url = address(world, front[1])
    assert leave(url, b"{}") == 200
    vouchdesk(named(world.settings), "webhooks", "url", "--renew")
    world.stops()
    world.starts()
    assert leave(url, b"{}") == 404
    assert leave(address(world, front[1]), b"{}") == 200


def test_the_operator_is_told_the_address_and_what_is_only_inferred(world: World) -> None:
    at = world.settings.model_copy(update={"vouchdesk_public_url": "https://v.example.test/"})
    told = vouchdesk(named(at), "webhooks", "url").stdout
    assert address(world, "https://v.example.test") in told
    assert "are only inferred" in told
    bare = vouchdesk(named(world.settings), "webhooks", "url").stdout
    assert "Set VOUCHDESK_PUBLIC_URL" in bare


def test_nothing_of_people_and_no_code_can_be_read_in_the_database(
    world: World, front: Any
) -> None:
    told = storm(world, count=1)
    body = json.loads(told["parcels"][0]["body"]) | {"customer": {"email": "mia@example.test"}}
    assert leave(address(world, front[1]), json.dumps(body)) == 200
    checks(world)
    assert states(world) == {"counted": 1}
    with world.bot.office.store.look() as tx:
        rows = [
            str(row)
            for table in ("app_hook", "app_event")
            for row in tx.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        ]
    assert rows
    assert not any("mia@" in row or body["session"] in row for row in rows)


def test_who_wants_to_be_forgotten_is_gone_from_webhooks_too(world: World, front: Any) -> None:
    url, odd = address(world, front[1]), {"customer": {"email": "mia@example.test"}}
    leave(url, json.dumps(odd))
    leaves(url, storm(world, count=1))
    checks(world)
    dead, counted = found(world)
    assert counted.sealed == "", "what is counted needs no body"
    told = world.bot.office.erasing("mia@example.test", actor="operator", reason="Ticket 81")
    assert told.webhooks == 1
    assert found(world)[0].sealed == ""
    with pytest.raises(Declined, match="was removed"):
        world.bot.office.inbox.replay(dead.id or 0, actor="operator")


@pytest.mark.parametrize("way", ["call", "hmac", "both"])
def test_each_genuine_one_is_counted_once_whatever_comes_with_it(
    world: World, front: Any, way: str
) -> None:
    world.starts_with(vouchdesk_webhook_check=way, vouchdesk_pace=1000)
    told = storm(world, count=30, duplicates=12, forged=12, shuffle=True, seed=3)
    leaves(address(world, front[1]), told)
    checks(world)
    world.later(minutes=2)
    checks(world)
    assert sorted(str(each.event) for each in events(world)) == sorted(told["events"])
    assert states(world)["counted"] == 30
    assert states(world)["kept"] == 0
    assert sum(hook.times for hook in found(world)) == 54
    assert asked(world) == 0 if way == "hmac" else asked(world) <= 30 + 2 * 12


@pytest.mark.parametrize("signature", ["hmac", "own"])
def test_either_signature_is_known_and_costs_no_call(
    world: World, front: Any, signature: str
) -> None:
    world.starts_with(
        vouchdesk_webhook_check="hmac",
        coupontools_webhook_secret=SecretStr("webhook-secret"),
    )
    signs(world, signature=signature)
    leaves(address(world, front[1]), storm(world, count=3))
    signs(world, signature="wrong")
    leaves(address(world, front[1]), storm(world, count=2))
    signs(world, signature="none")
    leaves(address(world, front[1]), storm(world, count=1))
    checks(world)
    assert states(world) == {"counted": 3, "forged": 3}
    assert asked(world) == 0


def test_a_flood_of_forgeries_makes_no_more_calls_than_were_allowed(
    world: World, front: Any
) -> None:
    world.starts_with(vouchdesk_webhook_calls=10, vouchdesk_pace=1000)
    leaves(address(world, front[1]), storm(world, forged=25))
    for _ in range(5):
        checks(world)
    assert asked(world) == 10
    assert states(world)["kept"] == 25
    world.later(minutes=1, seconds=1)
    checks(world)
    assert asked(world) == 20


def test_a_forgery_is_remembered(world: World, front: Any) -> None:
    forged = storm(world, forged=1)
    url = address(world, front[1])
    leaves(url, forged)
    checks(world)
    assert states(world) == {"kept": 1}, "Coupontools may not know it yet: it is asked again"
    world.later(minutes=2)
    checks(world)
    assert states(world) == {"forged": 1}
    assert "Webhook not found" in found(world)[0].problem
    leaves(url, forged)
    again = forged["parcels"][0]["body"].replace("coupon_claimed", "coupon_validated")
    assert leave(url, again) == 200
    checks(world)
    assert [hook.times for hook in found(world)] == [2, 1]
    assert states(world) == {"forged": 2}
    assert asked(world) == 2


def test_what_is_told_otherwise_than_it_was_is_forged(world: World, front: Any) -> None:
    told = storm(world, count=1)
    lie = told["parcels"][0]["body"].replace(SPLASH, "cam_123542")
    assert lie != told["parcels"][0]["body"]
    leave(address(world, front[1]), lie)
    checks(world)
    assert states(world) == {"forged": 1}
    assert "says otherwise: another campaign" in found(world)[0].problem
    assert events(world) == []


def test_one_thing_told_under_two_ids_happened_once(world: World, front: Any) -> None:
    """Who has a webhook for all campaigns and one for this is told by both."""
    first = storm(world, count=1)
    session = json.loads(first["parcels"][0]["body"])["session"]
    wish = {"type": "coupon_claimed", "session": session}
    second = world.api.http.post(f"{world.api.url}/_/event", json=wish).json()["event"]
    leaves(address(world, front[1]), first)
    leave(address(world, front[1]), json.dumps(second))
    checks(world)
    assert states(world) == {"counted": 1, "same": 1}
    assert len(events(world)) == 1


def test_while_coupontools_is_away_they_wait_and_after_a_day_a_person_is_asked(
    world: World, front: Any
) -> None:
    world.api.fails("/v3/webhook/verification", times=LAST, status=500)
    leaves(address(world, front[1]), storm(world, count=1))
    for _ in range(LAST):
        checks(world)
        world.later(hours=1)
    assert states(world) == {"dead": 1}
    assert f"Given up after {LAST} tries" in found(world)[0].problem
    assert asked(world) == LAST
    assert events(world) == []

    env = named(world.settings)
    shown = json.loads(vouchdesk(env, "webhooks", "list", "--state", "dead", "--json").stdout)
    assert shown["counts"] == {"dead": 1}
    [dead] = shown["webhooks"]
    assert "HTTP 500" in dead["problem"]
    assert "sealed" not in dead
    vouchdesk(env, "webhooks", "replay", str(dead["id"]))
    checks(world)
    assert states(world) == {"counted": 1}
    assert len(events(world)) == 1
    refused = vouchdesk(env, "webhooks", "replay", str(dead["id"]))
    assert "only dead and forged ones can be" in refused.stderr
    assert refused.exit_code == 1
    with world.bot.office.store.look() as tx:
        [line] = queries.audit(tx, kind="webhook replayed")
    assert line.actor == "operator"


def test_an_odd_body_is_kept_with_the_reason(world: World, front: Any) -> None:
    url = address(world, front[1])
    for body in (b"", b"\xff\xfe", b"[]", b'{"id": 7}', b'{"id": "evt_A1"}', b"[" * 9000):
        assert leave(url, body) == 200
    checks(world)
    assert states(world) == {"dead": 6}
    reasons = [hook.problem for hook in found(world)]
    assert reasons[0] == "It is not JSON."
    assert "no object" in reasons[2]
    assert "names no event" in reasons[3]
    assert "what kind" in reasons[4]
    with world.bot.office.store.look() as tx:
        assert "6 were given up" in dict(stuck(tx, world.now()))["webhooks"]
    assert asked(world) == 0


def test_a_kind_that_nobody_has_heard_of_is_kept_and_shown(world: World, front: Any) -> None:
    wish = {"type": "coupon_claimed", "as": "wallet_saved"}
    told = world.api.http.post(f"{world.api.url}/_/event", json=wish).json()["event"]
    leave(address(world, front[1]), json.dumps(told))
    checks(world)
    [event] = events(world)
    assert event.kind == "wallet_saved"
    assert found(world)[0].kind == "wallet_saved"


def test_what_cannot_be_kept_is_to_be_sent_again(world: World, front: Any) -> None:
    url = address(world, front[1])
    assert leave(url, b"{}") == 200
    world.bot.office.store.engine.dispose()
    with world.bot.office.store.begin() as tx:
        tx.execute(text("ALTER TABLE app_hook RENAME TO app_gone"))
    assert leave(url, b"{}") == 503
    with world.bot.office.store.begin() as tx:
        tx.execute(text("ALTER TABLE app_gone RENAME TO app_hook"))
    assert leave(url, b"{}") == 200


def test_what_is_not_taken_is_brought_again_by_a_sender_that_does_so(
    world: World, front: Any
) -> None:
    world.starts_with(vouchdesk_public_url=front[1])
    signs(world, retries=200, pause_s=0.02)
    wish = {"endpoint": address(world, front[1]), "type": "coupon_claimed"}
    world.bot.desk.ask("webhook.create", wish, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.tick()
    world.stops()
    event = {"type": "coupon_claimed"}
    world.api.http.post(f"{world.api.url}/_/event", json=event).raise_for_status()
    world.starts()
    world.until(lambda: found(world), "it has come")
    checks(world)
    assert states(world) == {"counted": 1}
