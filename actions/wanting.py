"""What a channel wants to know: read from words, and said in words again. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from actions.errors import Declined
from actions.policy import quiet_until
from actions.rules import Hours
from store.hooks import Subscription

KINDS = {
    "coupon_opened": ("opened", "opens", "open"),
    "coupon_claimed": ("claimed", "claims", "claim"),
    "coupon_validated": ("validated", "validations", "validation"),
    "coupon_created": ("created",),
    "coupon_updated": ("updated", "changed"),
    "coupon_removed": ("removed",),
}
"""What people call each kind of event; the first is how it is told."""
CALLED = {name: kind for kind, names in KINDS.items() for name in names}
FIELDS = ("campaign", "tag", "account", "every", "at", "limit", "start", "silence", "quiet")
EACH, FIRST, EVERY, SHARE, SILENCE = "each", "first", "every", "share", "silence"
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Wish:
    """What was typed, checked."""

    kinds: tuple[str, ...] = ()
    campaign: str = ""
    tag: str = ""
    account: str = ""
    rule: str = EACH
    step: int = 0
    most: int = 0
    start: int = 0
    quiet: str = ""


def read(words: Sequence[str], given: Mapping[str, str]) -> Wish:
    """`claimed campaign=cam_1 every=100`; raises `Declined`."""
    for odd in given.keys() - set(FIELDS):
        raise Declined(f"There is no “{odd[:40]}” here, only: {', '.join(FIELDS)}.")
    plain = [word.lower().strip(",") for word in words if word.lower() != "all"]
    is_first, kinds = FIRST in plain, [word for word in plain if word != FIRST]
    for odd in kinds:
        if odd not in CALLED:
            known = ", ".join(names[0] for names in KINDS.values())
            raise Declined(f"“{odd[:40]}” is no kind of event; there are: {known}, or all.")
    rules = [*([FIRST] if is_first else []), *(n for n in ("every", "at", "silence") if n in given)]
    if len(rules) > 1:
        raise Declined(f"One threshold at a time, please: {' or '.join(rules)}.")
    if "campaign" in given and not re.fullmatch(r"cam_\w{1,40}", given["campaign"]):
        raise Declined("A campaign looks like cam_123456.")
    rule, step, most = _rule(given, FIRST if is_first else EACH)
    return Wish(
        tuple(dict.fromkeys(CALLED[word] for word in kinds)),
        given.get("campaign", ""),
        given.get("tag", "").strip()[:80],
        given.get("account", ""),
        rule,
        step,
        most,
        _number(given, "start", 0, least=0),
        _quiet(given.get("quiet", "")),
    )


def _rule(given: Mapping[str, str], other: str) -> tuple[str, int, int]:
    if "every" in given:
        return EVERY, _number(given, "every", 0), 0
    if "silence" in given:
        return SILENCE, _number(given, "silence", 0, unit="h"), 0
    if "at" in given:
        share = _number(given, "at", 0, unit="%")
        if share > 100 or "limit" not in given:
            raise Declined("Write at=90% limit=500: Coupontools tells no limit, so you name it.")
        return SHARE, share, _number(given, "limit", 0)
    if "limit" in given:
        raise Declined("To the limit belongs a share of it: at=90% limit=500.")
    return other, 0, 0


def _number(given: Mapping[str, str], name: str, usual: int, unit: str = "", least: int = 1) -> int:
    said = given.get(name, str(usual)).strip().lower().removesuffix(unit).strip()
    if name in given and not (re.fullmatch(r"\d{1,9}", said) and int(said) >= least):
        raise Declined(f"“{name}” takes a whole number, such as {name}=100{unit}.")
    return int(said)


def _quiet(said: str) -> str:
    match = CLOCK.fullmatch(said.strip())
    if said and not match:
        raise Declined("Quiet hours look like quiet=22:00-07:00.")
    if not match:
        return ""
    begin, end = f"{int(match[1]):02}:{match[2]}", f"{int(match[3]):02}:{match[4]}"
    if begin == end:
        raise Declined("These quiet hours end when they begin.")
    return f"{begin}-{end}"


def is_quiet(each: Subscription, now: datetime) -> bool:
    """Whether its channel is to be left alone now."""
    if not each.quiet:
        return False
    begin, _, end = each.quiet.partition("-")
    hours = Hours(time.fromisoformat(begin), time.fromisoformat(end))
    return quiet_until([hours], each.timezone, now) is not None


def reached(each: Subscription, now: datetime) -> int | None:
    """Up to which count its threshold is to be told now; None: there is nothing to tell."""
    match each.rule:
        case "first":
            mark = min(each.count, 1)
        case "every":
            mark = each.count // each.step * each.step
        case "share":
            mark = -(-each.most * each.step // 100)
            mark = mark if each.count >= mark else 0
        case "silence":
            since = quiet_since(each)
            was_told = each.told_at is not None and each.told_at >= since
            return (
                each.count if now - since >= timedelta(hours=each.step) and not was_told else None
            )
        case _:
            return None
    return mark if mark > each.told else None


def quiet_since(each: Subscription) -> datetime:
    """Since when nothing of it has happened."""
    return each.last_at or each.at


def kind_words(kinds: Sequence[str]) -> str:
    """`claimed and validated`; a kind that nobody has heard of is told as it came."""
    named = [KINDS[kind][0] if kind in KINDS else kind for kind in kinds]
    return " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)


def in_words(each: Subscription) -> str:
    """All of it, in one line of plain text."""
    kinds = kind_words(each.kinds.split()) or "everything"
    of = f" of {each.campaign}" if each.campaign else ""
    tagged = f" tagged “{each.tag}”" if each.tag else ""
    rule = {
        EACH: "",
        FIRST: ", the first time",
        EVERY: f", every {each.step:,}",
        SHARE: f", at {each.step} % of {each.most:,}",
        SILENCE: f", when there was none for {each.step:,} h",
    }[each.rule]
    quiet = f", not between {each.quiet.replace('-', ' and ')}" if each.quiet else ""
    return f"{kinds}{of}{tagged}{rule}{quiet}"
