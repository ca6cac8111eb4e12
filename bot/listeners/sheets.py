"""A sheet was handed in: its rows are checked, and what was found is told."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.views import View

from actions import batch, rights
from actions.action import AnyAction
from actions.batch import Report
from actions.desk import Desk
from actions.errors import BadSheet, Declined, InvalidInputs
from actions.policy import may_batch
from bot.errors import explain
from bot.files import send
from bot.forms.sheet import CHOSEN, Handed, read_sheet, sheet_view
from bot.listeners.reports import Reports
from bot.listeners.submissions import put
from bot.listeners.telling import guarded
from bot.views.card import trouble_view, waiting_view
from bot.views.sheet import bad_rows, sentence

LARGEST = 1_000_000
HOME = ".slack.com"
TIMEOUT = 20.0
BIG = "The file is larger than 1 MB: please divide it."
GONE = "Slack did not hand over the file. Try again, or paste the rows."

log = structlog.get_logger()


class Sheets:
    """From the modal to the report of its rows."""

    def __init__(self, desk: Desk, reports: Reports) -> None:
        self._desk, self._reports = desk, reports

    def open(
        self, client: WebClient, name: str, *, trigger: str, actor: str, push: bool = False
    ) -> None:
        """Open the modal, or `push` it; raises `Declined` for what takes no sheet."""
        rights.to_ask(self._desk.person(actor))
        show = client.views_push if push else client.views_open
        show(trigger_id=trigger, view=self._drawn(name))

    def chosen(self, view: Mapping[str, Any]) -> View:
        """The modal again, with the columns of what was chosen."""
        return self._drawn(read_sheet(view["state"]["values"]).action)

    def check(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient
    ) -> None:
        """Slack is answered at once; the report comes into the same modal."""
        actor, place = body["user"]["id"], f"sheet:{view['id']}"
        try:
            handed = read_sheet(view["state"]["values"])
            action = self._action(handed.action)
            rights.to_ask(self._desk.person(actor))
            _whole(handed, action)
        except InvalidInputs as error:
            ack(response_action="errors", errors=error.problems)
            return
        except Exception as error:
            ack(response_action="push", view=trouble_view(view["title"]["text"], explain(error)))
            return
        ack(response_action="update", view=waiting_view(action.title, "Checking the rows …", place))
        try:
            shown = self._checked(client, action, handed, actor)
        except Exception as error:
            shown = trouble_view(action.title, explain(error))
        put(client, place, shown)

    def _checked(self, client: WebClient, action: AnyAction, handed: Handed, actor: str) -> View:
        text = handed.pasted or batch.decoded(fetched(client, handed.file))
        report = batch.check(self._desk, action.name, batch.read(action, text))
        if report.bad:
            _send_back(client, actor, action, report)
        return self._reports.begun(action, report, actor)

    def _action(self, name: str) -> AnyAction:
        action = self._desk.catalog[name]
        if not may_batch(action):
            raise Declined(f"“{action.title}” is asked for one at a time.")
        return action

    def _drawn(self, name: str) -> View:
        offered = [action for action in self._desk.catalog.values() if may_batch(action)]
        if not offered:
            raise Declined("There is no action that takes a sheet.")
        chosen = self._action(name) if name else None
        columns = batch.columns(chosen) if chosen else []
        return sheet_view(offered, chosen, [(c.name, c.title, c.required) for c in columns])


def register(app: App, sheets: Sheets) -> None:
    """Listen to the button, the choice, and the sheet itself."""

    @app.action("sheet")
    def start(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        trigger, actor = body["trigger_id"], body["user"]["id"]
        push = body["view"]["type"] == "modal"
        guarded(
            client, body, lambda: sheets.open(client, "", trigger=trigger, actor=actor, push=push)
        )

    @app.action(CHOSEN)
    def choose(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        view = body["view"]
        guarded(
            client,
            body,
            lambda: client.views_update(
                view_id=view["id"], hash=view["hash"], view=sheets.chosen(view)
            ),
        )

    app.view("sheet")(sheets.check)


def fetched(client: WebClient, file: Mapping[str, Any]) -> bytes:
    """The content of an uploaded file; our token goes to Slack alone."""
    address = str(file.get("url_private") or "")
    host, ours = urlsplit(address).netloc, urlsplit(client.base_url).netloc
    at_slack = address.startswith("https://") and host.endswith(HOME)
    if not at_slack and host != ours:
        raise Declined(GONE)
    asked = urllib.request.Request(  # noqa: S310  https, or where the Web API itself is
        address, headers={"Authorization": f"Bearer {client.token}"}
    )
    try:
        with urllib.request.build_opener(_Straight).open(asked, timeout=TIMEOUT) as answer:
            content: bytes = answer.read(LARGEST + 1)
    except (urllib.error.URLError, OSError) as error:
        log.warning("a file could not be fetched", error=type(error).__name__)
        raise Declined(GONE) from None
    if len(content) > LARGEST:
        raise BadSheet(BIG)
    return content


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a sign-in page is no sheet, and the token stays where it was meant."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _whole(handed: Handed, action: AnyAction) -> None:
    """What can be said under a field, before anything is fetched; raises `InvalidInputs`."""
    if bool(handed.pasted.strip()) == bool(handed.file):
        words = "Paste the rows or upload them, not both." if handed.file else "Paste some rows."
        raise InvalidInputs({"pasted": words})
    if int(handed.file.get("size") or 0) > LARGEST:
        raise InvalidInputs({"file": BIG})
    try:
        if handed.pasted:
            batch.read(action, handed.pasted)
    except BadSheet as error:
        raise InvalidInputs({"pasted": str(error)}) from None


def _send_back(client: WebClient, actor: str, action: AnyAction, report: Report) -> None:
    """The bad rows to the person who gave them; that Slack takes no file stops nothing."""
    try:
        said = client.chat_postMessage(channel=actor, text=f"{action.title}: {sentence(report)}")
        send(
            client,
            bad_rows(action, report),
            channel=said["channel"],
            title="Rows that cannot be used",
            thread_ts=said["ts"],
        )
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("bad rows were not sent back", error=type(error).__name__)
