"""Forms for changes: first what is meant, then what is there today, read while people wait."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions.action import AnyAction, Prefill, Today
from actions.changing import question
from actions.desk import Desk
from actions.drafts import Drafts
from actions.errors import InvalidInputs
from actions.fields import title_of
from bot.errors import explain
from bot.forms import form_for
from bot.forms.changing import KNOWN, known
from bot.forms.derived import NAMING
from bot.listeners.submissions import placed, put
from bot.views.card import trouble_view, waiting_view
from coupontools.errors import ApiError, Missing

READING = "Looking how it stands …"
AS_IT_STANDS = (
    "Filled in as far as Coupontools tells how it stands. "
    "What you do not change, or leave empty, stays as it is."
)
UNREAD = "The boxes are empty, as it is not known how it stands. What you leave empty stays."
LABELS = "labels"


class Changes:
    """From what is meant to a form with today's values; those wait in a draft meanwhile."""

    def __init__(self, desk: Desk, drafts: Drafts) -> None:
        self._desk, self._drafts = desk, drafts

    def open(
        self,
        client: WebClient,
        action: AnyAction,
        given: Mapping[str, Any],
        *,
        show: Callable[..., object],
        trigger: str,
        actor: str,
        metadata: Mapping[str, Any],
    ) -> None:
        """Show the form; or, as long as it is not clear what is meant, ask for that."""
        if self._problems(action, given):
            show(trigger_id=trigger, view=self._naming(action, given, actor, metadata))
            return
        place = f"change:{trigger}"[:255]
        show(trigger_id=trigger, view=waiting_view(action.title, READING, place))
        put(client, place, self._view(action, given, actor, metadata))

    def named(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient
    ) -> None:
        """Slack is answered at once; the form comes into the same modal."""
        metadata, actor = json.loads(view["private_metadata"]), body["user"]["id"]
        action = self._desk.catalog[metadata["action"]]
        shown = form_for(action.name).state(view["state"]["values"])
        _, kept = self._drafts.keep(metadata.pop("draft"), action.name, {}, actor=actor)
        given = {**kept, **shown, LABELS: {**kept.get(LABELS, {}), **shown.get(LABELS, {})}}
        if problems := self._problems(action, given):
            ack(response_action="errors", errors=placed(problems, view))
            return
        place = f"change:{view['id']}"
        ack(response_action="update", view=waiting_view(action.title, READING, place))
        put(client, place, self._view(action, given, actor, metadata))

    def _naming(
        self, action: AnyAction, given: Mapping[str, Any], actor: str, metadata: Mapping[str, Any]
    ) -> View:
        """What was said already waits in a draft: it may be about a person."""
        draft, _ = self._drafts.keep("", action.name, given, actor=actor)
        zone = self._desk.person(actor).zone
        return form_for(action.name).naming(action, given, {**metadata, "draft": draft}, zone)

    def _problems(self, action: AnyAction, given: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong, or missing, of the fields that name the thing."""
        names = _prefill(action).names
        try:
            self._desk.check(action.name, {name: given.get(name) for name in names})
        except InvalidInputs as error:
            return {name: words for name, words in error.problems.items() if name in names}
        return {}

    def _view(
        self, action: AnyAction, given: Mapping[str, Any], actor: str, metadata: Mapping[str, Any]
    ) -> View:
        try:
            return self._form(action, given, actor, metadata)
        except Exception as error:
            return trouble_view(action.title, explain(error))

    def _form(
        self, action: AnyAction, given: Mapping[str, Any], actor: str, metadata: Mapping[str, Any]
    ) -> View:
        today, note = self._today(action, given, actor)
        names, labels = _prefill(action).names, given.get(LABELS, {})
        about = known({name: _said(action, name, given) for name in names}, today.facts, note)
        kept = {
            "before": dict(today.values),
            "settled": {name: given[name] for name in names},
            KNOWN: about,
        }
        draft, _ = self._drafts.keep("", action.name, kept, actor=actor)
        return form_for(action.name).view(
            action,
            {**today.values, **given, LABELS: labels, KNOWN: about},
            metadata={**metadata, "draft": draft},
            zone=self._desk.person(actor).zone,
        )

    def _today(self, action: AnyAction, given: Mapping[str, Any], actor: str) -> tuple[Today, str]:
        """How it stands, and a sentence on that; raises `Missing` when there is no such thing."""
        prefill = _prefill(action)
        try:
            read = self._desk.read(prefill.read.name, question(prefill, given), actor=actor)
        except Missing:
            raise
        except (ApiError, InvalidInputs) as error:
            return Today({}), f"{error} {UNREAD}"
        today = prefill.today(read.output, given)
        return today, AS_IT_STANDS if today.values else UNREAD


def _prefill(action: AnyAction) -> Prefill[Any]:
    if action.prefill is None:
        raise ValueError(f"{action.name} begins with nothing")
    return action.prefill


def _said(action: AnyAction, name: str, given: Mapping[str, Any]) -> tuple[str, str]:
    """Title and words of a field that names the thing; with the name that was picked, if any."""
    label, id = given.get(LABELS, {}).get(name), str(given[name])
    title = title_of(name, action.inputs.model_fields[name])
    return title, f"{label} · {id}" if label and label != id else id


def register(app: App, changes: Changes) -> None:
    """Listen to the page that asks what is meant."""
    app.view(NAMING)(changes.named)
