"""Opening the form of an action for a person: in their zone, filled in as far as it goes."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient

from actions import rights
from actions.desk import Desk
from actions.drafts import Drafts
from actions.fields import Lookup, fields
from actions.lookups import Lookups
from bot.forms import form_for
from bot.forms.derived import EDITS
from bot.listeners.changing import Changes
from bot.listeners.moments import Ahead

Begins = Callable[[str], Mapping[str, Any]]
"""What the form of an action holds before anybody has filled in anything."""


class Opener:
    """Shows forms; a name that is known without asking stands beside the id it belongs to."""

    def __init__(
        self,
        desk: Desk,
        lookups: Lookups,
        drafts: Drafts,
        changes: Changes,
        ahead: Ahead,
        begins: Begins,
    ) -> None:
        self._begins = begins
        self._desk, self._lookups, self._drafts = desk, lookups, drafts
        self._changes, self._ahead = changes, ahead

    def open(
        self,
        client: WebClient,
        name: str,
        given: Mapping[str, Any],
        *,
        trigger: str,
        actor: str,
        channel: str = "",
        push: bool = False,
        edits: str = "",
    ) -> None:
        """Open a modal, or `push` it on the one that is open; raises `NotAllowed`.

        `edits` is the mark of a request that shall be changed, else a new one is asked for.
        """
        person = self._desk.person(actor)
        with self._desk.refusing("open", actor, {"action": name}):
            rights.to_ask(person)
        if not edits:
            given = {**self._begins(name), **given}
        form, filled = form_for(name), {**given, "labels": self._labels(name, given)}
        metadata = {"channel": channel} if channel else {}
        metadata |= {EDITS: edits} if edits else {}
        show = client.views_push if push else client.views_open
        action = self._desk.catalog[name]
        if action.prefill:
            self._changes.open(
                client,
                action,
                filled,
                show=show,
                trigger=trigger,
                actor=actor,
                metadata=metadata,
            )
            return
        if given and form.pages > 1:  # what later pages ask for has to be kept until then
            metadata["draft"], _ = self._drafts.keep("", name, filled, actor=actor)
        if given and form.pages == 1:
            filled |= self._ahead(name, given, actor, edits)
        view = form.view(action, filled, zone=person.zone, metadata=metadata)
        show(trigger_id=trigger, view=view)

    def _labels(self, name: str, given: Mapping[str, Any]) -> dict[str, str]:
        account = self._desk.account()
        found: dict[str, str] = {}
        for field, _, kind in fields(self._desk.catalog[name].inputs):
            if isinstance(kind, Lookup) and given.get(field):
                known = self._lookups.known(kind.action, account, str(given[field]))
                found |= {field: known.label} if known else {}
        return found
