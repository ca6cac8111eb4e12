"""The home tab, and the launcher: what waits, what comes, what can be started."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock
from slack_sdk.models.views import View

from actions.action import AnyAction, Catalog
from actions.catalog import CATALOG
from bot.views.blocks import button, context, header, section
from bot.views.calendar import calendar_button, coming_blocks
from bot.views.request import approver_buttons, asker_buttons, glance, in_short
from bot.views.runs import needing_people
from bot.views.spread import Spread
from bot.views.stopped import Stop, stopped_blocks
from bot.views.story import Story, in_state
from bot.views.subscribing import Listed, at_home
from bot.views.text import escape
from bot.views.waiting import ids
from store.tables import Progress

MOST, FEW, WIDE = 8, 3, 25

Buttons = Callable[[Story], list[Block]]


def home_view(
    mine: Sequence[Story],
    waiting: Sequence[Story],
    coming: Spread,
    unclear: Sequence[Story],
    *,
    stops: Sequence[Stop] = (),
    notes: Sequence[str] = (),
    subscribed: Sequence[Listed] = (),
    catalog: Catalog = CATALOG,
) -> View:
    """The home tab; what waits can be decided in place. `notes` come first, in mrkdwn."""
    blocks = [
        *stopped_blocks(stops),
        *(context(note) for note in notes),
        *_list("Waiting for you", waiting, "Nothing waits for you.", approver_buttons, in_short),
        *_unclear(unclear),
        *_list("Your requests", mine, "You have asked for nothing yet.", asker_buttons),
        *coming_blocks(coming),
        *at_home(subscribed),
        header("Start something"),
        *starters(catalog),
    ]
    kept = json.dumps({"kept": ids(waiting[:MOST])})
    return View(type="home", blocks=blocks, private_metadata=kept)


def closed_view(why: str) -> View:
    """The home tab of somebody who cannot use it, or not now."""
    return View(type="home", blocks=[section(f":no_entry: {escape(why)}")])


def launcher_view(
    catalog: Catalog,
    mine: Sequence[Story],
    waiting: Sequence[Story],
    coming: Sequence[Story],
    metadata: Mapping[str, Any],
    *,
    stops: Sequence[Stop] = (),
) -> View:
    """What `/coupon` alone opens: what is going on in short, and every action."""
    return View(
        type="modal",
        callback_id="launcher",
        title="Vouchdesk",
        close="Close",
        private_metadata=json.dumps(dict(metadata)),
        blocks=[
            *stopped_blocks(stops),
            *_short("Waiting for you", waiting, "Nothing waits for you."),
            *_short("Your requests", mine, "You have asked for nothing yet."),
            *_short("Coming up", coming, "Nothing is scheduled."),
            calendar_button(),
            DividerBlock(),
            *starters(catalog),
        ],
    )


def starters(catalog: Catalog) -> list[Block]:
    """A button for each action, area by area, and one for sheets."""
    blocks: list[Block] = []
    for area, actions in catalog.areas().items():
        blocks.append(section(f"*{_title(area)}*"))
        for start in range(0, len(actions), WIDE):
            blocks.append(
                ActionsBlock(
                    block_id=f"area:{area}:{start}",
                    elements=[_starter(action) for action in actions[start : start + WIDE]],
                )
            )
    blocks.append(section("*Many at once*"))
    sheet = button("sheet", "From a sheet …")
    blocks.append(ActionsBlock(block_id="area:sheet", elements=[sheet]))
    return blocks


def _starter(action: AnyAction) -> Any:
    return button(f"start:{action.name}", action.title, action.name)


def _title(area: str) -> str:
    return escape(area.replace("_", "-").capitalize(), 60)


def _list(
    title: str,
    stories: Sequence[Story],
    empty: str,
    buttons: Buttons,
    more: Callable[[Story], str] | None = None,
) -> Iterator[Block]:
    yield header(title)
    if not stories:
        yield context(empty)
    for story in stories[:MOST]:
        yield section("\n".join([glance(story), *([more(story)] if more else [])]))
        yield from buttons(story)
    yield from _rest(stories, MOST)


def _unclear(stories: Sequence[Story]) -> Iterator[Block]:
    if not stories:
        return
    yield header("Unclear: somebody has to look")
    for story in stories[:MOST]:
        yield section(glance(story))
        for doubt in in_state(story, Progress.UNCLEAR, Progress.FAILED)[:1]:
            yield from needing_people(doubt, zone=story.request.timezone)
    yield from _rest(stories, MOST)


def _short(title: str, stories: Sequence[Story], empty: str) -> Iterator[Block]:
    yield section(f"*{title}*")
    if not stories:
        yield context(empty)
    for story in stories[:FEW]:
        yield context(glance(story))
    yield from _rest(stories, FEW)


def _rest(stories: Sequence[Story], shown: int) -> Iterator[Block]:
    if len(stories) > shown:
        yield context(f"… and {len(stories) - shown:,} more")
