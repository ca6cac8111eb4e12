"""Who is told what, and when: threads, countdowns, quiet hours, reminders, escalation."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from store.tables import Consent, Progress
from tests.flows.asking import (
    TEMPLATE,
    agree,
    asks_agreed_push,
    asks_campaign,
    asks_push,
    buttons,
    seen,
)
from tests.world import Human, World, words_of

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(world: World, hour: int, day: int = 0) -> None:
    """Put the clock on to that hour in Brussels, of the next such day of the week."""
    now = world.now().astimezone(BRUSSELS)
    then = datetime.combine(now.date(), datetime.min.time(), BRUSSELS).replace(hour=hour)
    ahead = timedelta(days=(day - then.weekday()) % 7 or 7)
    world.shift += (then + ahead) - now


def thread(world: World, channel: str = "approvals") -> list[dict[str, Any]]:
    """The replies to the newest card of a channel, oldest first."""
    card = world.slack.card(channel)
    return [m for m in world.slack.messages(channel) if m.get("thread_ts") == card["ts"]]


def direct(world: World, person: Human, words: str) -> list[dict[str, Any]]:
    """What was written to somebody, outside of threads, with these words."""
    found = [m for m in world.slack.messages(person.dm) if not m.get("thread_ts")]
    return [message for message in found if words in words_of(message)]


def test_what_people_say_reaches_the_threads_and_the_asker(world: World) -> None:
    ana = asks_push(world)
    world.person("bo").at_card("question").submits(question="Why <!channel> today?\nAnd who pays?")
    world.slack.fails("chat.postMessage", times=1, error="internal_error")
    world.tick()
    assert thread(world) == []
    world.passes(seconds=10)
    [asked] = thread(world)
    assert "Bo Lindqvist asks <@U0ANA>" in words_of(asked)
    assert "&gt; And who pays?" not in words_of(asked)
    assert "> And who pays?" in words_of(asked)
    assert asked["notifies"] == ["U0ANA"]
    [told] = thread(world, ana.dm)
    assert "Why &lt;!channel&gt; today?" in words_of(told)
    assert "|the card>" in words_of(told)
    world.person("bo").approves(comment="Fine by me")
    world.tick()
    assert "Bo Lindqvist agrees:" in words_of(thread(world)[-1])
    assert "> Fine by me" in words_of(thread(world, ana.dm)[-1])
    agree(world, "cy")
    world.tick()
    assert [len(thread(world)), len(thread(world, ana.dm))] == [2, 3]  # with the result


def test_who_refuses_says_why_in_the_thread(world: World) -> None:
    asks_push(world)
    world.person("cy").at_card("refuse").submits(reason="Not before Friday")
    world.tick()
    assert "Cy Okafor refuses:" in words_of(thread(world)[-1])
    assert "> Not before Friday" in words_of(thread(world)[-1])


def test_every_approver_is_told_at_once_when_the_glass_is_broken(world: World) -> None:
    world.slack.does("usergroup", usergroup="coupon-emergency", name="Emergency", users=["U0ANA"])
    world.under(
        "break_glass: coupon-emergency\nno_ping: U0BO\n"
        "rules: [{rule: Blasts, when: {risk: blast}, approvals: 2}]"
    )
    ana, request = asks_push(world), world.request()
    world.bot.approvals.break_glass(
        request.id, request.version, actor=ana.id, reason="The <!here> code leaks"
    )
    world.slack.fails("chat.postMessage", times=1, error="internal_error")
    world.tick()
    world.passes(seconds=10)
    for name in ("bo", "cy"):
        [told] = direct(world, world.person(name), "went alone in an emergency")
        assert "The &lt;!here&gt; code leaks" in words_of(told)
        assert "Ana Costa" in words_of(told)
        assert "|The card>" in words_of(told)
    [aloud] = [reply for reply in thread(world) if "went alone" in words_of(reply)]
    assert aloud["subtype"] == "thread_broadcast"
    assert direct(world, ana, "Ana Costa went alone") == []
    assert len(world.api.pushed) == 1


BRAKE = "rules: [{rule: Blasts, when: {risk: blast}, approvals: 2, brake: 2m}]"


def test_the_card_counts_down_and_anybody_can_stop_it(world: World) -> None:
    world.under(BRAKE)
    count = world.bot.jobs["count"][0]
    ana = asks_agreed_push(world)
    world.tick()
    assert "Goes out in 2 min" in seen(world) or "Goes out in 1 min 5" in seen(world)
    world.later(seconds=60)
    count()
    first = seen(world)
    assert "Goes out in 1 min" in first or "Goes out in 5" in first
    world.later(seconds=3)
    count()
    assert seen(world) == first  # too soon to draw it again
    ana.at_card("stop")
    world.later(seconds=10)
    count()
    world.passes(minutes=5)
    assert world.api.pushed == []
    assert "Stopped by Ana Costa" in words_of(world.slack.card())
    assert "Ana Costa has stopped it" in words_of(thread(world)[-1])
    ana.at_card("resume")
    assert ana.was_told("Somebody else has to let it go on.")
    world.person("cy").at_card("resume")
    world.tick()
    assert "Cy Okafor lets it go on" in words_of(thread(world, ana.dm)[-1])
    world.passes(minutes=3)
    assert len(world.api.pushed) == 1


QUIET = "rules: [{rule: Blasts, when: {risk: blast}, approvals: 1, quiet: '21:00-08:00'}]"


def test_in_quiet_hours_it_is_held_until_morning_or_one_more_agrees(world: World) -> None:
    world.under(QUIET)
    at(world, 22)
    ana = asks_push(world)
    agree(world, "bo")
    world.tick()
    assert [run.held_for for run in world.operations(Progress.HELD)] == ["quiet"]
    assert "08:00 Europe/Brussels" in words_of(world.slack.card())
    assert "run_late" in buttons(world.slack.card())
    assert "missed" not in seen(world)
    ana.at_card("run_late")
    assert ana.was_told("You asked for this yourself")
    bo = world.person("bo").at_card("run_late")
    assert bo.was_told("takes one more person")
    assert world.api.pushed == []
    world.person("cy").at_card("run_late")
    world.tick()
    assert len(world.api.pushed) == 1
    asks_push(world, message="Second")
    agree(world, "bo")
    world.tick()
    assert len(world.api.pushed) == 1
    world.passes(hours=10, minutes=5)
    assert [push["message"] for push in world.api.pushed] == ["Summer", "Second"]


def reminded(world: World) -> list[int]:
    """How many reminders Ana, Bo and Cy have."""
    world.bot.jobs["remind"][0]()
    people = (world.person(name) for name in ("ana", "bo", "cy"))
    return [len(direct(world, person, "for you")) for person in people]


def test_reminders_are_rare_and_come_in_working_hours(world: World) -> None:
    at(world, 10, day=0)  # a Monday
    asks_push(world, by="bo")
    world.later(hours=3)
    assert reminded(world) == [0, 0, 0]
    world.later(hours=1, minutes=5)
    assert reminded(world) == [0, 0, 1]  # Ana is no approver, Bo asked for it
    [told] = direct(world, world.person("cy"), "1 request waits for you")
    assert "|Push to everyone>" in words_of(told)
    world.stops()
    world.starts()
    world.later(hours=3)
    assert reminded(world) == [0, 0, 1]
    world.later(hours=2)  # after seven in the evening, in London too
    assert reminded(world) == [0, 0, 1]
    at(world, 11, day=5)  # Saturday
    assert reminded(world) == [0, 0, 1]
    at(world, 11, day=0)
    assert reminded(world) == [0, 0, 2]


def test_nobody_is_reminded_of_what_they_have_agreed_to_or_who_does_not_want_it(
    world: World,
) -> None:
    world.under("no_ping: U0CY\nrules: [{rule: Everything, approvals: 2}]")
    at(world, 10, day=1)
    asks_campaign(world)
    world.later(hours=5)
    assert reminded(world) == [0, 1, 0]
    agree(world, "bo")
    at(world, 15, day=2)
    assert reminded(world) == [0, 1, 0]
    world.slack.does("usergroup", usergroup="coupon-approvers", users=["U0CY", "U0GIL"])
    assert reminded(world) == [0, 1, 0]
    assert not world.person("gil").sees.strip()


def test_after_long_silence_others_may_decide_too(world: World) -> None:
    world.slack.does("person", user="di", real_name="Di Park")
    world.slack.does("usergroup", usergroup="finance", name="Finance", users=["U0DI"])
    world.under("escalate: {after: 24h, to: [finance]}\nrules: [{rule: Everything, approvals: 1}]")
    request = asks_campaign(world)
    di = world.person("di").approves()
    assert di.was_told("Only approvers can decide this.")
    world.passes(hours=25)
    world.tick()
    replies = [reply for reply in thread(world) if "finance may decide, too" in words_of(reply)]
    assert [reply["notifies"] for reply in replies] == [["S0FINANCE"]]
    assert "more people may decide now" in words_of(world.slack.card())
    agree(world, "di")
    world.tick()
    assert world.request().state is Consent.SPENT
    assert [kind for kind, _ in world.trail(request.id)].count("escalated") == 1


def asks(world: World, person: str, count: int) -> list[str]:
    """So many wishes of somebody at once, each with a card of its own."""
    given = {"template": TEMPLATE, "name": "Spring"}
    ask = world.bot.desk.ask
    return [ask("campaign.create", given, actor=f"U0{person.upper()}").id for _ in range(count)]


def cards(world: World, *people: str) -> list[int]:
    """How many cards each of them has."""
    return [len(direct(world, world.person(name), "Spring")) for name in people]


def test_who_is_written_to_too_much_waits_as_long_as_slack_says_and_nobody_else(
    world: World,
) -> None:
    asks(world, "ana", 3)
    asks(world, "bo", 1)
    world.slack.fails("chat.postMessage", times=1, error="ratelimited", retry_after=20)
    world.tick()
    assert cards(world, "ana", "bo") == [0, 1]
    world.passes(seconds=19)
    assert cards(world, "ana", "bo") == [0, 1]
    world.passes(seconds=2)  # at once then, not after ever longer pauses
    assert cards(world, "ana", "bo") == [3, 1]


def test_while_nothing_can_be_edited_new_cards_are_posted(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo")
    world.slack.fails("chat.update", times=1, error="ratelimited", retry_after=20)
    world.tick()
    asks(world, "bo", 1)
    world.tick()
    assert cards(world, "bo") == [1]
    assert "Done" not in seen(world)
    world.passes(seconds=21)
    assert "Done" in seen(world)
