"""A push cannot be recalled: show the lock screen before anybody is asked to agree."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block

from actions.action import AnyAction
from actions.fields import Lookup, fields, title_of
from actions.rehearsing import can_rehearse
from bot.forms.derived import DerivedForm
from bot.views.blocks import context, section
from bot.views.kinds import limits_of
from bot.views.text import counted, escape

FIRST = "Once you have asked, its card sends it to your own phone first, if you like."
WARNING = ":warning: A push reaches every phone at once and *cannot be recalled*."


class PushForm(DerivedForm):
    """The derived form, with the message as a phone shows it."""

    placeholders: Mapping[str, str] = {"message": "Summer starts today"}

    def blocks(
        self, action: AnyAction, given: Mapping[str, Any], zone: str, page: int
    ) -> list[Block]:
        summary, *rest = super().blocks(action, given, zone, page)
        asked = len(list(fields(action.inputs)))
        room = next(
            limits_of(field).length for name, field, _ in fields(action.inputs) if name == "message"
        )
        screen = lock_screen(given, sender(action, given), room or 0)
        first = [context(FIRST)] if can_rehearse(action) else []
        return [summary, section(WARNING), *rest[:asked], *screen, *first, *rest[asked:]]

    def dispatches(self, name: str) -> bool:
        """Whatever is picked stands over the message."""
        return name != "message"


def sender(action: AnyAction, given: Mapping[str, Any]) -> str:
    """The name over the message: of what was picked, whose holders it goes to."""
    picked = ((n, field) for n, field, kind in fields(action.inputs) if isinstance(kind, Lookup))
    for name, field in picked:
        label = given.get("labels", {}).get(name) or given.get(name)
        return str(label or f"Your {title_of(name, field).lower()}")
    return action.title


def lock_screen(given: Mapping[str, Any], name: str, room: int) -> list[Block]:
    """The message in a quote, under the name it comes from, and how much room is left."""
    message = str(given.get("message") or "")
    if not message:
        return [context(f"At most {room} characters; short ones are read.")]
    left = room - len(message)
    size = f"{counted(left, 'character')} left" if left >= 0 else f"{-left} too many"
    quoted = "\n".join(f"> {line}" for line in escape(message, 1_000).splitlines())
    return [
        section(f"*On the lock screen*\n> *{escape(name, 150)}*  ·  now\n{quoted}"),
        context(f"{size} of {room}"),
    ]
