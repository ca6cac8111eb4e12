"""The form of any action, from its inputs alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from slack_sdk.models.blocks import Block, InputBlock
from slack_sdk.models.views import View

from actions.action import AnyAction, Risk
from actions.fields import Kind, Lookup, Option, fields, title_of
from bot.forms.changing import known_blocks, settled
from bot.forms.when import WHEN_FIELDS, when_blocks, when_given
from bot.views.blocks import TITLE, context, plain, section
from bot.views.kinds import element, fitted, label_of, limits_of, value_of
from bot.views.text import escape

FORM, NAMING = "form", "naming"
EDITS = "edits"
"""Under this name a form keeps which request it changes: id and version, as we marked them."""
CHANGES = "You change what you asked for: whoever has agreed will be asked again."
SUBMIT = {
    Risk.READ: "Show",
    Risk.CHANGE: "Ask for approval",
    Risk.LAUNCH: "Ask for approval",
    Risk.BLAST: "Ask for approval",
}


class Form(Protocol):
    """Collects what an action is asked with. It shows and reads; it never judges."""

    pages: int

    def view(
        self,
        action: AnyAction,
        given: Mapping[str, Any],
        *,
        metadata: Mapping[str, Any] = {},
        zone: str = "UTC",
        page: int = 0,
        note: str = "",
    ) -> View:
        """The modal with `given` filled in; values that no field has a name for are ignored.

        `zone` is where a wall clock in `given` is meant; `given["labels"]` names what was picked.
        """

    def naming(
        self, action: AnyAction, given: Mapping[str, Any], metadata: Mapping[str, Any], zone: str
    ) -> View:
        """The page before the form of a change: what is it that shall be changed?"""

    def read(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that were filled in, from `view.state.values`."""

    def state(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """All that is shown, half-filled too: give it back to `view` and nothing is lost."""

    def fields_of(self, page: int) -> tuple[str, ...]:
        """The fields on that page; empty: all of them are on the only page."""

    def page_of(self, field: str) -> int:
        """The page on which a field, or a part of the *When* section, stands."""


class DerivedForm:
    """One block a field, named after it, and when it is to happen."""

    pages = 1
    placeholders: Mapping[str, str] = {}

    def view(
        self,
        action: AnyAction,
        given: Mapping[str, Any],
        *,
        metadata: Mapping[str, Any] = {},
        zone: str = "UTC",
        page: int = 0,
        note: str = "",
    ) -> View:
        note = note or (CHANGES if metadata.get(EDITS) and page == 0 else "")
        said = [section(f":information_source: {escape(note, 1_000)}")] if note else []
        return View(
            type="modal",
            callback_id=FORM,
            title=plain(action.title, TITLE),
            submit=plain(self.submit(action, page), TITLE),
            close="Cancel",
            private_metadata=json.dumps({**metadata, "action": action.name, "page": page}),
            blocks=[*said, *self.blocks(action, given, zone, page)],
        )

    def naming(
        self, action: AnyAction, given: Mapping[str, Any], metadata: Mapping[str, Any], zone: str
    ) -> View:
        """The page before the form of a change: what is it that shall be changed?"""
        names = action.prefill.names if action.prefill else ()
        return View(
            type="modal",
            callback_id=NAMING,
            title=plain(action.title, TITLE),
            submit="Next",
            close="Cancel",
            private_metadata=json.dumps({**metadata, "action": action.name, "page": 0}),
            blocks=[
                section(escape(action.summary)),
                *self.asked(action, given, zone, names),
                *self.unfit(action, given, zone, names),
            ],
        )

    def submit(self, action: AnyAction, page: int) -> str:
        return SUBMIT[action.risk] if page == self.pages - 1 else "Next"

    def blocks(
        self, action: AnyAction, given: Mapping[str, Any], zone: str, page: int
    ) -> list[Block]:
        every = self.fields_of(page) or [name for name, _, _ in fields(action.inputs)]
        named = [name for name in every if name not in settled(given)]
        return [
            section(escape(action.summary)),
            *known_blocks(given),
            *self.asked(action, given, zone, named),
            *self.unfit(action, given, zone, named),
            *(when_blocks(given, zone) if page == self.pages - 1 else ()),
        ]

    def asked(
        self, action: AnyAction, given: Mapping[str, Any], zone: str, named: Sequence[str]
    ) -> list[Block]:
        """The blocks of the named fields, in their order."""
        known = {name: (field, kind) for name, field, kind in fields(action.inputs)}
        return [block for name in named for block in self.field(name, *known[name], given, zone)]

    def field(
        self, name: str, field: Any, kind: Kind, given: Mapping[str, Any], zone: str
    ) -> list[Block]:
        """The block of one field."""
        return [
            InputBlock(
                block_id=name,
                label=plain(title_of(name, field), 2_000),
                hint=plain(field.description, 2_000) if field.description else None,
                optional=not field.is_required(),
                dispatch_action=self.dispatches(name) or None,
                element=element(
                    kind,
                    initial(name, kind, given),
                    zone=zone,
                    placeholder=self.placeholders.get(name, ""),
                    limits=limits_of(field),
                ),
            )
        ]

    def unfit(
        self, action: AnyAction, given: Mapping[str, Any], zone: str, named: Iterable[str]
    ) -> list[Block]:
        """What was given but cannot be shown in its element: it is said, not dropped."""
        lost = [
            f"{title_of(name, field)} “{given[name]}”"
            for name, field, kind in fields(action.inputs)
            if name in named
            and given.get(name) not in (None, "")
            and not self.fits(name, kind, given[name], zone)
        ]
        words = escape(", ".join(lost), 1_000)
        return [context(f":warning: Not usable here: {words}")] if lost else []

    def fits(self, name: str, kind: Kind, value: Any, zone: str) -> bool:  # noqa: ARG002  by name, where drawn so
        """Whether the block of that field can show that value."""
        return fitted(kind, value, zone) is not None

    def dispatches(self, name: str) -> bool:  # noqa: ARG002  no field does, unless drawn so
        """Whether choosing a value asks for a redraw."""
        return False

    def read(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in _filled(values) if self.is_field(name)}

    def is_field(self, block: str) -> bool:
        """Whether a block asks for a field, and not for how or when."""
        return block not in WHEN_FIELDS

    def state(self, values: Mapping[str, Any]) -> dict[str, Any]:
        shown = dict(_filled(values)) | when_given(values)
        labels = {
            name: label
            for name, block in values.items()
            for state in block.values()
            if (label := label_of(state))
        }
        return {**shown, "labels": labels}

    def fields_of(self, page: int) -> tuple[str, ...]:  # noqa: ARG002  there is one page
        return ()

    def page_of(self, field: str) -> int:
        for page in range(self.pages):
            if field in self.fields_of(page):
                return page
        return self.pages - 1


def initial(name: str, kind: Kind, given: Mapping[str, Any]) -> Any:
    """The value to start with; what was picked keeps the words it was picked by."""
    value = given.get(name)
    label = given.get("labels", {}).get(name)
    if isinstance(kind, Lookup) and value and label:
        return Option(str(value), str(label))
    return value


def doubt(action: AnyAction) -> list[Block]:
    """That nobody has published how Coupontools wants to be asked for this."""
    if action.proven:
        return []
    words = "The vendor's public pages do not show this call: its path follows from its siblings."
    return [context(f":grey_question: {words}")]


def _filled(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, block in values.items():
        for state in block.values():
            value = value_of(state)
            if value is not None:
                yield name, value
