"""What is said of subscriptions: the message of a day, a threshold that was reached, the list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from slack_sdk.models.blocks import Block, SectionBlock

from actions.wanting import KINDS, in_words, kind_words, quiet_since
from bot.views.blocks import Message, button, context, header, mrkdwn, section
from bot.views.text import cut, escape
from bot.views.times import moment, span
from store.hooks import Subscription, Tally

MOST, SHOWN = 20, 8
HELP = (
    "`/coupon subscribe #channel claimed validated campaign=cam_123456`: one message a day, which "
    "counts on. `tag=summer` instead of a campaign; neither: all of them. Thresholds: "
    "`first validated` · `claimed every=100` · `validated at=90% limit=500` · "
    "`claimed silence=24h`. `quiet=22:00-07:00` keeps the night quiet. "
    "`/coupon unsubscribe #channel` ends all of a channel, `/coupon unsubscribe sub_…` one."
)
Names = Callable[[str, str], str]
"""What a campaign of an account is called; nothing, if that is not known now."""


@dataclass(frozen=True)
class Listed:
    """A subscription at home; `stamp` is what its button carries, if there is one."""

    subscription: Subscription
    stamp: str = ""


def day_message(each: Subscription, day: date, lines: Sequence[Tally], names: Names) -> Message:
    """What happened on a day, campaign by campaign."""
    by_campaign: dict[str, dict[str, int]] = {}
    for line in lines:
        by_campaign.setdefault(line.campaign, {})[line.kind] = line.count
    total = sum(line.count for line in lines)
    words = [
        f"• {_campaign(each, campaign, names)}: {_counts(counts)}"
        for campaign, counts in [*by_campaign.items()][:MOST]
    ]
    if len(by_campaign) > MOST:
        words.append(f"… and {len(by_campaign) - MOST:,} more campaigns")
    title = f"{total:,} {'thing' if total == 1 else 'things'} happened on {day:%a %-d %b}"
    return Message(
        title,
        [section("\n".join([f":admission_tickets: *{title}*", *words])), _about(each)],
    )


def reached_message(each: Subscription, mark: int, now: datetime, names: Names) -> Message:
    """That a threshold was reached."""
    what = kind_words(each.kinds.split()) or "told"
    where = f" of {_campaign(each, each.campaign, names)}" if each.campaign else ""
    where += f" tagged “{escape(each.tag, 80)}”" if each.tag else ""
    match each.rule:
        case "first":
            words = f":tada: The first coupon{where} is {what}."
        case "every":
            words = f":chart_with_upwards_trend: {mark:,} coupons{where} are {what}."
        case "share":
            words = (
                f":warning: {each.count:,} of {each.most:,} coupons{where} are {what}: "
                f"{each.step} % of the limit."
            )
        case _:
            long = span(now - quiet_since(each))
            words = f":zzz: No coupon{where} was {what} for {long}."
    return Message(cut(words, 150), [section(words), _about(each)])


def begun_message(each: Subscription) -> Message:
    """For the channel: who has subscribed it, and to what."""
    words = f":bell: <@{each.actor}> has subscribed this channel to {_said(each)}."
    return Message("This channel has a new subscription", [section(words), _about(each)])


def begun(each: Subscription) -> str:
    """For who has done so."""
    return f":bell: <#{each.channel}> is told of {_said(each)}. To end it: {_end(each)}"


def ended(found: Sequence[Subscription]) -> str:
    """For who has ended them."""
    lines = [f":no_bell: <#{each.channel}> is told no more of {_said(each)}." for each in found]
    return "\n".join(lines[:MOST])


def listed(found: Sequence[Subscription]) -> str:
    """All that last, and how to have more."""
    lines = [f"• <#{each.channel}>: {_said(each)} (`{each.id}`)" for each in found[:MOST]]
    return "\n".join([*(lines or ["No channel has subscribed to anything."]), HELP])


def at_home(found: Sequence[Listed]) -> list[Block]:
    """The list on the home tab; nothing when there are none."""
    if not found:
        return []
    blocks: list[Block] = [header("Subscriptions")]
    for each in found[:SHOWN]:
        words = f"<#{each.subscription.channel}>: {_said(each.subscription)}"
        remove = button("unsubscribe", "Remove", each.stamp) if each.stamp else None
        blocks.append(SectionBlock(text=mrkdwn(words), accessory=remove))
    if len(found) > SHOWN:
        blocks.append(context(f"… and {len(found) - SHOWN:,} more: `/coupon subscribe`"))
    return blocks


def _counts(counts: Mapping[str, int]) -> str:
    order = [*KINDS, *sorted(counts.keys() - KINDS.keys())]
    found = [(kind, counts[kind]) for kind in order if counts.get(kind)]
    return ", ".join(f"{count:,} {escape(kind_words([kind]), 60)}" for kind, count in found)


def _campaign(each: Subscription, campaign: str, names: Names) -> str:
    if not campaign:
        return "no campaign named"
    name = names(each.account, campaign)
    shown = f"*{escape(name, 80)}* " if name and name != campaign else ""
    return f"{shown}`{escape(campaign, 60)}`"


def _said(each: Subscription) -> str:
    return escape(in_words(each), 300)


def _about(each: Subscription) -> Block:
    since = moment(each.at, each.timezone)
    return context(f"Counted since {since} · {_said(each)} · to end it: {_end(each)}")


def _end(each: Subscription) -> str:
    return f"`/coupon unsubscribe {each.id}`"
