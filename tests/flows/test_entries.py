"""What the lines of the record say: exactly one of each call, and nothing of anybody's own."""

import json
from collections import Counter
from typing import Any

import pytest
from sqlmodel import select

from coupontools.endpoints import ENDPOINTS
from store import queries
from store.kinds import Kind
from store.tables import AuditEntry, StepRun
from tests.flows.asking import SPLASH, TEMPLATE, agree, asks_agreed_push, asks_campaign, asks_push
from tests.world import World

EMAIL, PHONE, CODE = "ada.lovelace@example.test", "+32470999888", "SECRET-77Q"


def record(world: World, *kinds: Kind) -> list[AuditEntry]:
    """All lines of these kinds, oldest first."""
    with world.bot.office.store.look() as tx:
        found = reversed(queries.audit(tx, most=2_000))
        return [line for line in found if not kinds or line.kind in kinds]


def ledger(world: World) -> list[tuple[str, str]]:
    with world.bot.office.store.look() as tx:
        runs = tx.exec(select(StepRun)).all()
        return [(run.operation, f"{run.position}/{run.round}") for run in runs]


def writes(world: World) -> list[dict[str, Any]]:
    """What the sandbox was told to change."""
    changing = {each.path for each in ENDPOINTS.values() if not each.reads}
    return [call for call in world.api.calls() if call["path"] in changing]


