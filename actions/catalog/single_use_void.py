"""Voiding what is unused of a batch: so many codes in a call, what was used meanwhile left out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from actions.action import Action, Done, Example, Looks, Risk, Send, Step
from actions.card import Attachment, Card, Preview
from actions.errors import NotKept
from actions.facts import Weighs
from actions.fields import Choice, Inputs, Reply, Text
from actions.lives import Said
from actions.replies import OneCampaign
from actions.undo import Undo
from coupontools import endpoints

AT_ONCE = 500
"""Codes in one call."""
VOIDED, SKIPPED, FAILED = "voided", "used", "not voided"
USED = (
    ("opened", "Opened, claimed or validated"),
    ("claimed", "Claimed or validated"),
    ("validated", "Validated"),
)
WAYS = tuple(way for way, _ in USED)
LEFT = {
    "opened": "not opened",
    "claimed": "not claimed",
    "validated": "not validated",
}

BatchId = Annotated[
    str, StringConstraints(pattern=r"^req_[0-9A-Za-z_.:-]+$", max_length=80), Text()
]


class VoidUnused(Inputs):
    batch: BatchId = Field(
        title="Batch", description="As the button on its card fills it in: the id of its run."
    )
    codes: Annotated[int, Weighs("codes")] = Field(
        ge=1, le=5_000_000, title="Codes of it", description="As many as are kept here of it."
    )
    used: Annotated[Literal["opened", "claimed", "validated"], Choice(USED)] = Field(
        "opened", title="These count as used", description="Of all others no code stays valid."
    )


class Slice:
    """Counts what became of the codes of one call."""

    def __init__(self, number: int, asked: VoidUnused) -> None:
        self._number, self._of = number, _calls(asked)
        self._asked = min(AT_ONCE, asked.codes - (number - 1) * AT_ONCE)
        self._counts = dict.fromkeys((VOIDED, SKIPPED, FAILED), 0)

    def line(self, record: Any) -> Sequence[Any]:
        """Which line of the batch's file it is, what became of it, and why."""
        self._counts[record[1]] += 1
        return list(record)

    def names(self, line: Sequence[Any]) -> Iterable[str]:
        """It is found by the batch that has brought it."""
        return line[:0]

    def told(self) -> dict[str, Any]:
        """How many of how many."""
        rows = sum(self._counts.values())
        of = {"number": self._number, "of": self._of, "asked": self._asked, "rows": rows}
        return {**of, "voided": self._counts[VOIDED], "used": self._counts[SKIPPED]}


class SliceTold(Reply):
    """What came of one call, as `Slice` told it."""

    asked: int = 0
    rows: int = 0
    voided: int = 0
    used: int = 0
    kept: int = 0


class Voided(Reply):
    """What came of all calls."""

    asked: VoidUnused | None = None
    parts: list[SliceTold] = []


class OneResult(Reply):
    session: Said = ""
    result: Said = ""


class Results(Reply):
    data: list[OneResult] = []


