"""The record: every move, every look, every refused click; and nobody's private data."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from actions.desk import When
from store import queries
from store.tables import AuditEntry
from tests.flows.asking import agree, asks_campaign, asks_push
from tests.world import World, words_of

EMAIL, PHONE, CODE = "ada.lovelace@example.test", "+32470999888", "SECRET-77Q"


def record(world: World) -> list[AuditEntry]:
    """All lines, oldest first."""
    with world.bot.office.store.look() as tx:
        return [*reversed(queries.audit(tx, most=1_000))]


def dump(world: World) -> str:
    """All there is in the database, our tables and the engine's."""
    store = world.bot.office.store
    found: list[str] = []
    with store.engine.connect() as connection:
        tables = [
            (schema, name)
            for schema in inspect(connection).get_schema_names()
            if schema not in ("information_schema", "pg_catalog")
            for name in inspect(connection).get_table_names(schema=schema)
        ]
        assert len(tables) > 12
        for schema, name in tables:
            rows = connection.execute(text(f'SELECT * FROM "{schema}"."{name}"'))  # noqa: S608  its own names
            found += [repr(tuple(row)) for row in rows]
    return "\n".join(found)


def test_every_move_is_on_record_in_order(world: World) -> None:
    asks_campaign(world)
    world.person("ana").approves()
    agree(world, "bo")
    world.tick()
    lines = record(world)
    assert [(line.kind, line.actor, line.was, line.became) for line in lines] == [
        ("asked", "U0ANA", "", "asked"),
        ("waiting", "runner", "asked", "waiting"),
        ("declined", "U0ANA", "", ""),
        ("granted", "U0BO", "waiting", "granted"),
        ("ready", "calendar", "", "ready"),
        ("spent", "calendar", "granted", "spent"),
        ("running", "runner", "ready", "running"),
        ("done", "runner", "running", "done"),
    ]
    assert {line.account for line in lines} == {"main"}
    assert {line.action for line in lines} == {"campaign.create"}
    assert {line.request for line in lines} == {world.request().id}
    assert [line.seq for line in lines] == sorted(line.seq or 0 for line in lines)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert lines[1].digest == lines[3].digest == world.request().digest != ""


def test_a_refusal_is_on_record_with_its_reason(world: World) -> None:
    asks_campaign(world)
    world.person("bo").at_card("refuse").submits(reason="Too early")
    last = record(world)[-1]
    assert (last.kind, last.actor, last.because) == ("refused", "U0BO", "Too early")


def test_a_read_leaves_one_line_that_holds_no_inputs(world: World) -> None:
    ana = world.person("ana").types("/coupon session search")
    ana.submits(email=EMAIL)
    [line] = record(world)
    assert (line.kind, line.actor, line.action) == ("read", "U0ANA", "session.search")
    assert line.account == "main"
    assert EMAIL not in repr(line.model_dump())


def test_pickers_and_previews_leave_none(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.offered("campaign", "summer")
    assert record(world) == []


def test_declined_clicks_are_on_record(world: World) -> None:
    asks_push(world, "bo")
    for name in ("ana", "bo"):
        world.person(name).approves()
    agree(world, "cy")
    world.person("cy").approves()
    declined = [(line.actor, line.because) for line in record(world) if line.kind == "declined"]
    assert declined == [
        ("U0ANA", "approve: Only approvers can decide this."),
        ("U0BO", "approve: You asked for this yourself: somebody else has to agree."),
        ("U0CY", "approve: You have agreed to this already; it waits for one more person."),
    ]


def test_private_inputs_are_nowhere_in_clear(world: World) -> None:
    ana = world.person("ana").types("/coupon session search")
    ana.fills(email=EMAIL, phone=PHONE, code=CODE).fills(when="at")
    at = int((world.now() + timedelta(minutes=1)).timestamp())
    ana.submits(when_at=at)
    world.tick()
    world.passes(minutes=2)
    assert [operation.state for operation in world.operations()] != []
    world.person("bo").types(f"/coupon-find {EMAIL}").submits()
    world.bot.desk.ask(
        "session.search",
        {"email": EMAIL},
        actor="U0ANA",
        when=When(world.now() + timedelta(days=1)),
    )
    world.tick()
    kept = dump(world)
    told = words_of([world.slack.state["messages"], world.slack.state["homes"]])
    for private in (EMAIL, PHONE, CODE):
        assert private not in kept
        assert private not in told
    assert [call["body"]["email"] for call in world.api.calls("/v3/couponsession/search")] == [
        EMAIL,
        EMAIL,
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_private_inputs_are_nowhere_in_the_file(world: World, tmp_path: Path) -> None:
    world.bot.desk.ask(
        "session.search", {"email": EMAIL, "phone": PHONE, "code": CODE}, actor="U0ANA"
    )
    world.tick()
    with sqlite3.connect(tmp_path / "vouchdesk.db") as file:
        file.execute("PRAGMA wal_checkpoint(FULL)")
    file.close()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("vouchdesk.db*"))
    assert b"session.search" in content
    for private in (EMAIL, PHONE, CODE):
        assert private.encode() not in content
    for secret in ("sandbox-id", "sandbox-secret"):
        assert secret.encode() not in content


def test_the_keys_are_nowhere_in_clear(world: World) -> None:
    asks_campaign(world)
    kept = dump(world)
    assert "sandbox-secret" not in kept
    assert "sandbox-id" not in kept
