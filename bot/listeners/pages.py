"""Forms that change while they are filled in: pages, choices that decide what else is asked."""

import json
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions.changing import CLEAR
from actions.desk import Desk
from actions.drafts import Drafts
from actions.errors import Declined, InvalidInputs
from actions.lookups import Lookups
from bot.forms import form_for
from bot.forms.changing import KNOWN, unlike
from bot.forms.derived import EDITS
from bot.forms.report import REPORT
from bot.forms.when import CHOSEN
from bot.listeners.moments import Ahead
from bot.listeners.telling import guarded

TEMPLATE = "template"
NOT_BY_EMPTYING = "An emptied box changes nothing; what is ticked under “{}” is emptied."


class Pages:
    """Keeps what was filled in while a form is redrawn or its pages are turned."""

    def __init__(self, desk: Desk, drafts: Drafts, lookups: Lookups, ahead: Ahead) -> None:
        self._desk, self._drafts, self._lookups, self._ahead = desk, drafts, lookups, ahead

    def following(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> View | None:
        """The page after this one; None on the last. Raises `InvalidInputs` for this page."""
        metadata = json.loads(view["private_metadata"])
        form, page, actor = form_for(metadata["action"]), metadata["page"], body["user"]["id"]
        if page + 1 >= form.pages:
            return None
        draft, given = self._keep(actor, view)
        self._check(metadata["action"], given, form.fields_of(page))
        return self._drawn(actor, metadata | {"draft": draft}, given, page + 1)

    def preceding(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> View:
        """The page before this one, nothing lost."""
        metadata, actor = json.loads(view["private_metadata"]), body["user"]["id"]
        draft, given = self._keep(actor, view)
        return self._drawn(actor, metadata | {"draft": draft}, given, metadata["page"] - 1)

    def redrawn(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> View:
        """The same page, now that something was chosen that decides what is asked."""
        metadata, actor = json.loads(view["private_metadata"]), body["user"]["id"]
        form = form_for(metadata["action"])
        given = form.state(view["state"]["values"])
        if form.pages > 1:
            draft, given = self._keep(actor, view)
            metadata["draft"] = draft
        elif metadata.get("draft"):
            given[KNOWN] = self._begun(actor, metadata)[KNOWN]
        return self._drawn(actor, metadata, given, metadata["page"])

    def everything(self, actor: str, view: Mapping[str, Any]) -> dict[str, Any]:
        """The raw inputs of all pages."""
        metadata = json.loads(view["private_metadata"])
        form = form_for(metadata["action"])
        if form.pages == 1 and not metadata.get("draft"):
            return form.read(view["state"]["values"])
        if form.pages == 1:
            return self._changed(actor, metadata, form.read(view["state"]["values"]))
        _, given = self._keep(actor, view)
        return self._raw(metadata["action"], given)

    def _begun(self, actor: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What the form of a change began with."""
        name = metadata["action"]
        _, kept = self._drafts.keep(metadata["draft"], name, {}, actor=actor)
        if KNOWN not in kept:
            raise Declined("This form stood open for more than a day. Please open it again.")
        return kept

    def _changed(
        self, actor: str, metadata: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What is meant, and what of it was changed; raises `InvalidInputs` when nothing was."""
        action, kept = self._desk.catalog[metadata["action"]], self._begun(actor, metadata)
        changed = unlike(action, raw, kept["before"], self._desk.person(actor).zone)
        known = action.inputs.model_fields
        if not changed:
            more = f" {NOT_BY_EMPTYING.format(known[CLEAR].title)}" if CLEAR in known else ""
            raise InvalidInputs({"": f"Nothing is changed yet.{more}"})
        needed = {name: value for name, value in raw.items() if known[name].is_required()}
        return {**kept["settled"], **needed, **changed}

    def _keep(self, actor: str, view: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Put this page into the draft; what was emptied is empty there too."""
        metadata = json.loads(view["private_metadata"])
        name, page = metadata["action"], metadata["page"]
        form = form_for(name)
        draft, before = self._drafts.keep(metadata.get("draft", ""), name, {}, actor=actor)
        emptied: dict[str, Any] = dict.fromkeys(form.fields_of(page))
        shown = form.state(view["state"]["values"])
        labels = {**before.get("labels", {}), **shown.pop("labels", {})}
        return self._drafts.keep(draft, name, emptied | shown | {"labels": labels}, actor=actor)

    def _raw(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        known = self._desk.catalog[name].inputs.model_fields
        return {field: given[field] for field in known if given.get(field) is not None}

    def _check(self, name: str, given: Mapping[str, Any], page: tuple[str, ...]) -> None:
        try:
            self._desk.check(name, self._raw(name, given))
        except InvalidInputs as error:
            here = {field: words for field, words in error.problems.items() if field in page}
            if here:
                raise InvalidInputs(here) from None

    def _drawn(
        self, actor: str, metadata: Mapping[str, Any], given: Mapping[str, Any], page: int
    ) -> View:
        zone, name = self._desk.person(actor).zone, metadata["action"]
        kept = {key: metadata[key] for key in ("channel", "draft", EDITS) if metadata.get(key)}
        more = self._template_facts(given)
        if page == form_for(name).pages - 1:
            more |= self._ahead(name, given, actor, kept.get(EDITS, ""))
        return form_for(name).view(
            self._desk.catalog[name], {**given, **more}, metadata=kept, zone=zone, page=page
        )

    def _template_facts(self, given: Mapping[str, Any]) -> dict[str, Any]:
        value = given.get(TEMPLATE)
        if not value:
            return {}
        known = self._lookups.known("campaign.list", self._desk.account(), str(value))
        return {"template_facts": [("Id", value), ("Status", known.hint)]} if known else {}


def register(app: App, pages: Pages) -> None:
    """Listen to choices that change a form."""

    def redraw(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        update(client, body, lambda view: pages.redrawn(body, view))

    def of_a_form(body: dict[str, Any]) -> bool:
        return bool(body["view"]["callback_id"] != REPORT)

    for verb in ("when", CHOSEN, "zones", "kind", re.compile("^lookup:")):
        app.action(verb, matchers=[of_a_form])(redraw)

    @app.action("back")
    def back(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        update(client, body, lambda view: pages.preceding(body, view))


def update(client: WebClient, body: Mapping[str, Any], draw: Any) -> None:
    """Draw the open view again, unless it has changed meanwhile."""
    view = body["view"]
    guarded(
        client,
        body,
        lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=draw(view)),
    )
