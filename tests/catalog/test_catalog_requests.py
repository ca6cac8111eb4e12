"""The card of a request, the home tab and the launcher: honest, and within Slack's limits."""

import json
from dataclasses import replace
from datetime import time, timedelta

import pytest
from telling import NOW, REQUEST, run, story, yes

from actions.catalog import CATALOG
from actions.rules import Hours
from actions.terms import Need, Terms
from bot.views.calendar import AT_HOME, FEW
from bot.views.deciding import refuse_view
from bot.views.home import home_view, launcher_view
from bot.views.lines import Line
from bot.views.request import missed_card, request_card
from bot.views.spread import Few, Shown, Spread
from bot.views.story import Change
from sandbox.slack.blockkit import check
from schedules.calendar import Entry, Kind
from schedules.foresight import Clash, Outlook
from store.tables import Consent, Progress

PUSH, CREATE, SEARCH = (
    CATALOG[name] for name in ("campaign.push_all", "campaign.create", "session.search")
)
NIGHT = Hours(time(21), time(8))
HARSH = tuple(
    Need(60, frozenset(f"group-{many}-{each}-{'x' * 60}" for each in range(9)), "rule" * 30)
    for many in range(9)
)
LONG = "<!channel> & “Größe” 👩‍👩‍👧 שלום " * 120


def said(card) -> str:
    return json.dumps(card.to_dict(), ensure_ascii=False)


def verbs(card) -> list[str]:
    return [
        button["action_id"]
        for block in card.to_dict()["blocks"]
        if block["type"] == "actions"
        for button in block["elements"]
    ]


def test_approvers_can_decide_while_it_waits_and_askers_can_withdraw():
    waiting = story(PUSH)
    found = verbs(request_card(waiting, for_approvers=True))
    assert found == ["approve_with", "question", "refuse"]  # of a blast the number is typed
    few = verbs(request_card(story(CREATE), for_approvers=True))
    assert few == ["approve", "approve_with", "question", "refuse"]
    own = verbs(request_card(waiting, for_approvers=False))
    assert own == ["rehearse", "edit", "withdraw"]
    assert verbs(request_card(story(CREATE), for_approvers=False)) == ["edit", "withdraw"]
    assert '"value": "req_0123456789abcdef:1.marked"' in said(
        request_card(waiting, for_approvers=True)
    )
    for state in (Consent.REFUSED, Consent.WITHDRAWN, Consent.EXPIRED, Consent.VOID):
        over = story(PUSH, state)
        assert verbs(request_card(over, for_approvers=True)) == []
        assert verbs(request_card(over, for_approvers=False)) == ["ask_again"]


def test_a_card_tells_who_agreed_and_how_many_it_reaches():
    text = said(request_card(story(PUSH, agreed=["U0BO"]), for_approvers=True))
    assert "1 of 2 agreed: <@U0BO>" in text
    assert "Reaches 12,431 people" in text
    assert "an unknown number of people" in said(
        request_card(story(PUSH, reach=None), for_approvers=True)
    )


def test_a_card_masks_what_is_private():
    text = said(request_card(story(SEARCH), for_approvers=True))
    assert "ada@example.test" not in text
    assert "a…t" in text


def test_a_refusal_tells_its_reason():
    text = said(
        request_card(story(PUSH, Consent.REFUSED, problem="Not today"), for_approvers=False)
    )
    assert "Refused" in text
    assert "> Not today" in text


def test_a_series_tells_when_it_runs_next():
    told = story(
        PUSH,
        Consent.GRANTED,
        crontab="0 9 * * mon,fri",
        timezone="Europe/Brussels",
        next_at=NOW + timedelta(days=1),
    )
    text = said(request_card(told, for_approvers=False))
    assert "Monday and Friday at 09:00 (Europe/Brussels)" in text
    assert (
        "<!date^1795510800^{date_short_pretty} at {time}|2026-11-24 10:00 Europe/Brussels>" in text
    )


def test_runs_are_summed_up_and_those_in_doubt_come_with_their_buttons():
    runs = [run(Progress.UNCLEAR, 9, "No answer in 30 s"), run(Progress.FAILED, 8, "code 502")]
    runs += [run(Progress.DONE, number) for number in range(7)]
    card = request_card(story(PUSH, Consent.SPENT, runs=runs), for_approvers=True)
    assert "7 done · 1 failed · 1 unclear" in said(card)
    assert "No answer in 30 s" in said(card)
    assert verbs(card) == ["happened", "go_on", "go_on"]
    assert said(card).count(":large_green_circle:") == 5


