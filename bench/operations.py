"""Operations a second from being asked to done, with us and with others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy.exc import OperationalError

from bench import fires
from bench.costs import since, spent
from bench.row import Row
from bench.stage import PATIENCE, Stage, stage
from bench.work import ACTOR, PACE, PUSH, all_called, asker, fresh, peer, soon, wish
from bot.office import Office
from store import queries
from store.tables import Progress
from tests.processes import until

ASKING = 4
"""Threads that ask."""


def run(bench: str, kind: str, replicas: tuple[int, ...], count: int) -> Iterator[Row]:
    """A row for each number of replicas on that kind of database."""
    with stage(kind, limits=True, vouchdesk_pace=PACE) as at:
        others = {name: theirs(at, name, count) for name in fires.PEERS[kind]}
        baseline = others[fires.PEERS[kind][0]]
        for number in replicas:
            fresh(at)
            with at.office() as office, at.replicas(number):
                before = spent()
                rate = ours(at, office, count, already=count * replicas.index(number))
                cpu = since(before)
            yield Row(
                bench,
                rate,
                "operations a second",
                {"at least half of the baseline": rate >= baseline / 2},
                baseline,
                {
                    "operations": count,
                    "replicas": number,
                    "baseline": fires.NAMES[fires.PEERS[kind][0]],
                    **{fires.NAMES[name]: value for name, value in others.items()},
                    "cpu_s": cpu,
                    "ours_does_more": "consent, policy, effect ledger, record, messages to people",
                },
            )


def ours(at: Stage, office: Office, count: int, already: int = 0) -> float:
    """From the first that is asked until the last is done."""
    desk, began = office.desk(asker), office.now()

    def ask(number: int) -> None:
        while True:
            try:
                desk.ask(PUSH, wish(number), actor=ACTOR)
                return
            except OperationalError:  # the bot had the file for too long: a person tries again
                continue

    with ThreadPoolExecutor(ASKING) as threads:
        list(threads.map(ask, range(count)))
    all_called(at, count)
    until(lambda: done(office) == already + count, "all of them are done", PATIENCE)
    return count / (ended(office) - began).total_seconds()


def done(office: Office) -> int:
    with office.store.look() as tx:
        return queries.counts(tx).get(Progress.DONE, 0)


def ended(office: Office) -> datetime:
    """When the last one was done."""
    with office.store.look() as tx:
        return queries.audit(tx, kind=Progress.DONE, most=1)[0].at


def theirs(at: Stage, name: str, count: int) -> float:
    """From the first that is handed in until the last is sent."""
    fresh(at)
    with peer(name, at, [soon(0)] * count) as other:
        began = other.moment()
        return count / (max(all_called(at, count).values()) - began).total_seconds()
