"""What is said of a batch: how many of how many, and what is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions.batches import COLUMNS, Told
from actions.card import Attachment, Card, Offer
from actions.formats import Format


@dataclass(frozen=True)
class About:
    """What was asked for."""

    campaign: str
    amount: int
    parts: int
    form: Format


def batch_card(about: About, told: Sequence[Told], again: int, offers: tuple[Offer, ...]) -> Card:
    """The result as far as it is there; `again` came in one part and in another, too."""
    ordered, came = sum(part.asked for part in told), sum(part.rows for part in told)
    of = "" if came == about.amount else f" of {about.amount:,}"
    left = about.amount - ordered if len(told) < about.parts else 0
    facts = [
        ("Parts", "" if about.parts == 1 else f"{len(told)} of {about.parts}"),
        ("Prefixes", _span([part.prefix for part in told]) if about.parts > 1 else ""),
        *_doubts(told, again),
        ("Not ordered", f"{left:,}" if left else ""),
    ]
    kept = sum(part.kept for part in told)
    name = f"codes-{about.campaign}-{kept}.{about.form}"
    return Card(
        f"{came:,}{of} single-use URLs are made",
        facts=tuple((title, words) for title, words in facts if words),
        attachment=Attachment(name, COLUMNS, tuple, about.form) if kept else None,
        offers=offers,
    )


def _span(prefixes: Sequence[str]) -> str:
    ends = dict.fromkeys(prefix for prefix in (prefixes[0], prefixes[-1]) if prefix)
    return " to ".join(ends)


def _doubts(told: Sequence[Told], again: int) -> Iterator[tuple[str, str]]:
    """What was asked and did not come, or not so; and what is not there any more."""
    missing = sum(max(0, part.asked - part.rows) for part in told if not part.said)
    silent = [part for part in told if part.said and part.rows < part.asked]
    unknown, names = (
        sum(part.asked - part.rows for part in silent),
        ", ".join(str(part.number) for part in silent),
    )
    more = sum(max(0, part.rows - part.asked) for part in told)
    twice, odd = sum(part.twice for part in told) + again, sum(part.odd for part in told)
    gone = sum(part.rows - part.kept for part in told)
    if missing:
        yield "Fell short", f"{missing:,} did not come"
    if unknown:
        words = f"{unknown:,} of part {names}, which are in Coupontools: their answer did not come"
        yield "Not in the file", words
    if more:
        yield "More than asked", f"{more:,}"
    if twice:
        yield "Twice", f"{twice:,} are there a second time"
    if odd:
        yield "Not as asked", f"{odd:,} codes have another prefix, length or form"
    if gone:
        yield "Removed", f"The lines of {gone:,} are not kept any more"
