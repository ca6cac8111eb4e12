"""One kill at each place of a push: around every commit that writes, and every call."""

import signal
from collections import Counter
from contextlib import ExitStack
from typing import Any

import httpx

from sandbox.coupontools.app import create as coupontools
from sandbox.slack.app import create as slack
from store.tables import Progress
from tests.chaos.ground import database
from tests.dying import MESSAGE, carry_through, die
from tests.servers import Front, serving
from tests.world import SIGNING_SECRET, Api, Slack, World, settings_for


def matrix(kind: str, server: Any, places: int) -> Counter[str]:
    """So many places on that kind of database."""
    told: Counter[str] = Counter()
    with ExitStack() as running:
        api = running.enter_context(serving(coupontools()))
        nowhere = "http://127.0.0.1:9/none"
        chat = running.enter_context(serving(slack(nowhere, SIGNING_SECRET, rate_limits=False)))
        http = running.enter_context(httpx.Client(timeout=30))
        for fatal in range(1, places + 1):
            with database(kind, server) as at:
                settings = settings_for(chat, api, at.url)
                one_life(World(Slack(chat, http), Api(api, http), settings, Front()), fatal, told)
    return told


def one_life(world: World, fatal: int, told: Counter[str]) -> None:
    """A push whose process is killed at one place, and taken up by another."""
    world.api.reset()
    world.slack.does("reset")
    world.starts()
    id = world.bot.desk.ask("campaign.push_all", MESSAGE, actor="U0ANA").id
    world.stops()
    code, _ = die((world.slack.url, world.api.url, world.settings.database_url), id, fatal)
    told["kills"] += code == -signal.SIGKILL
    told["expected"] += 1
    world.starts()
    carry_through(world.bot, id)
    states = [operation.state for operation in world.operations()]
    pushes = len(world.api.pushed)
    told["sent_twice"] += pushes > 1
    told["unclear"] += Progress.UNCLEAR in states
    told["lost"] += not states or (states == [Progress.DONE] and pushes == 0)
    world.stops()
