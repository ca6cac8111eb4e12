"""What comes of a plan, for the form in which it is made: read again with each choice."""

from collections.abc import Mapping
from typing import Any

from actions.desk import Desk, Now
from actions.errors import InvalidInputs
from bot.forms.when import AHEAD, NINE, WORKDAYS, said_when
from bot.views.outlook import next_lines, next_title, warnings
from schedules.foresight import Foresight
from schedules.planning import plan
from store.secrets import Vault

DEFAULTS = {"when_days": WORKDAYS, "when_time": NINE}


class Ahead:
    """The next moments, blackout days and other pushes to the same people, in words."""

    def __init__(self, desk: Desk, foresight: Foresight, vault: Vault, now: Now) -> None:
        self._desk, self._foresight, self._vault, self._now = desk, foresight, vault, now

    def __call__(
        self, name: str, given: Mapping[str, Any], actor: str, edits: str = ""
    ) -> dict[str, Any]:
        """What the *When* section shows of it; nothing while it makes no sense.

        `edits` is the mark of a request that is being changed: it is in nobody's way.
        """
        person = self._desk.person(actor)
        said = said_when({**DEFAULTS, **given}, person.zone)
        try:
            when = plan({"timezone": person.zone} | said, self._now())
        except InvalidInputs:
            return {}
        but = self._vault.stamped(edits).rpartition(":")[0] if edits else ""
        found = self._foresight(name, given, when, self._desk.account(), person, but)
        lines, think_of = [*next_lines(found)], [*warnings(found)]
        return {AHEAD: {"title": next_title(found), "lines": lines, "warnings": think_of}}
