"""Single-use links, many at once: in one call, or in as many parts as it takes."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, model_validator

from actions.action import Action, Example, Reads, Risk, Step
from actions.batch_card import About, batch_card
from actions.batches import (
    COLUMNS,
    LEAST,
    MARK,
    MOST,
    PARTS,
    SMALLEST,
    Incoming,
    Part,
    Told,
    parts,
)
from actions.card import Attachment, Card, Offer, Preview
from actions.facts import Weighs
from actions.fields import (
    CampaignId,
    Choice,
    CodeLength,
    CodePrefix,
    CodeType,
    Inputs,
    Reply,
    wrong,
)
from actions.formats import Format
from actions.replies import OneCampaign, as_it_is
from actions.undo import Undo
from coupontools import endpoints

FORMATS = (("csv", "CSV"), ("xlsx", "Excel (XLSX)"), ("jsonl", "JSON lines"))
LONGEST = 10
"""Characters of a prefix; those that number the parts among them."""
NOT_SENT = {"amount", "code_prefix", "file", "part"}
"""What each part says for itself, and what the API is not asked."""


class CreateMany(Inputs):
    """The fields of the vendor's page "create multiple single use access URLs"."""

    campaign: CampaignId = Field(title="Campaign")
    amount: Annotated[int, Weighs("codes")] = Field(
        ge=10,
        le=5_000_000,
        title="How many",
        description="10 to 5,000,000; beyond 100,000 they are ordered in parts.",
    )
    status: (
        Annotated[
            Literal["normal", "voided", "activated"],
            Choice(
                (
                    ("normal", "Ready to use"),
                    ("voided", "Voided: switched on later"),
                    ("activated", "Activated"),
                )
            ),
        ]
        | None
    ) = Field(None, title="State")
    automated_codes: bool | None = Field(
        None,
        title="Make validation codes",
        description="Then prefix, length and type are needed.",
    )
    code_prefix: CodePrefix | None = Field(
        None, title="Code prefix", description="In front of each validation code."
    )
    code_length: CodeLength | None = Field(
        None, title="Code length", description="10 to 25, after the prefix."
    )
    code_type: CodeType | None = Field(None, title="Code type")

    file: Annotated[Format, Choice(FORMATS)] | None = Field(
        None, title="File", description="CSV, if nothing is chosen."
    )
    part: int | None = Field(
        None,
        ge=SMALLEST,
        le=MOST,
        title="In one call",
        description="100,000 at the most. When a call breaks off, so many are in doubt.",
    )

    @model_validator(mode="after")
    def _parts_can_be_numbered(self) -> "CreateMany":
        count = len(parts(self.amount, self.part or MOST))
        if count > PARTS:
            raise wrong("part", f"That makes {count:,} parts; {PARTS} are the most.")
        if count > 1 and len(self.code_prefix or "") > LONGEST - MARK:
            raise wrong(
                "code_prefix",
                f"At most {LONGEST - MARK} characters: {MARK} more number the {count} parts.",
            )
        return self

    @model_validator(mode="after")
    def _codes_need_their_three(self) -> "CreateMany":
        for name in ("code_prefix", "code_length", "code_type"):
            given = getattr(self, name) is not None
            if self.automated_codes and not given:
                raise wrong(name, "Needed to make validation codes.")
            if given and not self.automated_codes:
                raise wrong("automated_codes", "Switch this on to make codes of that form.")
        return self


class Code(Reply):
    single_use_url: str
    single_use_code: str
    widget_validation_code: str = ""
    sequenceid: int | str = Field("", validation_alias=AliasChoices("sequence_id", "sequenceid"))
    custom_validation_code: str = ""

    @property
    def line(self) -> tuple[object, ...]:
        """As it stands in a file: under `COLUMNS`."""
        return (
            self.single_use_url,
            self.single_use_code,
            self.widget_validation_code,
            self.sequenceid,
            self.custom_validation_code,
        )


class Codes(Reply):
    """What came of all parts; or the one answer as a whole, as it was kept in the beginning."""

    campaign: str = ""
    data: list[Code] = []
    asked: CreateMany | None = None
    parts: list[Told] = []
    twice: int = 0
    """URLs that came in one part and again in another."""


def _parts(asked: CreateMany) -> list[Part]:
    return parts(asked.amount, asked.part or MOST, asked.code_prefix or "")


def _steps(asked: CreateMany) -> tuple[Step[CreateMany], ...]:
    return tuple(_step(part) for part in _parts(asked))


