"""The same work for everybody: a push to one phone each, and when Coupontools was called for it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from sqlalchemy import make_url

from actions import policy
from actions.policy import Person
from actions.rules import OPERATOR
from actions.weighing import kept, noted
from bench.stage import PATIENCE, SQLITE, Stage
from bot.office import Office
from store.lifecycle import enter
from store.tables import Account, Consent, Request
from tests.processes import until

PUSH, PATH = "campaign.push", "/v3/coupon/pushnotification/single"
WHERE = {"campaign": "cam_123456", "couponsession": "tym47c"}
"""A coupon of the sandbox that somebody's phone holds."""
ACTOR = "U0ANA"
APS, PROCRASTINATE, DURABLE = "aps", "procrastinating", "durable"
"""The peers; the last is our own engine without us."""
PACE = 1000.0
"""Calls a second: the account shall not be what is measured."""


def asker(id: str) -> Person:
    """Somebody whose small changes run at once, as the rules of the benchmarks have it."""
    return Person(id=id, name="Ana Costa", roles=frozenset({OPERATOR}))


def wish(number: int) -> dict[str, Any]:
    """The inputs of one push; its message says which."""
    return {**WHERE, "message": str(number)}


def put_down(office: Office, dues: Sequence[datetime]) -> None:
    """A granted request for each of these moments, on record as after everybody agreed."""
    desk, now = office.desk(asker), office.now()
    with office.store.begin(patience=60) as tx:
        account = tx.get(Account, "main")
        assert account is not None
        for number, due in enumerate(dues):
            inputs = desk.check(PUSH, wish(number), account).model_dump(mode="json")
            request = Request(
                account=account.name,
                action=PUSH,
                inputs=[inputs],
                actor=ACTOR,
                asked_at=now,
                state=Consent.GRANTED,
                planned_at=due,
                next_at=due,
                granted_at=now,
            )
            facts = office.weighing.facts(tx, request, account, asker(ACTOR), None)
            terms = policy.decide(office.weighing.policy, facts)
            assert not terms.needs and not terms.refusal, terms
            request.terms, request.weighed = kept(terms), noted(facts)
            request.digest = office.weighing.digest(request)
            enter(tx, request, actor=ACTOR, at=now)


def called(at: Stage) -> dict[int, datetime]:
    """When Coupontools was called for each push."""
    calls = at.http.get(f"{at.api}/_/calls").json()
    pushes = [call for call in calls if call["path"] == PATH]
    found = {int(call["body"]["message"]): datetime.fromisoformat(call["at"]) for call in pushes}
    assert len(found) == len(pushes), "a push was sent twice"
    return found


def all_called(at: Stage, count: int, patience: float = PATIENCE) -> dict[int, datetime]:
    """The same, once all of them are sent."""
    until(lambda: len(called(at)) == count, f"{count} pushes", patience)
    return called(at)


def fresh(at: Stage) -> None:
    """Forget what was called."""
    at.http.post(f"{at.api}/_/reset", json={}).raise_for_status()


@dataclass(frozen=True)
class Peer:
    """One that is at the same work; it says when it begins, and when all of it is handed in."""

    says: IO[str]

    def moment(self) -> datetime:
        """The next that it says."""
        return datetime.fromisoformat(self.says.readline().strip())


@contextmanager
def peer(module: str, at: Stage, dues: Sequence[datetime]) -> Iterator[Peer]:
    """One of `bench.peers` at the same pushes."""
    work: Mapping[str, Any] = {
        "store": _store(module, at),
        "url": f"{at.api}{PATH}",
        "keys": ["sandbox-id", "sandbox-secret"],
        "pushes": [wish(number) for number in range(len(dues))],
        "dues": [due.isoformat() for due in dues],
    }
    process = subprocess.Popen(
        [sys.executable, "-c", f"from bench.peers.{module} import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        process.stdin.write(json.dumps(work) + "\n")
        process.stdin.flush()
        yield Peer(process.stdout)
    finally:
        process.terminate()
        process.wait(20)
        process.stdin.close()
        process.stdout.close()


def late(dues: Sequence[datetime], calls: Mapping[int, datetime]) -> list[float]:
    """Seconds from each moment until Coupontools was called."""
    return [(calls[number] - due).total_seconds() for number, due in enumerate(dues)]


def in_time(done: datetime, dues: Sequence[datetime]) -> None:
    """What was handed in after it was due says nothing about who carries it out."""
    behind = (done - min(dues)).total_seconds()
    assert behind < 0, f"handed in {behind:.1f} s too late: this machine is too busy"


def soon(seconds: float) -> datetime:
    """A moment so far ahead."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def _store(module: str, at: Stage) -> str:
    """Where a peer keeps its jobs: the same kind of database as ours."""
    url = make_url(at.settings.database_url)
    if url.get_backend_name() == SQLITE:
        return f"sqlite:///{at.home}/{module}.db"
    if module == APS:
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)
