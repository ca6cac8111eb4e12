"""The report of a sheet: when its good rows are to be done, how, and that they are asked for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions.action import AnyAction
from actions.batch import Line, Report
from actions.desk import Desk, Now, When
from actions.drafts import Drafts
from actions.errors import Declined, InvalidInputs
from actions.together import together
from bot.errors import explain
from bot.forms.report import AT_ONCE, REPORT, WAY, read_way, report_view
from bot.forms.when import CHOSEN, read_when, when_given
from bot.listeners.moments import Ahead
from bot.listeners.pages import update
from bot.listeners.submissions import placed, put
from bot.views.card import trouble_view, waiting_view
from bot.views.sheet import on_record_view
from schedules.planning import plan

ROWS, BAD = "rows", "bad"
GONE = "The rows were kept for a day. Please hand in the sheet again."


@dataclass(frozen=True)
class Kept:
    """A report that waits in a draft, and the modal it is shown in."""

    action: AnyAction
    report: Report
    metadata: Mapping[str, str]


class Reports:
    """Shows what the check of a sheet found; asks for the rows that are good."""

    def __init__(self, desk: Desk, drafts: Drafts, ahead: Ahead, now: Now) -> None:
        self._desk, self._drafts, self._ahead, self._now = desk, drafts, ahead, now

    def begun(self, action: AnyAction, report: Report, actor: str) -> View:
        """The report as it is shown first; what is good waits in a draft from now on."""
        draft = ""
        if report.good:
            kept = {
                ROWS: [dict(row) for row in report.good],
                BAD: [[line.number, dict(line.problems)] for line in report.bad],
            }
            draft, _ = self._drafts.keep("", action.name, kept, actor=actor)
        metadata = {"action": action.name, "draft": draft}
        return self._drawn(Kept(action, report, metadata), actor, {})

    def redrawn(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> View:
        """The report again, now that another way to say when was chosen."""
        actor, values = body["user"]["id"], view["state"]["values"]
        given = when_given(values) | {WAY: read_way(values)}
        return self._drawn(self._kept(actor, view), actor, given)

    def ask(self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        """The good rows become one request; the view's id keeps a repeat from making two."""
        place, title = f"asked:{view['id']}", view["title"]["text"]
        try:
            when = self._when(body["user"]["id"], view["state"]["values"])
        except InvalidInputs as error:
            ack(response_action="errors", errors=placed(error.problems, view))
            return
        ack(response_action="update", view=waiting_view(title, "Putting it on record …", place))
        try:
            shown = on_record_view(title, self._ask(body, view, when))
        except Exception as error:
            shown = trouble_view(title, explain(error))
        put(client, place, shown)

    def _ask(self, body: Mapping[str, Any], view: Mapping[str, Any], when: When) -> int:
        actor, team = body["user"]["id"], (body.get("team") or {}).get("id", "")
        kept = self._kept(actor, view)
        name, rows = kept.action.name, kept.report.good
        whole = together(self._desk, name, rows)
        asked: tuple[str, Sequence[Mapping[str, Any]]] = (name, rows)
        if whole and read_way(view["state"]["values"]) == AT_ONCE:
            asked = (whole.action, [whole.inputs])
        self._desk.ask(asked[0], *asked[1], actor=actor, when=when, token=view["id"], team=team)
        return len(rows)

    def _when(self, actor: str, values: Mapping[str, Any]) -> When:
        zone = self._desk.person(actor).zone
        return plan({"timezone": zone} | read_when(values, zone), self._now())

    def _kept(self, actor: str, view: Mapping[str, Any]) -> Kept:
        metadata = json.loads(view["private_metadata"])
        name = metadata["action"]
        _, kept = self._drafts.keep(metadata["draft"], name, {}, actor=actor)
        if not kept.get(ROWS):
            raise Declined(GONE)
        bad = [Line(number, {}, problems) for number, problems in kept[BAD]]
        return Kept(self._desk.catalog[name], Report(kept[ROWS], bad), metadata)

    def _drawn(self, kept: Kept, actor: str, given: Mapping[str, Any]) -> View:
        whole = together(self._desk, kept.action.name, kept.report.good)
        zone = self._desk.person(actor).zone
        return report_view(
            kept.action,
            kept.report,
            kept.metadata,
            at_once=self._desk.catalog[whole.action] if whole else None,
            given={**given, **self._ahead(kept.action.name, given, actor)},
            zone=zone,
        )


def register(app: App, reports: Reports) -> None:
    """Listen to the page that says what the check found."""

    def of_a_report(body: dict[str, Any]) -> bool:
        return bool(body["view"]["callback_id"] == REPORT)

    def redraw(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        update(client, body, lambda view: reports.redrawn(body, view))

    for verb in ("when", CHOSEN, "zones"):
        app.action(verb, matchers=[of_a_report])(redraw)
    app.view(REPORT)(reports.ask)
