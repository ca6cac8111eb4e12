"""When Slack is answered: once a click is on record, and always in time."""

import threading

import pytest

from store.tables import Consent
from tests.flows.asking import asks_campaign
from tests.flows.test_bad_input import locked
from tests.world import World


def test_what_slack_was_answered_for_is_on_record(world: World) -> None:
    request = asks_campaign(world)
    held, free = threading.Event(), threading.Event()

    def holds() -> None:
        with locked(world):
            held.set()
            free.wait()

    holder = threading.Thread(target=holds)
    holder.start()
    held.wait()
    threading.Timer(0.7, free.set).start()
    pressing = {"user": "bo", "action_id": "approve", "channel": "approvals"}
    answer = world.slack.does("press", ts=world.slack.card()["ts"], **pressing)
    kinds = [kind for kind, _ in world.trail(request.id)]  # should it die now, is it lost?
    holder.join()
    assert answer["ok"]
    assert Consent.GRANTED in kinds


def test_what_takes_long_is_answered_before_slack_gives_up(world: World) -> None:
    asks_campaign(world)
    world.bot.people.forget()
    world.slack.fails("users.info", delay_s=4)
    bo = world.person("bo").at_card("approve")
    assert bo.answer["ok"], bo.answer
    assert world.slack.deliveries[-1]["ack_ms"] >= 2_000  # until then it was waited for
    world.tick()
    assert len(world.api.created) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_when_all_threads_are_busy_slack_is_answered_first(world: World) -> None:
    asks_campaign(world)
    free = threading.Event()
    for _ in range(40):
        world.workers.submit(free.wait)
    where = {"channel": "approvals", "ts": world.slack.card()["ts"]}
    answer = world.slack.does("press", user="bo", action_id="approve", **where)
    assert answer["ok"], answer
    assert world.request().state is Consent.WAITING
    free.set()
    world.workers.rest()
    world.tick()
    assert len(world.api.created) == 1
