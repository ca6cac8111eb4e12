"""The real thing, put together without Slack: what the model is held against."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import SQLModel, col, select

from actions.catalog import CATALOG
from actions.escalating import Escalating
from actions.gate import Gate
from actions.policy import Person
from actions.preparer import Preparer
from actions.runner import Runner
from actions.settling import Settling
from actions.standing_in import StandingIn
from bot.office import Office, open_office
from coupontools import endpoints
from coupontools.client import Client, Keys
from coupontools.endpoint import Endpoint
from coupontools.pace import Pace
from schedules.launches import Launches
from schedules.stopping import Stopping
from store.tables import Account, Approval, AuditEntry, Operation, Progress, Request
from tests.model.cast import LAUNCH, PATHS, ROWS, SHEET, Rules, Somebody
from tests.model.things import Line
from tests.world import Api, settings_for

NOBODY = "http://127.0.0.1:9"
MORNING = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday."""


class Killed(BaseException):
    """The process is gone, in the middle of a call."""


class Mortal(Client):
    """A client whose process may die around a call that changes something."""

    dies = ""
    """`before` the call or `after` it; empty: not now."""

    def call(self, endpoint: Endpoint, payload: Any, *, timeout: float | None = None) -> Any:
        fate, self.dies = ("", self.dies) if endpoint.reads else (self.dies, "")
        if fate == "before":
            raise Killed
        reply = super().call(endpoint, payload, timeout=timeout)
        if fate:
            raise Killed
        return reply


class Replica:
    """One process: everything that people and jobs work with."""

    def __init__(self, shop: "Shop", office: Office) -> None:
        self.office, now, person = office, shop.now, shop.person
        store, vault, weighing = office.store, office.vault, office.weighing
        keys = Keys("sandbox-id", "sandbox-secret")
        self.client = Mortal(office.http, keys, Pace(rate=10_000, burst=10_000))
        self.desk, self.approvals = office.desk(person), office.approvals(person)
        self.launches = Launches(store, person, shop.submit, now)
        self.preparer = Preparer(store, CATALOG, vault, self._of, person, weighing, now)
        gate = Gate(store, person, self.preparer, weighing, now)
        self.runner = Runner(store, CATALOG, vault, gate, self._of, now)
        self.settling = Settling(store, CATALOG, vault, person, shop.submit, now)
        self.stopping = Stopping(store, person, weighing, now)
        self.escalating = Escalating(store, now)
        self.standing_in = StandingIn(store, person, now)

    def _of(self, _: Account) -> Client:
        return self.client


@dataclass
class Seen:
    """How things stand on the database."""

    requests: dict[str, tuple[str, int]]
    runs: dict[str, tuple[str, str]]
    yeses: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    stopped: datetime | None = None


