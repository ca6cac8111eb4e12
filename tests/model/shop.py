"""The real thing, put together without Slack: what the model is held against."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlmodel import SQLModel, col, select

from actions.catalog import CATALOG
from actions.gate import Gate
from actions.policy import Person
from actions.preparer import Preparer
from actions.runner import Runner
from actions.settling import Settling
from bot.office import open_office
from coupontools import endpoints
from coupontools.client import Client, Keys
from coupontools.pace import Pace
from schedules.launches import Launches
from schedules.stopping import Stopping
from store import queries, schema
from store.db import Store
from store.tables import Account, Approval, AuditEntry, Delegation, Operation, Progress, Request
from tests.model.cast import BLAST, CHANGE, LAUNCH, Rules, Somebody
from tests.world import Api, settings_for

ACTIONS = {LAUNCH: "campaign.create", BLAST: "campaign.push_all", CHANGE: "campaign.push"}
PATHS = {
    LAUNCH: "/v3/coupon/create",
    BLAST: "/v3/coupon/pushnotification/all",
    CHANGE: "/v3/coupon/pushnotification/single",
}
NOBODY = "http://127.0.0.1:9"
MORNING = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday."""


class Shop:
    """Desk, approvals, calendar and runner on one database; can be closed and opened again."""

    def __init__(self, database: str, api: Api, policy: Path) -> None:
        self.database, self.api, self.file = database, api, policy
        self.people: dict[str, Somebody] = {}
        self.at, self.session = MORNING, ""

    def fresh(self, people: dict[str, Somebody], rules: Rules) -> None:
        """An empty database, a new account at Coupontools, these people and rules."""
        self.people, self.at = people, MORNING
        self.api.reset(sessions=60, campaigns=1)
        store = Store(self.database)
        schema.upgrade(store)
        with store.begin() as tx:
            for table in reversed(SQLModel.metadata.sorted_tables):
                if table.name.startswith("app_"):
                    tx.execute(delete(table))
        store.close()
        self.file.write_text(rules.text())
        self.opens()
        page = self.client.call(endpoints.CAMPAIGN_DATA, {"campaign": "cam_123456"})
        self.session = page["data"][0]["session"]

    def opens(self) -> None:
        """New objects on the database as it is."""
        settings = settings_for(
            NOBODY,
            self.api.url,
            self.database,
            vouchdesk_policy=self.file,
            vouchdesk_timezone="UTC",
        )
        self.office = office = open_office(settings, self.now)
        store, vault, weighing = office.store, office.vault, office.weighing
        keys = Keys("sandbox-id", "sandbox-secret")
        self.client = Client(office.http, keys, Pace(rate=10_000, burst=10_000))
        self.desk, self.approvals = office.desk(self.person), office.approvals(self.person)
        self.launches = Launches(store, self.person, self.submit, self.now)
        self.preparer = Preparer(store, CATALOG, vault, self._of, self.person, weighing, self.now)
        gate = Gate(store, self.person, self.preparer, weighing, self.now)
        self.runner = Runner(store, CATALOG, vault, gate, self._of, self.now)
        self.settling = Settling(store, CATALOG, vault, self.person, self.submit, self.now)
        self.stopping = Stopping(store, self.person, weighing, self.now)

    def closes(self) -> None:
        self.office.close()

    def now(self) -> datetime:
        return self.at

    def person(self, id: str) -> Person:
        known = self.people[id]
        return Person(id, id, member=known.member, roles=frozenset(known.roles))

    def _of(self, _: Account) -> Client:
        return self.client

    def submit(self, _: Any, operation: Operation) -> None:
        """The engine of the model finds what is READY by itself."""
        assert operation.state is Progress.READY

    def rules(self, rules: Rules) -> None:
        """Another policy file; the bot has looked at it."""
        self.file.write_text(rules.text())
        self.office.rulebook.look_again()

    def stands_in(self, person: str, deputy: str, days: int) -> None:
        until = self.at + timedelta(days=days)
        with self.office.store.begin() as tx:
            tx.add(Delegation(person=person, deputy=deputy, since=self.at, until=until))

    def action(self, kind: str) -> str:
        return ACTIONS[kind]

    def inputs(self, kind: str, label: str) -> dict[str, str]:
        """A request of this kind, whose call at Coupontools can be told by its label."""
        match kind:
            case "launch":
                return {"template": "cam_100001", "name": label}
            case "blast":
                return {"campaign": "cam_123456", "message": label}
            case _:
                short = self.session[:6]
                return {"campaign": "cam_123456", "couponsession": short, "message": label}

    def carry(self, id: str) -> list[dict[str, Any]]:
        """Carry out one operation until it rests; gives the calls that changed something."""
        before = len(self.writes())
        while self.runner.take(id) is not None:
            self.at += timedelta(seconds=1)
        return self.writes()[before:]

    def writes(self) -> list[dict[str, Any]]:
        return [call for call in self.api.calls() if call["path"] in PATHS.values()]

    def ready(self) -> list[str]:
        with self.office.store.look() as tx:
            asked = select(Operation.id).where(
                col(Operation.state).in_((Progress.READY, Progress.RUNNING))
            )
            return list(tx.exec(asked.order_by(col(Operation.due), col(Operation.id))))

    def rows(self) -> tuple[Sequence[Request], Sequence[Operation]]:
        with self.office.store.look() as tx:
            return tx.exec(select(Request)).all(), tx.exec(select(Operation)).all()

    def yeses(self, id: str) -> Sequence[Approval]:
        """To the version that stands."""
        with self.office.store.look() as tx:
            request = queries.request_seen(tx, id)
            return queries.approvals(tx, request) if request else []

    def account(self) -> Account:
        with self.office.store.look() as tx:
            return queries.accounts(tx)[0]

    def record(self, beyond: int) -> Sequence[AuditEntry]:
        """The lines written since."""
        with self.office.store.look() as tx:
            asked = select(AuditEntry).where(col(AuditEntry.seq) > beyond)
            return tx.exec(asked.order_by(col(AuditEntry.seq))).all()
