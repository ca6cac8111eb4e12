"""Processes die at random while people go on working; then everything is counted."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from bot.office import open_office, slack_people
from store.db import Store
from store.tables import Consent, Notice, Operation, Progress, Request
from tests.chaos.balancer import balancer
from tests.chaos.crowd import Crowd
from tests.chaos.ground import Postgres, Sqlite, sandboxes
from tests.chaos.judge import AUDIT_KEY, Remembered, Verdict, judge
from tests.chaos.replica import Clock, Replica
from tests.chaos.wishes import OTHER, WEIGHTS
from tests.servers import serving
from tests.world import settings_for

SOON = {"sqlite": (0.05, 1.5), "postgres": (0.05, 0.6)}
"""Seconds until the next kill, at the least and at the most."""
AT_WORK = 0.7
"""How many are killed at work, the seconds counted from there; the others when it comes."""
COLD = 0.1
"""How many of the starts are from the command line, with everything to be imported."""
ALL_AT_ONCE, STUMBLES, JUMPS, CALM = 0.06, 0.02, 0.04, 0.05
FURTHEST = 600.0
"""Seconds that the clock goes forward in a storm: a quarter of an hour late, a push is held."""
SLOWNESS = 0.08
"""Seconds that a write takes, so that many a process dies while it waits for the answer."""
WRITES = (
    *("/v3/coupon/pushnotification/all", "/v3/coupon/create", "/v3/singleuse/create"),
    *("/v3/multiplesingleuse/create", "/v3/couponsession/update"),
)
PATIENCE = 600.0


@dataclass
class Weather:
    """What was done to it."""

    kills: int = 0
    stumbles: int = 0
    jumps: int = 0
    ended: list[int] = field(default_factory=list)
    """How processes ended by themselves."""


class Storm:
    """On one database: people, replicas, and what happens to them."""

    def __init__(
        self, database: Sqlite | Postgres, replicas: list[Replica], clock: Clock, seed: int
    ) -> None:
        self._database, self._replicas, self._clock = database, replicas, clock
        self._chance, self.weather = random.Random(seed), Weather()
        self._ahead = 0.0

    def rage(self, kills: int) -> None:
        """Until so many processes have been killed."""
        self.supervise()
        while self.weather.kills < kills:
            victim = self._chance.choice(self._replicas)
            if self._chance.random() < AT_WORK:
                self.waits(lambda one=victim: one.is_ready)
            calm = 4 if self._chance.random() < CALM else 1
            time.sleep(self._chance.uniform(*SOON[self._database.kind]) * calm)
            self._strike(victim)

    def waits(self, true: Callable[[], bool]) -> None:
        """For that, but not for ever: what is not so by then, the judge finds."""
        deadline = time.monotonic() + PATIENCE
        while not true() and time.monotonic() < deadline:
            self.supervise()
            time.sleep(0.1)

    def supervise(self) -> None:
        """Put up again whoever is down."""
        for replica in self._replicas:
            if not replica.is_up:
                if replica.was_up:
                    self.weather.ended.append(replica.ends())
                replica.begin(cold=self._chance.random() < COLD)

    def _strike(self, victim: Replica) -> None:
        at = self._chance.random()
        if at < ALL_AT_ONCE:
            self._kill(self._replicas)
        elif at < ALL_AT_ONCE + STUMBLES:
            self._database.stumble(self._chance)
            self.weather.stumbles += 1
        elif at < ALL_AT_ONCE + STUMBLES + JUMPS:
            self._jump()
        else:
            self._kill([victim])

    def _kill(self, those: list[Replica]) -> None:
        self.weather.kills += sum([replica.kill() for replica in those])
        for replica in those:
            replica.begin(cold=self._chance.random() < COLD)

    def _jump(self) -> None:
        forward = self._chance.random() < 0.7 and self._ahead < FURTHEST
        seconds = self._chance.uniform(45, 200) if forward else -self._chance.uniform(2, 20)
        self._ahead += max(seconds, 0.0)
        self._clock.jump(seconds)
        self.weather.jumps += 1


def storm(database: Sqlite | Postgres, kills: int, seed: int) -> tuple[Verdict, Weather]:
    """All of it on this database: what came of it, and what was done."""
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="storm-")))
        scene = running.enter_context(stage(database, folder))
        raging = Storm(database, scene.replicas, scene.clock, seed)
        chance = random.Random(seed)
        raging.supervise()
        raging.waits(lambda: scene.is_ready)
        scene.crowd.gather(chance)
        try:
            raging.rage(kills)
        finally:
            scene.crowd.go_home()
        calms_down(scene, raging, chance)
        verdict = scene.verdict()
        return verdict, raging.weather


@dataclass
class Scene:
    """Everything that takes part."""

    slack: str
    api: str
    clock: Clock
    replicas: list[Replica]
    crowd: Crowd
    store: Store

    @property
    def is_ready(self) -> bool:
        return all(replica.is_ready for replica in self.replicas)

    def verdict(self) -> Verdict:
        return judge(self.store, self.crowd.journal, self.remembered())

    def remembered(self) -> Remembered:
        calls = httpx.get(f"{self.api}/_/calls", timeout=60).json()
        state = httpx.get(f"{self.api}/_/state", timeout=60).json()
        messages, whispers = (
            httpx.get(f"{self.slack}/_/state", params={"only": only}, timeout=60).json()[only]
            for only in ("messages", "ephemerals")
        )
        return Remembered(state, calls, messages, whispers)

    def rests(self) -> bool:
        """Nothing is left to do, for anybody."""
        undone = (Progress.READY, Progress.RUNNING)
        undecided = (Consent.ASKED, Consent.WAITING)
        try:
            with self.store.look() as tx:
                left = [
                    select(func.count()).where(col(Operation.state).in_(undone)),
                    select(func.count()).where(col(Request.state).in_(undecided)),
                    select(func.count()).where(col(Notice.told_at).is_(None)),
                    select(func.count()).where(
                        Request.state == Consent.GRANTED, Request.crontab == ""
                    ),
                ]
                return not any(tx.exec(asked).one() for asked in left)
        except SQLAlchemyError:
            return False


@contextmanager
def stage(database: Sqlite | Postgres, folder: Path) -> Iterator[Scene]:
    """Sandboxes, replicas that are not up yet, and people who have not begun."""
    file = folder / "clock"
    file.write_text("0")
    replicas: list[Replica] = []
    with ExitStack() as running:
        front = running.enter_context(serving(balancer(replicas)))
        slack, api = running.enter_context(sandboxes(front))
        signs = {"vouchdesk_audit_key": SecretStr(AUDIT_KEY)}
        settings, clock = settings_for(slack, api, database.url, **signs), Clock(file)
        for number in range(database.replicas):
            skewed = Clock(file, skew=0.4 * number)
            replicas.append(Replica(settings, skewed, folder / f"{number}.log"))
        running.callback(lambda: [replica.kill() for replica in replicas])
        _prepare(api)
        office = open_office(settings, clock)
        running.callback(office.close)
        desk = office.desk(slack_people(settings))
        crowd = Crowd(office, desk, slack, clock, _a_session(api))
        running.callback(crowd.close)
        yield Scene(slack, api, clock, replicas, crowd, office.store)


def calms_down(scene: Scene, storm: Storm, chance: random.Random) -> None:
    """No more kills: what was begun is brought to its end, and what is asked now goes well."""
    storm.waits(lambda: scene.is_ready)
    scene.crowd.withdraw_series()
    for kind in WEIGHTS:
        scene.crowd.asks(kind, chance)

    def ends() -> bool:
        for person in ("bo", "cy"):
            scene.crowd.tries(lambda who=person: scene.crowd.agree(who))
        return scene.rests()

    storm.waits(ends)


def _prepare(api: str) -> None:
    httpx.post(f"{api}/_/reset", json={"sessions": 60}, timeout=30).raise_for_status()
    for path in WRITES:
        wish = {"path": path, "times": 10**6, "delay_s": SLOWNESS}
        httpx.post(f"{api}/_/faults", json=wish).raise_for_status()


def _a_session(api: str) -> str:
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    given: dict[str, Any] = {"campaign": OTHER}
    made = httpx.post(f"{api}/v3/singleuse/create", json=given, headers=keys).json()
    return str(made["single_use_code"])
