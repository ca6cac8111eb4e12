"""What is said about people who stand in for others."""

from collections.abc import Sequence
from datetime import timedelta

from bot.views.agreement import person
from bot.views.blocks import Message, section
from bot.views.times import moment
from store.tables import Delegation

HELP = (
    "`/coupon delegate @colleague 2026-12-01`: until the end of that day your yes can be given by "
    "somebody else. `/coupon delegate @colleague 2026-11-28 2026-12-01`: from that day on. "
    "`/coupon delegate off` ends it."
)


def delegation(each: Delegation, zone: str) -> str:
    """`Bo stands in for Cy from … until …`."""
    until = moment(each.until - timedelta(seconds=1), zone)
    since = moment(each.since, zone)
    return f"{person(each.deputy)} stands in for {person(each.person)} from {since} until {until}"


def delegations(found: Sequence[Delegation], zone: str) -> str:
    """All that concerns one person, and how to change it."""
    lines = [f"• {delegation(each, zone)}" for each in found]
    return "\n".join([*(lines or ["Nobody stands in for you, nor you for anybody."]), HELP])


def begun(each: Delegation, zone: str) -> Message:
    """For the one who stands in: what that means."""
    words = (
        f":handshake: {delegation(each, zone)}. You may decide in their place; both your names are "
        "kept. You cannot agree to what they or you have asked for, and not hand it on."
    )
    return Message("You stand in for somebody", [section(words)])


def ended(each: Delegation) -> Message:
    """For both of them."""
    words = f":wave: {person(each.deputy)} stands in for {person(each.person)} no more."
    return Message("Somebody stands in for somebody no more", [section(words)])