class Shop:
    """Some replicas on one database; they can be closed and opened again."""

    def __init__(self, database: str, api: Api, policy: Path) -> None:
        self.database, self.api, self.file = database, api, policy
        self.people: dict[str, Somebody] = {}
        self.at, self.session, self.beyond, self.read = MORNING, "", 0, 0
        self.replicas: list[Replica] = []
        self.turn = 0
        """Whose turn it is: clicks and jobs reach one replica after the other."""

    def fresh(self, people: dict[str, Somebody], rules: Rules) -> None:
        """An empty database, a new account at Coupontools, these people and rules."""
        self.people, self.at, self.beyond = people, MORNING, 0
        self.file.write_text(rules.text())
        if not self.replicas:
            self.opens()
        self.resets(60)
        with self.replicas[0].office.store.begin() as tx:
            for table in reversed(SQLModel.metadata.sorted_tables):
                if table.name.startswith("app_") and table.name != "app_account":
                    tx.execute(delete(table))
            tx.execute(update(Account).values(stopped_at=None, stopped_by="", resumed_by=""))
        self.rules(rules)
        offices = [each.office for each in self.replicas]
        self.replicas, self.turn = [Replica(self, office) for office in offices], 0
        page = self.replicas[0].client.call(endpoints.CAMPAIGN_DATA, {"campaign": "cam_123456"})
        self.session = page["data"][0]["session"]

    def opens(self) -> None:
        """New processes on the database as it is: on a SQLite file there is one."""
        settings = settings_for(
            NOBODY,
            self.api.url,
            self.database,
            vouchdesk_policy=self.file,
            vouchdesk_timezone="UTC",
        )
        count = 1 if self.database.startswith("sqlite") else 2
        self.replicas = [Replica(self, open_office(settings, self.now)) for _ in range(count)]

    def closes(self) -> None:
        for replica in self.replicas:
            replica.office.close()
        self.replicas = []

    def next(self) -> Replica:
        """The one that is reached now."""
        self.turn = (self.turn + 1) % len(self.replicas)
        return self.replicas[self.turn]

    def now(self) -> datetime:
        return self.at

    def person(self, id: str) -> Person:
        known = self.people[id]
        return Person(id, id, member=known.member, roles=frozenset(known.roles))

    def submit(self, _: Any, *operations: Operation, due: int = 1) -> None:  # noqa: ARG002  as Submit
        """The engine of the model finds what is READY by itself."""
        assert {each.state for each in operations} == {Progress.READY}

    def resets(self, sessions: int) -> None:
        """Another account at Coupontools, that has heard nothing yet."""
        self.api.reset(sessions=sessions, campaigns=1)
        self.read = 0

    def rules(self, rules: Rules) -> None:
        """Another policy file; all replicas have looked at it."""
        self.file.write_text(rules.text())
        for replica in self.replicas:
            replica.office.rulebook.look_again()

    def inputs(self, kind: str, label: str) -> list[dict[str, str]]:
        """The rows of a request, each of whose calls at Coupontools can be told by its label."""
        return [self._row(kind, f"{label} row {row}") for row in range(ROWS[kind])]

    def _row(self, kind: str, label: str) -> dict[str, str]:
        if kind == LAUNCH:
            return {"template": "cam_100001", "name": label}
        if kind == SHEET:
            return {"campaign": "cam_123456", "customfield1": label}
        more = {} if kind == "blast" else {"couponsession": self.session[:6]}
        return {"campaign": "cam_123456", "message": label, **more}

    def carry(self, replica: Replica, id: str, dies: str = "") -> None:
        """Carry out one operation until it rests, its process dying on the way."""
        replica.client.dies = dies
        try:
            while replica.runner.take(id) is not None:
                self.at += timedelta(seconds=1)
        except Killed:
            self.closes()
            self.opens()
            self.carry(self.replicas[0], id)

    def written(self) -> list[dict[str, Any]]:
        """The calls since the last time that changed something."""
        every = [call for call in self.api.calls() if call["path"] in PATHS.values()]
        new, self.read = every[self.read :], len(every)
        return new

    def ready(self) -> list[str]:
        with self.replicas[0].office.store.look() as tx:
            asked = select(Operation.id).where(
                col(Operation.state).in_((Progress.READY, Progress.RUNNING))
            )
            return list(tx.exec(asked.order_by(col(Operation.due), col(Operation.row))))

    def stands(self) -> Seen:
        with self.replicas[0].office.store.look() as tx:
            requests = tx.exec(select(Request.id, Request.state, Request.version)).all()
            runs = tx.exec(select(Operation.id, Operation.state, Operation.held_for)).all()
            seen = Seen(
                {id: (state.value, version) for id, state, version in requests},
                {id: (state.value, why) for id, state, why in runs},
                stopped=tx.exec(select(Account.stopped_at)).one(),
            )
            for yes in tx.exec(select(Approval)):
                if seen.requests[yes.request][1] == yes.version:
                    said = (yes.person, yes.on_behalf or yes.person)
                    seen.yeses.setdefault(yes.request, []).append(said)
        return seen

    def record(self) -> tuple[dict[str, list[Line]], Counter[tuple[str, str, str]]]:
        """The lines written since the last time: about states, and other."""
        states: dict[str, list[Line]] = {}
        notes: Counter[tuple[str, str, str]] = Counter()
        with self.replicas[0].office.store.look() as tx:
            asked = select(AuditEntry).where(col(AuditEntry.seq) > self.beyond)
            for line in tx.exec(asked.order_by(col(AuditEntry.seq))):
                self.beyond = line.seq or self.beyond
                about = line.operation or line.request or ""
                if line.kind.startswith("policy"):
                    continue
                if line.became:
                    said = (line.was, line.became, line.actor)
                    states.setdefault(about, []).append(said)
                else:
                    notes[line.kind, line.actor, about] += 1
        return states, notes
