"""A database as an elder release left it, with work under way, and what has to come of that."""

from datetime import timedelta
from pathlib import Path
from string import Template

from sqlalchemy import MetaData, text

from store import schema
from store.db import Store
from store.secrets import Vault
from store.tables import Consent, Progress
from tests.world import KEY, World

SCHEMAS = sorted((Path(__file__).parent.parent / "schemas").glob("*.sql"))


def lives_on(world: World, dump: Path) -> dict[str, int]:
    """The bot is down, and its database as that release left it; gives the rows of each table."""
    world.stops()
    store = Store(world.settings.database_url)
    now = world.now().replace(tzinfo=None)
    said = {
        "before": now - timedelta(minutes=5),
        "later": now + timedelta(days=7),
        "sealed": Vault([KEY]).seal("mia@example.test"),
    }
    with store.engine.begin() as connection:
        there = MetaData()
        there.reflect(connection, only=lambda name, _: name.startswith("app_"))
        there.drop_all(connection)
    schema.upgrade(store, dump.stem)
    with store.engine.begin() as connection:
        if not store.is_sqlite:
            connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        for statement in Template(dump.read_text()).substitute(said).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    found = rows(store)
    store.close()
    return found


def rows(store: Store) -> dict[str, int]:
    there = MetaData()
    with store.engine.connect() as connection:
        there.reflect(connection, only=lambda name, _: name.startswith("app_"))
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608  names of ours
            for name in there.tables
        }


def goes_on(world: World) -> None:
    """Start on that database: what was begun is told apart from what was not, and all is done."""
    world.starts()
    requests = {request.id: request for request in world.requests()}
    assert requests["req_waiting"].terms == {}
    assert requests["req_waiting"].template == ""
    assert {run.held_for for run in world.operations()} == {""}
    world.bot.jobs["adopt"][0]()
    world.tick()
    states = {run.request: run.state for run in world.operations()}
    assert states["req_begun"] is Progress.UNCLEAR, "it may have been sent"
    assert states["req_ready"] is Progress.DROPPED, "nobody has agreed to it under these rules"
    assert states["req_done"] is Progress.DONE
    assert states["req_series"] is Progress.DONE
    assert world.api.pushed == []

    world.tick()
    waits = [request for request in world.requests() if request.state is Consent.WAITING]
    for request in waits:
        for person in ("U0BO", "U0CY"):
            number = str(request.reach)
            world.bot.approvals.approve(request.id, request.version, actor=person, reached=number)
    world.tick()
    assert {push["message"] for push in world.api.pushed} == {"Waiting", "Ready"}
