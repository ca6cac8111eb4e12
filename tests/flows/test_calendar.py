"""The calendar: what comes by day, what waits, what is late; decided in place, taken along."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as Taken

from actions.desk import When
from bot.grammar import CALENDAR
from schedules.calendar import Calendar, Wanted
from store import queries
from store.tables import Account, Consent, Progress, Request
from tests.flows.asking import SPLASH, agree, asks_campaign, asks_push
from tests.world import Human, World, words_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BRUSSELS = ZoneInfo("Europe/Brussels")
DAILY = "0 9 * * *"


@pytest.fixture(autouse=True)
def in_the_morning(world: World) -> None:
    """Every story begins at ten in Brussels: no midnight comes in between."""
    ten = datetime.combine(world.now().astimezone(BRUSSELS).date(), time(10), BRUSSELS)
    world.shift += ten + timedelta(days=1) - world.now()


def due(world: World, id: str) -> datetime:
    """When that request runs next."""
    [found] = [request.next_at for request in world.requests() if request.id == id]
    assert found is not None
    return found.astimezone(BRUSSELS)


def plans(world: World, message: str, by: str = "U0ANA", crontab: str = "", **ahead: float) -> str:
    """A push is asked for, to be sent then; it waits for two others."""
    when = When(world.now() + timedelta(**ahead), crontab, "Europe/Brussels")
    given = {"campaign": SPLASH, "message": message}
    request = world.bot.desk.ask("campaign.push_all", given, actor=by, when=when)
    world.tick()
    return request.id


def plans_agreed(world: World, message: str, **ahead: float) -> str:
    """The same, and two others have agreed."""
    id = plans(world, message, **ahead)
    agree(world, "bo", "cy")
    world.tick()
    return id


def written(world: World, *rows: Request) -> None:
    """Requests on record, past all that leads there."""
    with world.bot.office.store.begin() as tx:
        for row in rows:
            tx.add(row)


def row(world: World, id: str, at: datetime | None, **also: Any) -> Request:
    """A list that is to be read then."""
    given: dict[str, Any] = {
        "account": "main",
        "action": "campaign.list",
        "inputs": [{}],
        "actor": "U0ANA",
        "asked_at": world.now(),
        "state": Consent.GRANTED,
        "next_at": at,
        "planned_at": at,
        "timezone": "Europe/Brussels",
    }
    return Request(id=id, **given | also)


def looks(world: World, name: str = "ana", typed: str = "") -> Human:
    return world.person(name).types(f"{CALENDAR} {typed}".strip())


def headings(person: Human) -> list[str]:
    return [b["text"]["text"] for b in person.view["blocks"] if b["type"] == "header"]


def verbs(person: Human, request: str) -> list[str]:
    """The buttons under the line of that request."""
    found = [b for b in person.view["blocks"] if b["block_id"] == f"do:{request}"]
    return [element["action_id"] for block in found for element in block["elements"]]


def text(person: Human) -> str:
    return words_of(person.view["blocks"])


def listed(person: Human) -> list[str]:
    """Which lines have buttons."""
    return [b["block_id"] for b in person.view["blocks"] if b["block_id"].startswith("do:")]


def day(moment: datetime) -> str:
    local = moment.astimezone(BRUSSELS)
    return f"{local:%A} {local.day} {local:%B}"


def test_it_shows_what_comes_by_day_and_where_each_stands(world: World) -> None:
    agreed = plans_agreed(world, "Spring & <!channel>", days=3)
    waiting = plans(world, "Summer", days=4)
    world.person("bo").approves()
    at_once = asks_campaign(world, name="Autumn").id
    ana = looks(world)
    days = [day(due(world, agreed)), day(due(world, waiting))]
    assert headings(ana) == ["Once agreed", *days]
    told = text(ana)
    assert (
        "A push to 812 people who saved “Summer splash” · _“Spring &amp; &lt;!channel&gt;”_" in told
    )
    assert "Agreed · asked by <@U0ANA>" in told
    assert "Waits for approval: 1 of 2 agreed · asked by <@U0ANA>" in told
    assert f"*{due(world, agreed):%H:%M}*" in told
    assert "begins when it is agreed" in told
    assert "times in Europe/Brussels" in told
    assert verbs(ana, agreed) == ["stop", "shift", "edit", "withdraw"]
    assert verbs(ana, waiting) == ["edit", "shift", "withdraw"]
    assert verbs(looks(world, "bo"), agreed) == ["stop", "shift"]
    assert verbs(looks(world, "bo"), waiting) == []  # Bo has agreed already
    assert verbs(looks(world, "cy"), waiting) == ["approve_with", "question", "refuse"]
    assert verbs(looks(world, "cy"), at_once) == ["approve", "approve_with", "question", "refuse"]


def test_it_is_decided_in_place_and_an_old_button_says_so(world: World) -> None:
    push = plans_agreed(world, "Spring", days=2)
    campaign = asks_campaign(world, name="Autumn").id
    ana, bo, cy = looks(world), looks(world, "bo"), looks(world, "cy")
    bo.presses("stop", block_id=f"do:{push}")
    assert "Stopped by Bo Lindqvist" in text(bo)
    assert verbs(bo, push) == ["resume", "shift"]
    cy.presses("stop", block_id=f"do:{push}")  # drawn before Bo pressed
    assert "Too late: It is paused." in text(cy)
    assert verbs(cy, push) == ["resume", "shift"]
    cy.presses("resume", block_id=f"do:{push}")
    assert "Stopped by" not in text(cy)
    bo.presses("approve", block_id=f"do:{campaign}")
    assert campaign not in json.dumps(bo.view)
    ana.presses("withdraw", block_id=f"do:{push}")
    assert verbs(ana, push) == []
    assert "Nothing is planned." in text(ana)
    cy.presses("stop", block_id=f"do:{push}")
    assert "Too late: It was withdrawn." in text(cy)
    world.tick()
    world.passes(days=3)
    assert world.api.pushed == []
    assert [made["name"] for made in world.api.created] == ["Autumn"]


@ON_SQLITE
def test_words_and_forms_open_on_top_of_it_and_lead_back(world: World) -> None:
    push = plans(world, "Spring", days=2)
    cy = looks(world, "cy")
    cy.presses("refuse", block_id=f"do:{push}").submits(reason="Not in spring")
    assert cy.view["callback_id"] == "calendar"
    assert "Nothing is planned." in text(cy)
    other = plans(world, "Summer", days=2)
    ana = looks(world)
    ana.presses("edit", block_id=f"do:{other}")
    assert ana.filled["message"] == "Summer"
    world.slack.does("close", user="ana")
    assert ana.view["callback_id"] == "calendar"
    ana.presses("edit", block_id=f"do:{other}").submits(message="High summer")
    assert not ana.errors
    world.tick()
    assert "“High summer”" in text(looks(world))


def test_a_series_stands_on_each_of_its_days(world: World) -> None:
    first = (world.now() + timedelta(days=1)).astimezone(BRUSSELS)
    first = first.replace(hour=9, minute=0, second=0, microsecond=0)
    written(world, row(world, "req_daily", first, crontab=DAILY))
    ana = looks(world)
    assert len(headings(ana)) == 13
    assert headings(ana)[0].startswith("Tomorrow, ")
    assert text(ana).count("*09:00*") == 13
    assert text(ana).count("Every day at 09:00 · ") == 13
    assert verbs(ana, "req_daily") == ["stop", "shift", "edit", "withdraw"]  # once
    ana.presses("calendar:later")
    assert headings(ana)[0] == day(first + timedelta(days=13))
    assert len(headings(ana)) == 14
    ana.presses("calendar:earlier")
    assert headings(ana)[0].startswith("Tomorrow, ")
    far = (first + timedelta(days=60)).date()
    ana.presses("calendar:day", value=far.isoformat())
    assert headings(ana)[0] == f"{far:%A} {far.day} {far:%B} {far.year}"
    ana.presses("calendar:today")
    assert headings(ana)[0].startswith("Tomorrow, ")


def test_what_is_late_stands_on_top_and_is_decided_there(world: World) -> None:
    plans_agreed(world, "Missed", minutes=5)
    never = plans(world, "Nobody looked", minutes=6)
    coming = plans_agreed(world, "Spring", days=1)
    world.passes(hours=2)
    [held] = world.operations(Progress.HELD)
    ana = looks(world)
    assert headings(ana)[0] == "Late or held"
    assert ":pause_button: *Push to everyone*" in text(ana)
    assert "Held: it is late · due " in text(ana)
    assert "*late*: it was for " in text(ana)
    ana.presses("calendar:show", value="late")
    assert headings(ana) == ["Held", "Late"]
    assert verbs(ana, coming) == []
    looks(world, "bo").presses("run_late", block_id=f"run:{held.id}/{held.round}")
    ana.presses("skip", block_id=f"run:{held.id}/{held.round}")  # drawn before Bo pressed
    assert "Too late: " in text(ana)
    world.tick()
    ana.presses("withdraw", block_id=f"do:{never}")
    assert "Nothing is late, and nothing is held." in text(ana)
    assert [push["message"] for push in world.api.pushed] == ["Missed"]
    assert "Nothing is late" in text(looks(world, typed="late"))


@ON_SQLITE
def test_only_what_waits_for_approval(world: World) -> None:
    plans_agreed(world, "Agreed", days=1)
    plans(world, "Dated", days=2)
    asks_push(world, message="Undated")
    bo = looks(world, "bo", "waiting")
    assert headings(bo) == ["Once agreed", day(world.now() + timedelta(days=2))]
    assert "“Agreed”" not in text(bo)
    assert "“Undated”" in text(bo)
    bo.presses("calendar:show", value="all")
    assert "“Agreed”" in text(bo)


@ON_SQLITE
def test_it_says_when_there_is_nothing_and_when_something_comes_after_that(world: World) -> None:
    ana = looks(world)
    assert "Nothing is planned. Start something with `/coupon`" in text(ana)
    then = world.now() + timedelta(days=60)
    written(world, row(world, "req_far", then))
    ana = looks(world)
    assert f"Nothing comes in these two weeks. Next: *{day(then)}" in text(ana)
    assert f"Next: {day(then)}" in ana.opens_home().home
    ana = looks(world)
    ana.presses("calendar:later")
    assert headings(ana) == [f"{day(then)} {then.year}"]
    ana.presses("calendar:earlier")
    assert f"Next: *{day(then)}" in text(ana)


@ON_SQLITE
def test_what_is_typed_chooses_and_what_is_odd_is_named(world: World) -> None:
    then = (world.now() + timedelta(days=40)).date()
    ana = looks(world, typed=then.isoformat())
    assert f"{then:%A} {then.day} {then:%B}" in text(ana)
    assert looks(world, typed="help").was_told("*Calendar file* takes it along")
    assert looks(world, typed="tomorrow").was_told("It is not clear what “tomorrow” is for")
    assert looks(world, "gil").was_told("Guests and people from outside cannot use this.")


@ON_SQLITE
def test_a_long_one_is_turned_page_by_page_to_its_last_line(world: World) -> None:
    start = world.now() + timedelta(hours=1)
    rows = [row(world, f"req_{n:05}", start + timedelta(seconds=n // 3)) for n in range(5_001)]
    written(world, *rows, row(world, "req_daily", start, crontab=DAILY))
    ana = looks(world)
    seen = [text(ana).count("*List campaigns*")]
    for _ in range(3):
        ana.presses("calendar:later")
        seen.append(text(ana).count("*List campaigns*"))
    assert seen == [20] * 4
    third = listed(ana.presses("calendar:earlier"))
    assert listed(ana.presses("calendar:later")) != third
    assert listed(ana.presses("calendar:earlier")) == third

    calendar, place, found = Calendar(world.now), None, list[str]()
    until = world.now() + timedelta(days=14)
    with world.bot.office.store.look() as tx:
        while True:
            page = calendar.page(tx, Wanted(), world.now(), until, place)
            found += [entry.request for entry in page.entries]
            place = page.entries[-1].place if page.is_cut else None
            if place is None:
                break
    once = [id for id in found if id != "req_daily"]
    assert once == sorted(once) == [each.id for each in rows]
    assert len(found) - len(once) == 15  # the first of them at another time


@ON_SQLITE
def test_each_account_has_a_calendar_where_there_are_several(world: World) -> None:
    then = world.now() + timedelta(days=1)
    with world.bot.office.store.begin() as tx:
        tx.add(Account(name="Second", client_id="", client_secret=""))
    written(
        world,
        row(world, "req_first", then),
        row(world, "req_second", then, account="Second", state=Consent.WAITING),
    )
    ana = looks(world)
    assert "account Second" in text(ana)
    ana.presses("calendar:account", value="Second")
    assert verbs(ana, "req_first") == []
    assert verbs(ana, "req_second") == ["edit", "shift", "withdraw"]
    ana.presses("calendar:account", value="*")
    assert verbs(ana, "req_first") == ["stop", "shift", "edit", "withdraw"]


@ON_SQLITE
def test_home_shows_it_in_short_and_opens_it(world: World) -> None:
    plans_agreed(world, "Missed", minutes=5)
    start = world.now() + timedelta(days=1)
    written(world, *(row(world, f"req_{n:02}", start + timedelta(hours=n)) for n in range(9)))
    world.passes(hours=1)
    ana = world.person("ana").opens_home()
    coming = ana.home.split("Coming up")[1].split("Start something")[0]
    assert "*Late or held*" in coming
    assert coming.count("*List campaigns*") == 6
    assert "… and 3 more in the next two weeks" in coming
    ana.presses("calendar")
    assert headings(ana)[0] == "Late or held"
    bo = world.person("bo").types("/coupon")
    bo.presses("calendar")
    assert bo.view["callback_id"] == "calendar"


def takes_along(world: World) -> dict[str, Any]:
    """Ana takes the calendar along; its events by the request that each is of."""
    ana = looks(world).presses("calendar:file")
    assert ana.was_told("The file comes into your messages with me.")
    [file] = [file for file in world.slack.state["files"] if file["name"].endswith(".ics")]
    assert file["channels"] == [ana.dm]
    taken = Taken.from_ical(world.slack.file(file["id"]))
    return {str(event["UID"]): event for event in taken.events}


def test_it_is_taken_along_as_a_file_and_that_is_on_record(world: World) -> None:
    agreed = plans_agreed(world, "Spring; BEGIN:VEVENT\r\nEND:VEVENT", days=2)
    waiting = plans(world, "Summer", days=3)
    first = (world.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    written(world, row(world, "req_daily", first, crontab=f"{first.minute} {first.hour} * * *"))
    events = takes_along(world)
    at = due(world, agreed).astimezone(UTC).replace(microsecond=0)
    push = events.pop(f"{agreed}.{at:%Y%m%dT%H%M%SZ}@vouchdesk")
    assert push.start == at
    assert (push["STATUS"], push["TRANSP"], push["SEQUENCE"]) == ("CONFIRMED", "TRANSPARENT", 0)
    assert push["SUMMARY"] == "Push to everyone: A push to 812 people who saved “Summer splash”"
    assert "Message: Spring; BEGIN:VEVENT END:VEVENT" in push["DESCRIPTION"]
    assert "Asked by: Ana Costa" in push["DESCRIPTION"]
    [other] = [event for uid, event in events.items() if uid.startswith(waiting)]
    assert other["STATUS"] == "TENTATIVE"
    assert len([uid for uid in events if uid.startswith("req_daily")]) in (89, 90)
    with world.bot.office.store.look() as tx:
        [entry] = queries.audit(tx, kind="exported")
        assert queries.audit(tx, kind="read") == []
    assert (entry.actor, entry.surface) == ("U0ANA", "slack")
    assert entry.because == f"calendar: {len(events) + 1} runs"
    assert world.person("ana").was_told(f"{len(events) + 1} runs")


@ON_SQLITE
def test_nothing_private_is_taken_along(world: World) -> None:
    someone = {"campaign": SPLASH, "email": "mia.vos@example.test"}
    when = When(world.now() + timedelta(days=4))
    world.bot.desk.ask("single_use.create", someone, actor="U0ANA", when=when)
    world.tick()
    [event] = takes_along(world).values()
    assert "mia.vos" not in event.to_ical().decode()
    assert "m…t" in event["DESCRIPTION"]