def _calls(asked: VoidUnused) -> int:
    return -(-asked.codes // AT_ONCE)


def _ways(asked: VoidUnused) -> Sequence[str]:
    """What counts as used: that, and what comes after it."""
    return WAYS[WAYS.index(asked.used) :]


def _steps(asked: VoidUnused) -> tuple[Step[VoidUnused], ...]:
    return tuple(_step(number, _calls(asked)) for number in range(1, _calls(asked) + 1))


def _step(number: int, of: int) -> Step[VoidUnused]:
    return Step(
        f"part {number} of {of}",
        endpoints.SESSION_UPDATE_MULTIPLE,
        _payload,
        intake=lambda asked: Slice(number, asked),
        work=lambda asked, looks, send: _void(asked, number, looks, send),
    )


def _payload(_: VoidUnused, __: Done) -> Mapping[str, Any]:
    """The codes are put in when it is looked which of them are unused."""
    return {"operation": "void", "couponsessions": []}


def _void(asked: VoidUnused, number: int, looks: Looks, send: Send) -> Iterator[tuple[object, ...]]:
    """Look at the codes whose turn it is, and void those that nobody has used.

    Told by their lines in the file of the batch: who may void codes need not be given them.
    """
    batch = looks.batch(asked.batch)
    if batch.codes != asked.codes:
        raise NotKept(_other(batch.codes, asked.codes))
    begin, unused = (number - 1) * AT_ONCE, dict[str, int]()
    for at, line in enumerate(looks.codes(batch, begin, AT_ONCE), begin + 1):
        if len(line) < 2 or line[1] in unused:
            yield at, FAILED, "Its code is not known, or there twice"
        elif way := looks.used(batch, line[1], _ways(asked)):
            yield at, SKIPPED, way
        else:
            unused[line[1]] = at
    if not unused:
        return
    said = Results.model_validate(send({"couponsessions": [*unused], "operation": "void"}))
    results = {row.session: row.result for row in said.data}
    for code, at in unused.items():
        result = results.get(code, "" if results else "OK")
        went_well = result.lower() == "ok"
        why = "" if went_well else result or "Coupontools does not name it"
        yield at, VOIDED if went_well else FAILED, why


def _other(kept: int, asked: int) -> str:
    return f"{kept:,} codes of this batch are kept here, and {asked:,} were asked about."


def _count_unused(asked: VoidUnused, looks: Looks) -> Preview:
    batch = looks.batch(asked.batch)
    if batch.codes != asked.codes:
        raise NotKept(_other(batch.codes, asked.codes))
    found = looks.call(endpoints.CAMPAIGN_INFO, {"campaign": batch.campaign})
    campaign = OneCampaign.model_validate(found).coupon_info
    unused = batch.codes - looks.count_used(batch, _ways(asked))
    return Preview(
        f"Void what is {LEFT[asked.used]}: {unused:,} of {batch.codes:,} codes for "
        f"“{campaign.name or campaign.id}”",
        facts=(
            ("Campaign", batch.campaign),
            ("Batch", batch.request),
            ("Left out", "Whatever is used by the time its turn comes"),
            ("Calls", f"{_calls(asked):,}, of at most {AT_ONCE} codes each"),
        ),
    )


def _card(made: Voided) -> Card:
    whole = made.asked.codes if made.asked else 0
    voided, used = sum(part.voided for part in made.parts), sum(part.used for part in made.parts)
    rows, kept = sum(part.rows for part in made.parts), sum(part.kept for part in made.parts)
    facts = (
        ("Already used", used),
        ("Not voided", rows - voided - used),
        ("Not looked at", whole - rows),
        ("Lines removed", rows - kept),
    )
    columns = ("line", "state", "why")
    return Card(
        f"{voided:,} of {whole:,} codes are voided",
        facts=tuple((title, f"{count:,}") for title, count in facts if count),
        attachment=Attachment(f"voided-{kept}.csv", columns, tuple) if kept else None,
    )


VOID_UNUSED = Action(
    name="single_use.void_unused",
    title="Void unused codes",
    summary="Void what nobody has used yet of a batch of single-use URLs",
    risk=Risk.LAUNCH,
    inputs=VoidUnused,
    output=Voided,
    steps=(
        Step(
            endpoints.SESSION_UPDATE_MULTIPLE.id,
            endpoints.SESSION_UPDATE_MULTIPLE,
            _payload,
            intake=lambda asked: Slice(1, asked),
            work=lambda asked, looks, send: _void(asked, 1, looks, send),
            parts=_steps,
        ),
    ),
    preview=_count_unused,
    present=_card,
    undo=Undo(
        "Unvoid takes it back, up to 500 codes at once; who was turned away meanwhile stays so",
    ),
    example=Example(
        inputs={"batch": "req_4f1c9a7be20d3586.1", "codes": 1000, "used": "opened"},
        reply={
            "asked": {"batch": "req_4f1c9a7be20d3586.1", "codes": 1000, "used": "opened"},
            "parts": [
                {"asked": 500, "rows": 500, "voided": 480, "used": 20, "kept": 500},
                {"asked": 500, "rows": 500, "voided": 497, "used": 2, "kept": 500},
            ],
        },
    ),
)

ACTIONS = (VOID_UNUSED,)