def _step(part: Part) -> Step[CreateMany]:
    return Step(
        endpoints.SINGLE_USE_CREATE_MULTIPLE.id if part.of == 1 else part.name,
        endpoints.SINGLE_USE_CREATE_MULTIPLE,
        lambda asked, _: _payload(asked, part),
        intake=lambda asked: Incoming(part, asked.code_length),
    )


def _payload(asked: CreateMany, part: Part) -> Mapping[str, Any]:
    same = asked.model_dump(mode="json", exclude_none=True, exclude=NOT_SENT)
    prefix = {"code_prefix": part.prefix} if part.prefix else {}
    return {**same, "amount": part.amount, **prefix}


def _as_one(asked: CreateMany) -> Part:
    """All of it, were one call enough."""
    return Part(1, 1, asked.amount, asked.code_prefix or "")


def _name_campaign(asked: CreateMany, api: Reads) -> Preview:
    found = api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.campaign})
    campaign = OneCampaign.model_validate(found).coupon_info
    divided, facts = _parts(asked), list(as_it_is(campaign))
    if len(divided) > 1:
        facts.append(("Parts", f"{len(divided)}, of at most {divided[0].amount:,} each"))
    if len(divided) > 1 and asked.code_prefix:
        facts.append(("Prefixes", f"{divided[0].prefix} to {divided[-1].prefix}"))
    return Preview(
        f"{asked.amount:,} single-use URLs for “{campaign.name or campaign.id}”",
        facts=tuple(facts),
    )


def _codes_card(made: Codes) -> Card:
    if made.asked and made.parts:
        about = About(
            made.asked.campaign,
            made.asked.amount,
            len(_parts(made.asked)),
            made.asked.file or "csv",
        )
        return batch_card(
            about, made.parts, made.twice, tuple(_made_up_for(made.asked, made.parts))
        )

    def rows() -> Iterator[tuple[object, ...]]:
        for code in made.data:
            yield code.line

    distinct = len({code.single_use_url for code in made.data})
    count = len(made.data)
    doubt = "" if distinct == count else f": only {distinct:,} of them are distinct"
    return Card(
        f"{count:,} single-use URLs are made{doubt}",
        attachment=Attachment(
            name=f"codes-{made.campaign or 'campaign'}-{count}.csv", columns=COLUMNS, rows=rows
        ),
    )


def _made_up_for(asked: CreateMany, told: list[Told]) -> Iterator[Offer]:
    """An ordinary request for those that did not come."""
    missing = sum(max(0, part.asked - part.rows) for part in told if not part.said)
    if missing <= 0:
        return
    wanted = asked.model_copy(update={"amount": max(missing, LEAST)})
    given = wanted.model_dump(mode="json", exclude_none=True)
    yield Offer(
        f"Make the missing {missing:,}",
        CREATE_MANY.name,
        tuple((name, _typed(value)) for name, value in given.items()),
    )


def _typed(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


CREATE_MANY = Action(
    name="single_use.create_many",
    title="Single-use URLs",
    summary="Make 10 to 5,000,000 single-use URLs of a campaign",
    risk=Risk.LAUNCH,
    inputs=CreateMany,
    output=Codes,
    steps=(
        Step(
            endpoints.SINGLE_USE_CREATE_MULTIPLE.id,
            endpoints.SINGLE_USE_CREATE_MULTIPLE,
            lambda asked, _: _payload(asked, _as_one(asked)),
            intake=lambda asked: Incoming(_as_one(asked), asked.code_length),
            parts=_steps,
        ),
    ),
    preview=_name_campaign,
    present=_codes_card,
    undo=Undo(
        "What is out stays out; what is unused can be voided at once, from “How are they used?”",
    ),
    example=Example(
        inputs={
            "campaign": "cam_400123",
            "amount": 1000,
            "status": "normal",
            "automated_codes": True,
            "code_prefix": "SPR",
            "code_length": 10,
            "code_type": "numeric",
        },
        reply={
            "campaign": "cam_400123",
            "action": " multiple_single_use_codes_created",
            "data": [
                {
                    "single_use_code": "h4mz0q7ty2ke9wd5rbn1x",
                    "sequence_id": 20000001,
                    "single_use_url": "https://digicpn.com/p/ab3xy9/h4mz0q7ty2ke9wd5rbn1x",
                    "widget_validation_code": "h4mz0q",
                    "custom_validation_code": "SPR4471902834",
                }
            ],
        },
    ),
)

ACTIONS = (CREATE_MANY,)
