"""A form with a field for the channel where the result is told."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block, ConversationFilter, ConversationSelectElement, InputBlock

from actions.announced import CHANNEL, channel_of
from actions.fields import Kind, title_of
from bot.forms.derived import DerivedForm
from bot.views.blocks import plain
from bot.views.kinds import VALUE

FIELD = "channel"


class ChannelForm(DerivedForm):
    """The derived form, with Slack's own menu of channels: none that is shared with others."""

    def field(
        self, name: str, field: Any, kind: Kind, given: Mapping[str, Any], zone: str
    ) -> list[Block]:
        if name != FIELD:
            return super().field(name, field, kind, given, zone)
        channel = str(channel_of(given.get(name)) or "")
        menu = ConversationSelectElement(
            action_id=VALUE,
            initial_conversation=channel if CHANNEL.fullmatch(channel) else None,
            filter=ConversationFilter(
                include=["public", "private"],
                exclude_bot_users=True,
                exclude_external_shared_channels=True,
            ),
        )
        return [
            InputBlock(
                block_id=name,
                label=plain(title_of(name, field), 2_000),
                hint=plain(field.description, 2_000),
                optional=not field.is_required(),
                element=menu,
            )
        ]

    def fits(self, name: str, kind: Kind, value: Any, zone: str) -> bool:
        if name != FIELD:
            return super().fits(name, kind, value, zone)
        return bool(CHANNEL.fullmatch(str(channel_of(value))))