def test_every_write_has_exactly_one_line_with_what_was_answered(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo")
    asks_agreed_push(world)
    world.tick()
    asks_campaign(world, template="cam_999999")
    lines = [line for line in record(world) if line.step]
    assert [(line.kind, line.endpoint, line.status, line.code) for line in lines] == [
        ("done", "campaign_create", 200, ""),
        ("done", "campaign_push_all", 200, ""),
    ]
    assert len(writes(world)) == len(lines)
    assert Counter((line.operation, line.step) for line in lines) == Counter(ledger(world))
    assert all(line.took_ms is not None and line.took_ms >= 0 for line in lines)
    assert [line.campaign for line in lines] == [world.api.created[-1]["ID"], SPLASH]


def test_a_refused_call_says_with_which_code(world: World) -> None:
    world.api.fails("/v3/coupon/create", error_code=501)
    asks_campaign(world)
    agree(world, "bo")
    world.tick()
    [line] = [line for line in record(world) if line.step]
    assert (line.kind, line.endpoint, line.code) == ("failed", "campaign_create", "501")
    assert line.status and line.status >= 400


def test_a_call_without_an_answer_has_no_status(world: World) -> None:
    asks_push(world)
    world.api.fails("/v3/coupon/pushnotification/all", drop="after")
    agree(world, "bo", "cy")
    world.tick()
    [line] = [line for line in record(world) if line.step]
    assert (line.kind, line.status, line.code) == ("unclear", None, "")
    world.person("bo").presses("settle", ts=world.slack.card()["ts"], channel="approvals")
    assert [line.step for line in record(world) if line.step] == ["0/0"]


def test_tries_that_came_to_nothing_share_the_line_of_the_one_that_counts(world: World) -> None:
    world.api.fails("/v3/coupon/create", status=429, retry_after=0, times=2)
    asks_campaign(world)
    agree(world, "bo")
    world.tick()
    [line] = [line for line in record(world) if line.step]
    assert (line.kind, line.status) == ("done", 200)


def test_an_answer_that_comes_after_somebody_gave_it_up_is_a_line_more(world: World) -> None:
    world.api.fails("/v3/coupon/pushnotification/all", delay_s=1.5)
    asks_agreed_push(world)
    world.bot.jobs["mint"][0]()
    world.until(lambda: world.api.calls("pushnotification/all"), "the push is sent")
    [run] = world.operations()
    world.bot.runner.give_up(run.id, "its process was lost")
    world.until(lambda: record(world, Kind.ANSWERED_LATE), "the answer comes")
    lines = [line for line in record(world) if line.step]
    assert [(line.kind, line.step, line.status) for line in lines] == [
        ("unclear", "0/0", None),
        ("answered late", "0/0", 200),
    ]
    assert world.bot.office.completeness.check().gaps == []


def test_each_part_of_a_batch_has_its_line(world: World) -> None:
    world.bot.desk.ask(
        "single_use.create_many", {"campaign": SPLASH, "amount": 12_000}, actor="U0ANA"
    )
    world.tick()
    if world.request().quorum:
        agree(world, *("bo", "cy")[: world.request().quorum])
        world.tick()
    lines = [line for line in record(world) if line.step]
    assert {line.kind for line in lines[:-1]} <= {"called"}
    assert lines[-1].kind == "done"
    assert Counter((line.operation, line.step) for line in lines) == Counter(ledger(world))
    assert len(writes(world)) == len(lines)


def test_who_asks_and_who_decides_are_on_record_with_their_roles(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo")
    asked, granted = record(world, Kind.ASKED, Kind.GRANTED)
    assert (asked.actor, asked.role) == ("U0ANA", "coupon-operators, operator")
    assert (granted.actor, granted.role) == ("U0BO", "approver, coupon-approvers")
    assert granted.rule != ""


def test_a_deputy_is_on_record_with_whose_say_it_was(world: World) -> None:
    world.slack.does("usergroup", usergroup="coupon-approvers", users=["U0CY"])
    until = f"{world.now():%Y-%m-%d}"
    world.person("cy").types(f"/coupon delegate <@U0BO> {until}")
    asks_campaign(world)
    agree(world, "bo")
    [granted] = record(world, Kind.GRANTED)
    assert (granted.actor, granted.on_behalf) == ("U0BO", "U0CY")


def test_a_look_up_says_which_call_it_was(world: World) -> None:
    world.person("ana").types("/coupon campaign info").submits(campaign=SPLASH)
    [line] = record(world, Kind.READ)
    assert (line.endpoint, line.campaign) == ("campaign_info", SPLASH)
    assert line.role == "coupon-operators, operator"


@pytest.mark.parametrize(
    "command",
    ["/coupon", "/coupon campaign info", "/coupon-push", "/coupon-approvals", "/coupon-audit"],
)
def test_who_may_not_is_on_record_whatever_they_type(world: World, command: str) -> None:
    gil = world.person("gil").types(command)
    assert gil.was_told("Guests and people from outside cannot use this.")
    [line] = record(world, Kind.DECLINED)
    assert line.actor == "U0GIL"
    assert "Guests and people from outside" in line.because


def test_other_keys_and_another_zone_of_an_account_are_on_record(world: World) -> None:
    world.starts_with(vouchdesk_timezone="Europe/London")
    world.starts_with(coupontools_client_secret=type(world.settings.coupontools_client_secret)("x"))
    first, second = record(world, Kind.ACCOUNT_CHANGED)
    assert (first.because, first.account) == ("zone Europe/Brussels → Europe/London", "main")
    assert second.because == "other keys"
    world.starts_with(vouchdesk_timezone="Europe/London")
    assert len(record(world, Kind.ACCOUNT_CHANGED)) == 2


def test_another_retention_is_on_record_with_what_it_was(world: World) -> None:
    assert record(world, Kind.RETENTION_CHANGED) == []
    world.starts_with(vouchdesk_keep_days=60)
    world.starts_with()
    [line] = record(world, Kind.RETENTION_CHANGED)
    assert line.was == "private values 30 days, files 7 days, entries for ever"
    assert line.became == "private values 60 days, files 7 days, entries for ever"


def test_a_policy_that_changed_while_nothing_ran_is_on_record(world: World) -> None:
    before = len(record(world, Kind.POLICY_CHANGED))
    world.under("rules: [{rule: Everything, approvals: 1}]")
    world.starts_with()
    lines = record(world, Kind.POLICY_CHANGED)[before:]
    assert [line.became for line in lines] == [world.bot.office.rulebook.current.version]


def test_who_gains_or_loses_a_role_is_on_record(world: World) -> None:
    world.slack.does("usergroup", usergroup="coupon-approvers", users=["U0CY", "U0ANA"])
    world.slack.does("usergroup", usergroup="lunch", users=["U0CY"], name="Lunch")
    world.workers.rest()
    [line] = record(world, Kind.ROLE_CHANGED)
    assert line.because == "coupon-approvers: +U0ANA, -U0BO"
    world.starts_with(vouchdesk_approvers="bosses")
    assert "approvers are bosses" in record(world, Kind.ROLE_CHANGED)[-1].became


def test_no_line_says_what_is_private_however_long_the_story(world: World) -> None:
    bo = world.person("bo")
    bo.types("/coupon session search").submits(email=EMAIL, phone=PHONE, code=CODE)
    bo.types(f"/coupon message email email={EMAIL}")
    bo.submits(campaign=SPLASH, subject="For you")
    world.tick()
    bo.approves()
    agree(world, "cy")
    world.tick()
    world.api.fails("/v3/send/sms", error_code=301)
    world.bot.desk.ask("message.sms", {"phone": PHONE, "campaign": SPLASH}, actor="U0ANA")
    world.tick()
    if world.request().quorum:
        agree(world, "cy")
        world.tick()
    bo.types(f"/coupon why {EMAIL}")
    bo.types(f"/coupon message sms phone={PHONE} nonsense=1")
    said = json.dumps([line.model_dump(mode="json") for line in record(world)])
    for private in (EMAIL, PHONE, CODE, "sandbox-secret", "sandbox-id"):
        assert private not in said
    assert {"read", "done", "failed"} <= {line.kind for line in record(world)}


def test_a_template_is_no_campaign_that_was_changed(world: World) -> None:
    asks_campaign(world)
    [line] = record(world, Kind.WAITING)
    assert line.campaign == ""
    assert line.campaign != TEMPLATE
