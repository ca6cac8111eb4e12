"""What a field means, so that every surface can ask for it in its own way."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, assert_never, get_args, get_origin
from zoneinfo import ZoneInfo

import phonenumbers
from annotated_types import Ge, Le
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationInfo,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from actions.removed import Removed


@dataclass(frozen=True)
class Text:
    """Words; `multiline` when people write more than a line."""

    multiline: bool = False


@dataclass(frozen=True)
class Count:
    """A whole number."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Flag:
    """Yes or no."""


@dataclass(frozen=True)
class Moment:
    """A moment in the account's zone; or, where `words` are given, one of those instead."""

    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Day:
    """A date without a time: yyyy-mm-dd."""


@dataclass(frozen=True)
class Choice:
    """One of a few: (value, label) pairs."""

    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Several:
    """Any number of a few: (value, label) pairs."""

    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Lookup:
    """The id of something in the account, found through the named read action."""

    action: str


Kind = Text | Count | Flag | Moment | Day | Choice | Several | Lookup


class Private:
    """Marks a field about a person: sealed at rest and masked wherever it is shown."""


class Inputs(BaseModel):
    """What an action is asked with. Frozen; unknown names are refused; blanks around text go."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Reply(BaseModel):
    """What we read of an answer of the API; the rest of it is let go. 12 will do for "12"."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, coerce_numbers_to_str=True
    )


@dataclass(frozen=True)
class Option:
    """One line of a picker."""

    value: str
    label: str
    hint: str = ""


def kind_of(field: FieldInfo) -> Kind:
    """The kind of a field: declared beside its type, or plain from the type."""
    for mark in marks(field):
        if isinstance(mark, Kind):
            return mark
    return _plain_kind(field.annotation)


def marks(field: FieldInfo) -> Iterator[Any]:
    """What is declared beside the type, also where the type may be left out: `Phone | None`."""
    yield from field.metadata
    bare = _without_none(field.annotation)
    if get_origin(bare) is Annotated:
        yield from get_args(bare)[1:]


def _plain_kind(annotation: Any) -> Kind:
    bare = _without_none(annotation)
    if get_origin(bare) is Annotated:
        bare = get_args(bare)[0]
    if get_origin(bare) is Literal:
        return Choice(tuple((value, value.replace("_", " ")) for value in get_args(bare)))
    match bare:
        case type() if bare is bool:
            return Flag()
        case type() if bare is int:
            return Count()
        case _:
            return Text()


def _without_none(annotation: Any) -> Any:
    kept = [part for part in get_args(annotation) if part is not type(None)]
    if kept and get_origin(annotation) not in (Annotated, Literal) and len(kept) == 1:
        return kept[0]
    return annotation


def is_private(field: FieldInfo) -> bool:
    """Whether the field is about a person."""
    return any(mark is Private or isinstance(mark, Private) for mark in marks(field))


def fields(inputs: type[Inputs]) -> Iterator[tuple[str, FieldInfo, Kind]]:
    """Name, field and kind, in the order in which they are asked."""
    for name, field in inputs.model_fields.items():
        yield name, field, kind_of(field)


def title_of(name: str, field: FieldInfo) -> str:
    """What people call the field."""
    return field.title or name.replace("_", " ").capitalize()


def masked(value: Any) -> str:
    """Enough to recognise one's own customer, too little to learn of another: `m…t`."""
    text = str(value)
    if isinstance(value, Removed):
        return text
    return f"{text[0]}…{text[-1]}" if len(text) > 3 else "…"


def shown(inputs: type[Inputs], raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Title and value of what was filled in, private values masked."""
    return [
        (title_of(name, field), masked(raw[name]) if is_private(field) else words(kind, raw[name]))
        for name, field, kind in fields(inputs)
        if raw.get(name) is not None
    ]


def words(kind: Kind, value: Any) -> str:
    """A value as people read it."""
    match kind:
        case Flag():
            return "yes" if value else "no"
        case Choice(options=options) | Moment(words=options):
            return dict(options).get(str(value), str(value))
        case Several(options=options):
            return ", ".join(dict(options).get(each, each) for each in value)
        case Count():
            return f"{value:,}"
        case Text() | Day() | Lookup():
            return str(value)
        case _:
            assert_never(kind)


def wrong(field: str, words: str) -> PydanticCustomError:
    """An error of a rule across fields, to stand under `field`."""
    return PydanticCustomError("rule", "{words}", {"field": field, "words": words})


def said(words: str) -> PydanticCustomError:
    """An error of one field, in words for people."""
    return PydanticCustomError("rule", "{words}", {"words": words})


API_MOMENT = "%Y-%m-%d %H:%M"


def _wall_clock(value: Any, info: ValidationInfo) -> Any:
    """ISO with an offset becomes the account's wall clock; words and wall clocks stay."""
    if not isinstance(value, str | datetime):
        return value
    if isinstance(value, str):
        if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", value) or "T" not in value:
            return value
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    zone = ZoneInfo((info.context or {}).get("zone", "UTC"))
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(zone).strftime(API_MOMENT)


def _e164(text: str) -> str:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise said(PHONE) from None
    if not phonenumbers.is_possible_number(number):
        raise said(PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise said("An e-mail address looks like ana@example.com.") from None


def _a_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise said("A date looks like 2026-12-31.") from None


PHONE = "A phone number looks like +32470123456, with the country in front."

CampaignId = Annotated[
    str, StringConstraints(pattern=r"^cam_[0-9]+$", max_length=40), Lookup("campaign.list")
]
SessionCode = Annotated[
    str, StringConstraints(pattern=r"^([A-Za-z0-9]{6}|[A-Za-z0-9]{21})$", max_length=21), Text()
]
"""A coupon session's code: 21 letters and digits, or its short form, the first six."""
WholeSessionCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]{21}$", max_length=21), Text()
]
"""A coupon session's code where its short form is not enough."""
CardId = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=40), Lookup("loyalty.list")
]
"""No page shows its form; that some characters are refused, one does."""
DirectoryId = Annotated[
    str, StringConstraints(pattern=r"^dir_[0-9]+$", max_length=40), Lookup("directory.list")
]
CategoryId = Annotated[
    str, StringConstraints(pattern=r"^cat_[0-9]+$", max_length=40), Lookup("directory.categories")
]
SubaccountId = Annotated[
    str, StringConstraints(pattern=r"^(sub_)?[0-9]+$", max_length=40), Lookup("subaccount.list")
]
Numbered = Annotated[int, Ge(1), Text()]
"""An id that is a number: typed and shown as it is, never as 600,001."""
CardNumber = Annotated[int, Ge(1), Lookup("loyalty.numbers")]
DirectoryNumber = Annotated[int, Ge(1), Lookup("directory.numbers")]
Message = Annotated[str, StringConstraints(min_length=1, max_length=180), Text(multiline=True)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=255), Text()]
Phone = Annotated[str, StringConstraints(max_length=30), AfterValidator(_e164), Text(), Private()]
Email = Annotated[
    str, StringConstraints(max_length=254), AfterValidator(_address), Text(), Private()
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), Text(), Private()]
"""A part of a person's name."""
Date = Annotated[str, AfterValidator(_a_date), Day()]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", max_length=7), Text()]
ImageUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s/]\S*$", max_length=2000), Text()
]
CodePrefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,10}$", max_length=10)]
CodeLength = Annotated[int, Ge(10), Le(25)]
CodeType = Annotated[
    Literal["numeric", "alphanumeric"],
    Choice((("numeric", "Digits"), ("alphanumeric", "Letters and digits"))),
]
WallClock = Annotated[str, BeforeValidator(_wall_clock)]
