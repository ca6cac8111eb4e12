"""One row that nobody can read any more spoils only itself."""

from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import col

from actions.desk import When
from store import queries
from store.tables import Consent, Progress, Request
from tests.flows.asking import SPLASH, TEMPLATE, agree, asks_campaign
from tests.world import World, words_of


def spoil(world: World, id: str, **values: str) -> None:
    """What an elder release, or a hand in the database, left behind."""
    with world.bot.office.store.begin() as tx:
        tx.execute(update(Request).where(col(Request.id) == id).values(**values))


def test_an_action_that_is_gone_stops_nobody_else(world: World) -> None:
    old = asks_campaign(world, name="Old")
    spoil(world, old.id, action="campaign.of_old")
    asks_campaign(world, name="New")
    agree(world, "bo")
    world.tick()
    assert [made["name"] for made in world.api.created] == ["New"]
    ana = world.person("ana").opens_home()
    assert "Your requests" in ana.home
    assert ana.types("/coupon").has_modal
    assert "Waiting for you" in world.person("cy").opens_home().home


def test_an_action_that_is_gone_before_it_is_checked_is_void(world: World) -> None:
    request = world.bot.desk.ask("campaign.create", {"template": TEMPLATE}, actor="U0ANA")
    spoil(world, request.id, action="campaign.of_old")
    world.bot.desk.ask("campaign.create", {"template": TEMPLATE}, actor="U0ANA")
    world.tick()
    assert sorted(row.state for row in world.requests()) == [Consent.VOID, Consent.WAITING]


def test_a_run_whose_action_is_gone_is_dropped(world: World) -> None:
    when = When(world.now() + timedelta(minutes=1))
    request = world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=when)
    world.tick()
    spoil(world, request.id, action="campaign.of_old")
    world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=when)
    world.tick()
    world.passes(minutes=2)
    assert sorted(row.state for row in world.operations()) == [Progress.DONE, Progress.DROPPED]
    assert "not what was agreed to" in world.operations(Progress.DROPPED)[0].problem


def test_a_zone_that_is_gone_stops_no_other_schedule(world: World) -> None:
    when = When(world.now() + timedelta(minutes=1), "0 9 * * *", "Europe/Brussels")
    odd = world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=when)
    world.tick()
    spoil(world, odd.id, timezone="Mars/Olympus")
    world.bot.desk.ask(
        "campaign.list", {}, actor="U0ANA", when=When(world.now() + timedelta(minutes=2))
    )
    world.tick()
    world.passes(minutes=3)  # both are due at one beat
    assert len(world.operations(Progress.DONE)) == len(world.operations()) == 1
    with world.bot.office.store.look() as tx:
        assert "ready" not in {line.kind for line in queries.audit_of(tx, odd.id)}


def test_a_name_that_the_database_cannot_keep_stops_nobody_else(world: World) -> None:
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    body = {"template": TEMPLATE, "name": "Nul \x00 here"}
    answer = world.api.http.post(f"{world.api.url}/v3/coupon/create", json=body, headers=keys)
    odd = answer.json()["coupon_info"]["ID"]
    for campaign in (odd, SPLASH):
        given = {"campaign": campaign, "message": "Summer"}
        world.bot.desk.ask("campaign.push_all", given, actor="U0ANA")
    world.tick()
    assert [row.state for row in world.requests()] == [Consent.WAITING, Consent.WAITING]
    assert "812 people" in words_of(world.slack.messages("approvals"))


def test_inputs_sealed_with_a_lost_key_stop_nobody_else(world: World) -> None:
    world.bot.desk.ask("session.search", {"email": "a@b.test"}, actor="U0ANA")
    world.starts_with(vouchdesk_secret_key=SecretStr("1" * 43 + "="))
    asks_campaign(world)
    assert "approve" in words_of(world.slack.messages("approvals"))
    assert "Your requests" in world.person("ana").opens_home().home
