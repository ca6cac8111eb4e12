"""The calendar in its modal and on the home tab: as it looked before, and fitting when full."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from keeping import same_as_before
from telling import NOW, run, story
from test_catalog_requests import LONG

from actions.catalog import CATALOG
from bot.views.blocks import Message
from bot.views.calendar import AT_HOME, EACH, EMPTY, FEW, calendar_view, coming_blocks
from bot.views.lines import Line, May
from bot.views.spread import Few, Shown, Spread
from sandbox.slack.blockkit import check
from schedules.calendar import Entry, Kind, Show
from store.tables import Consent, Progress

PUSH = CATALOG["campaign.push_all"]
LIST = CATALOG["campaign.list"]
ALL = frozenset(May)
SOON, TOMORROW = NOW + timedelta(seconds=90), NOW + timedelta(days=1)
BOTH = ("U0BO", "U0CY")


def line(id: str, kind: Kind = Kind.COMING, days: int = 0, **said: Any) -> Line:
    """A push that comes, waits or is held, of which everything may be done."""
    at = said.pop("at", TOMORROW + timedelta(days=days))
    action, state = said.pop("action", PUSH), said.pop("state", Consent.GRANTED)
    held = run(Progress.HELD, 0, held_for="late") if kind is Kind.HELD else None
    if held:
        held.id = f"{id}.run"
    told = story(action, state, id=id, **{"next_at": at, **said})
    entry = Entry(kind, at, id, held.id if held else "")
    return Line(entry, told, held, ALL)


def spread(*lines: Line, **also: Any) -> Spread:
    return Spread(also.pop("shown", Shown()), "Europe/Brussels", NOW, NOW.date(), lines, **also)


COMING = spread(
    line("req_brake", at=SOON, agreed=BOTH, granted_at=NOW),
    line("req_agreed", agreed=BOTH),
    line("req_waits", state=Consent.WAITING, agreed=["U0BO"]),
    line("req_series", action=LIST, crontab="0 9 * * mon,fri", timezone="Asia/Tokyo", preview=""),
    line("req_stopped", days=1, state=Consent.PAUSED, agreed=BOTH, problem="Stopped by Ana"),
    line("req_series", action=LIST, days=3, crontab="0 9 * * mon,fri", timezone="Asia/Tokyo"),
    replace(line("req_odd", days=4), story=None, may=frozenset()),
    late=Few([line("req_held", Kind.HELD, at=NOW - timedelta(hours=1), state=Consent.SPENT)], 5),
    undated=Few([line("req_once", Kind.UNDATED, at=NOW, state=Consent.WAITING)], 1),
    accounts=["main", "Second"],
)


def test_it_looks_as_it_did() -> None:
    view = calendar_view(COMING, "Too late: It was withdrawn.").to_dict()
    assert check(view, "modal") == []
    assert same_as_before("calendar.modal", view)


def test_at_home_it_looks_as_it_did() -> None:
    blocks = [block.to_dict() for block in coming_blocks(COMING)]
    assert check({"type": "home", "blocks": blocks}, "home") == []
    assert same_as_before("calendar.home", blocks)


@pytest.mark.parametrize("show", [*Show])
def test_empty_it_says_what_to_do_and_full_it_fits(show: Show) -> None:
    shown = Shown(show=show)
    empty = calendar_view(spread(shown=shown)).to_dict()
    assert check(empty, "modal") == []
    assert EMPTY[show] in [b["text"]["text"] for b in empty["blocks"] if b["type"] == "section"]
    long: dict[str, Any] = {"preview": LONG, "problem": LONG, "actor": LONG}
    kinds = {Show.ALL: Kind.COMING, Show.WAITING: Kind.UNDATED, Show.LATE: Kind.HELD}
    many = [
        line(f"req_{n:016}", kinds[show], n, state=Consent.PAUSED, crontab=LONG[:400], **long)
        for n in range(EACH)
    ]
    late = [line(f"req_l{n}", Kind.HELD, 0, state=Consent.SPENT, **long) for n in range(FEW)]
    once = [line(f"req_u{n}", Kind.UNDATED, 0, state=Consent.WAITING, **long) for n in range(FEW)]
    full = spread(
        *many,
        shown=replace(shown, place="3.1.req", next="2027-01-01", account=LONG[:60]),
        late=Few(late, 5_001),
        undated=Few(once, 5_001),
        accounts=[f"{LONG[:60]}{n}" for n in range(200)],
        beyond=TOMORROW,
    )
    view = calendar_view(full, LONG).to_dict()
    assert check(view, "modal") == []
    assert len(view["blocks"]) <= 100
    home = replace(full, lines=many[:AT_HOME], rest=100, is_cut=True)
    blocks = coming_blocks(home)
    assert check({"type": "home", "blocks": [b.to_dict() for b in blocks]}, "home") == []
    assert len(blocks) <= 14


def test_names_of_others_notify_nobody() -> None:
    loud = line("req_loud", preview="<!channel> & <@U0BO>", actor="<!here>")
    said = Message("", calendar_view(spread(loud)).blocks).to_dict()
    assert "<!" not in str(said)
    assert "<@U0BO>" not in str(said)
