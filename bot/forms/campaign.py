"""Creating a campaign, in pages: template, content, period, look and codes."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, DateTimePickerElement, InputBlock

from actions.action import AnyAction
from actions.fields import Kind, Moment, shown, title_of
from bot.forms.derived import DerivedForm
from bot.views.blocks import button, context, facts
from bot.views.kinds import VALUE, fitted, one_of, seconds
from bot.views.text import escape

PAGES = (
    ("Template", ("template", "name")),
    ("Content", ("issuer", "title", "subtitle", "discount_value")),
    ("Period", ("start_date", "expiry_date")),
    (
        "Look and codes",
        (
            "logo_image",
            "coupon_image",
            "background_color",
            "button_color",
            "amount_limitation",
            "code_prefix",
            "code_length",
            "code_type",
        ),
    ),
)
PERIOD = ("start_date", "expiry_date")
KIND = "_kind"
TEMPLATE, FLEXIBLE, FIXED = "template", "flexible", "fixed"
WAYS = (
    (TEMPLATE, "As in the template"),
    (FLEXIBLE, "Flexible, for each coupon"),
    (FIXED, "At a fixed moment"),
)


class CampaignForm(DerivedForm):
    """Many fields, some of which depend on others: a page for each question."""

    pages = len(PAGES)
    placeholders: Mapping[str, str] = {
        "background_color": "#FFFFFF",
        "button_color": "#1F4E3D",
        "discount_value": "10",
        "logo_image": "https://",
        "coupon_image": "https://",
    }

    def fields_of(self, page: int) -> tuple[str, ...]:
        return PAGES[page][1]

    def is_field(self, block: str) -> bool:
        return super().is_field(block) and not block.endswith(KIND)

    def page_of(self, field: str) -> int:
        return super().page_of(field.removesuffix(KIND))

    def blocks(
        self, action: AnyAction, given: Mapping[str, Any], zone: str, page: int
    ) -> list[Block]:
        _, *asked = super().blocks(action, given, zone, page)
        number = f"Page {page + 1} of {self.pages} · *{PAGES[page][0]}*"
        return [
            context(number + (f" · {escape(action.summary)}" if page == 0 else "")),
            *self.so_far(action, given, page),
            *asked,
            *back(page),
        ]

    def so_far(self, action: AnyAction, given: Mapping[str, Any], page: int) -> list[Block]:
        """What the pages before this one hold."""
        before = {name for earlier in range(page) for name in self.fields_of(earlier)}
        known = {name: value for name, value in given.items() if name in before and value}
        known |= {name: given["labels"][name] for name in known if name in given.get("labels", {})}
        words = [f"{title} *{escape(value, 60)}*" for title, value in shown(action.inputs, known)]
        return [context(" · ".join(words))] if words else []

    def field(
        self, name: str, field: Any, kind: Kind, given: Mapping[str, Any], zone: str
    ) -> list[Block]:
        if name in PERIOD and isinstance(kind, Moment):
            return period(name, title_of(name, field), kind, given, zone)
        blocks = super().field(name, field, kind, given, zone)
        if name != "template":
            return blocks
        return [*blocks, *facts(given.get("template_facts") or ())]

    def fits(self, name: str, kind: Kind, value: Any, zone: str) -> bool:
        moment = name in PERIOD and seconds(value, zone) is not None
        return moment or super().fits(name, kind, value, zone)

    def dispatches(self, name: str) -> bool:
        return name == "template"


def period(name: str, title: str, kind: Moment, given: Mapping[str, Any], zone: str) -> list[Block]:
    """How a start or an end is said, and then the start or end itself."""
    way = way_of(name, kind, given)
    blocks: list[Block] = [
        InputBlock(
            block_id=name + KIND,
            label=title,
            dispatch_action=True,
            element=one_of(WAYS, way, action_id="kind"),
        )
    ]
    if way == FLEXIBLE:
        words = one_of(kind.words, given.get(name), few=0)
        blocks.append(InputBlock(block_id=name, label=f"{title} …", element=words))
    if way == FIXED:
        at = DateTimePickerElement(
            action_id=VALUE, initial_date_time=seconds(given.get(name), zone)
        )
        blocks.append(InputBlock(block_id=name, label=f"{title} on", element=at))
    return blocks


def way_of(name: str, kind: Moment, given: Mapping[str, Any]) -> str:
    """The chosen way; where none is chosen, the one that shows the value there is."""
    if (chosen := given.get(name + KIND)) in dict(WAYS):
        return str(chosen)
    if not given.get(name):
        return TEMPLATE
    return FLEXIBLE if fitted(kind, given[name]) else FIXED


def back(page: int) -> list[Block]:
    """The way to the page before; there is none on the first."""
    if page == 0:
        return []
    return [ActionsBlock(block_id="pages", elements=[button("back", "Back")])]
