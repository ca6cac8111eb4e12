"""Lines of the record as people read them, and what is told about the record."""

from bot.views.blocks import Message, context, section
from bot.views.text import escape
from store.tables import AuditEntry


def gap_message(gap: AuditEntry) -> Message:
    """The record is not whole, or something went past us."""
    words = f"The record has a gap: {gap.because}"
    why = f"`/coupon why {gap.request or gap.seq}` shows what is known of it."
    return Message(words, [section(f":rotating_light: {escape(words)}"), context(why)])