@pytest.mark.parametrize("action", [PUSH, CREATE, SEARCH], ids=lambda action: action.name)
@pytest.mark.parametrize("long", [LONG, '"\n' * 2_000, "&" * 4_000])
def test_a_request_of_any_size_is_within_slacks_limits(action, long):
    runs = [run(state, number, long) for number, state in enumerate([*Progress] * 10)]
    inputs = {name: long for name in action.inputs.model_fields if "amount" not in name}
    inputs.pop("code_length", None)
    told = story(
        action,
        Consent.WAITING,
        runs=runs,
        agreed=[yes(f"U0{n:06}", "others", on_behalf=long) for n in range(50)],
        terms=Terms("0123456789ab", HARSH, timedelta(minutes=2), (NIGHT,) * 20),
        change=Change("runner", long),
        rehearsed=[NOW] * 20,
        outlook=Outlook("America/Argentina/ComodRivadavia", clashes=[Clash(REQUEST, NOW)] * 5),
        version=2,
        preview=long,
        problem=long,
        facts=[[long, long]] * 40,
        inputs=[inputs] * 3,
        account=long,
    )
    for approvers in (True, False):
        card = request_card(told, for_approvers=approvers).to_dict()
        assert check(card, "message") == []
        assert len(json.dumps(card, ensure_ascii=False)) < 12_000
        assert "<!channel>" not in json.dumps(card["blocks"], ensure_ascii=False)


def test_missed_runs_stand_on_one_card():
    late = story(PUSH, Consent.SPENT, runs=[run(Progress.HELD, number) for number in range(40)])
    card = missed_card([late])
    assert check(card.to_dict(), "message") == []
    assert len(said(card)) < 12_000
    assert verbs(card) == ["run_late", "skip", "shift_run"] * 11
    assert "… and 29 more" in said(card)
    assert "No run is held" in missed_card([]).text


def test_a_person_from_elsewhere_is_named_plainly():
    assert "Asked by cli:ana" in said(
        request_card(story(PUSH, actor="cli:ana"), for_approvers=True)
    )


def test_refusing_asks_why():
    view = refuse_view({"stamp": "req_1:2.marked"}).to_dict()
    assert check(view, "modal") == []
    assert [block["block_id"] for block in view["blocks"]] == ["reason"]


def numbered(count: int, state=Consent.WAITING, **also):
    return [story(PUSH, state, id=f"req_{number:016x}", **also) for number in range(count)]


def coming(count: int) -> Spread:
    """So many, with a text that takes all room there is; and as many late ones as are shown."""
    ahead = [
        Line(Entry(Kind.COMING, NOW + timedelta(days=each), told.request.id), told)
        for each, told in enumerate(numbered(count, Consent.GRANTED, preview=LONG), 1)
    ]
    late = [replace(line, entry=replace(line.entry, kind=Kind.OVERDUE)) for line in ahead[:FEW]]
    return Spread(Shown(), "UTC", NOW, NOW.date(), ahead, Few(late, 5_001), rest=9)


def test_home_decides_in_place_and_offers_every_action():
    doubtful = [story(PUSH, Consent.SPENT, runs=[run(Progress.UNCLEAR)])]
    view = home_view(numbered(1, Consent.ASKED), numbered(1), coming(1), doubtful)
    found = verbs(view)
    own = ["rehearse", "edit", "withdraw"]
    first = ["approve_with", "question", "refuse", "happened", "go_on", *own]
    assert found[: len(first)] == first
    assert found[len(first) :] == ["calendar", *(f"start:{name}" for name in CATALOG), "sheet"]


def test_home_and_launcher_fit_when_empty_and_when_full():
    full = numbered(50, preview=LONG, problem=LONG)
    mine = [story(PUSH, Consent.ASKED, id=f"req_m{number}") for number in range(50)]
    doubts = [
        story(PUSH, Consent.SPENT, id=f"req_u{n}", runs=[run(Progress.UNCLEAR, n, LONG)])
        for n in range(50)
    ]
    for lists in (([], [], [], []), (mine, full, full, doubts)):
        asked, waiting, ahead, unclear = lists
        view = home_view(asked, waiting, coming(min(len(ahead), AT_HOME)), unclear)
        assert check(view.to_dict(), "home") == []
        assert check(launcher_view(CATALOG, *lists[:3], {"channel": "C1"}).to_dict(), "modal") == []
