"""Users of a directory by number: what only v4 of the API can do."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AliasChoices,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from actions.action import Action, Done, Example, Reads, Risk, Step, plain
from actions.card import Card, Offer, Preview
from actions.fields import (
    Date,
    DirectoryNumber,
    Email,
    Inputs,
    Moment,
    Name,
    Numbered,
    Phone,
    Private,
    Text,
    said,
)
from actions.loose import Loose
from actions.replies import MADE, Listed, Pass, Said, ways_in
from actions.undo import SHOWN, Undo
from coupontools import endpoints

About = Annotated[str, StringConstraints(min_length=1, max_length=255), Text(), Private()]
"""Something about a person."""


def _in_utc(text: str, info: ValidationInfo) -> str:
    """A moment with its offset; what comes without one is meant in the account's zone."""
    zone = ZoneInfo((info.context or {}).get("zone", "UTC"))
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return aware.astimezone(UTC).isoformat(" ", "seconds")
    except (ValueError, OverflowError):
        raise said("A moment looks like 2026-12-31 23:59.") from None


Instant = Annotated[str, StringConstraints(max_length=40), AfterValidator(_in_utc), Moment()]


class OfDirectory(Inputs):
    directory: DirectoryNumber = Field(title="Directory")


class OfUser(OfDirectory):
    user: Numbered = Field(
        title="User number", description="As in the list of users by number, such as 810001."
    )


def _preview(words: str) -> Callable[[OfDirectory, Reads], Preview]:
    """Says it with the name of the directory, so that nobody has to know numbers by heart."""

    def preview(asked: OfDirectory, api: Reads) -> Preview:
        known = Listed.model_validate(api.call(endpoints.V4_DIRECTORY_LIST, {}))
        name = known.name_of(asked.directory) or str(asked.directory)
        return Preview(f"{words} “{name}”", facts=(("Directory", f"{name} · {asked.directory}"),))

    return preview


def _path(asked: OfDirectory, _: Done) -> Mapping[str, Any]:
    """What stands in the path goes by the names that the path has for it."""
    rest = dict(plain(asked, _))
    ids = {"id": rest.pop("directory"), "userId": rest.pop("user", None)}
    return {name: id for name, id in ids.items() if id is not None} | rest


class EnrolUser(OfDirectory):
    email: Email = Field(title="E-mail")
    first_name: Name | None = Field(None, title="First name")
    last_name: Name | None = Field(None, title="Last name")
    phone: Phone | None = Field(None, title="Phone", description="With country: +32470123456.")
    birth_date: Annotated[Date, Private()] | None = Field(None, title="Date of birth")
    address: About | None = Field(None, title="Address")
    zip: About | None = Field(None, title="Postal code")
    city: About | None = Field(None, title="City")
    custom_1: About | None = Field(None, title="Custom 1")
    custom_2: About | None = Field(None, title="Custom 2")
    custom_3: About | None = Field(None, title="Custom 3")


class User(Loose):
    id: Said = Field("", validation_alias=AliasChoices("id", "ID"))


def _card(words: str) -> Callable[[User], Card]:
    def card(found: User) -> Card:
        return Card(words, facts=(("User number", found.id),) if found.id else ())

    return card


def _keep_out(asked: EnrolUser, made: User) -> Offer | None:
    """The number of the user is known from the answer alone."""
    if not made.id.isdecimal():
        return None
    which = (("directory", str(asked.directory)), ("user", made.id))
    return Offer("Block them", "directory.block", (*which, ("block", "yes")))


ENROL = Action(
    name="directory.enrol",
    title="New directory user",
    summary="Register somebody in a directory",
    risk=Risk.CHANGE,
    inputs=EnrolUser,
    output=User,
    steps=(Step("v4_directory_user_create", endpoints.V4_DIRECTORY_USER_CREATE, _path),),
    preview=_preview("Somebody new in"),
    present=_card("The user is registered"),
    undo=Undo(
        "No call removes a user; they can be blocked",
        offer=_keep_out,
    ),
    example=Example(
        inputs={
            "directory": 700001,
            "email": "ada@example.test",
            "first_name": "Ada",
            "last_name": "Stone",
            "phone": "+32470123456",
            "birth_date": "1990-05-17",
            "address": "1 Mill Lane",
            "zip": "9000",
            "city": "Ghent",
            "custom_1": "Note 1",
            "custom_2": "Note 2",
            "custom_3": "Note 3",
        },
        reply={"id": 810001, "email": "ada@example.test"},
    ),
)


def _same(asked: OfUser) -> tuple[tuple[str, str], ...]:
    return ("directory", str(asked.directory)), ("user", str(asked.user))


class GiveAccess(OfUser):
    expires_at: Instant | None = Field(
        None, title="Until", description="Left empty, it does not end."
    )


def _access(asked: GiveAccess, done: Done) -> Mapping[str, Any]:
    """The API takes UTC without saying so."""
    until = {"expires_at": asked.expires_at.removesuffix("+00:00")} if asked.expires_at else {}
    return {**_path(asked, done), **until}


def _take_away(asked: GiveAccess, _: User) -> Offer:
    return Offer("Take access away", "directory.revoke_access", _same(asked))


def _give_again(asked: OfUser, _: User) -> Offer:
    return Offer("Give access again", "directory.give_access", _same(asked))


GIVE_ACCESS = Action(
    name="directory.give_access",
    title="Give paid access",
    summary="Give a user of a directory paid access, for a while or for good",
    risk=Risk.CHANGE,
    inputs=GiveAccess,
    output=User,
    steps=(
        Step("v4_directory_user_access_give", endpoints.V4_DIRECTORY_USER_ACCESS_GIVE, _access),
    ),
    preview=_preview("Paid access for a user of"),
    present=_card("The user has paid access"),
    undo=Undo(
        "Paid access can be taken away again",
        offer=_take_away,
    ),
    example=Example(
        inputs={"directory": 700001, "user": 810001, "expires_at": "2026-12-31 22:59:00+00:00"},
        reply={"id": 810001},
    ),
)

REVOKE_ACCESS = Action(
    name="directory.revoke_access",
    title="Take paid access away",
    summary="Take paid access away from a user of a directory",
    risk=Risk.CHANGE,
    inputs=OfUser,
    output=User,
    steps=(
        Step("v4_directory_user_access_revoke", endpoints.V4_DIRECTORY_USER_ACCESS_REVOKE, _path),
    ),
    preview=_preview("No more paid access for a user of"),
    present=_card("The user has no paid access any more"),
    undo=Undo(
        "It can be given again; until when has to be said anew",
        offer=_give_again,
    ),
    example=Example(inputs={"directory": 700001, "user": 810001}, reply={"id": 810001}),
)


class UserPass(Pass, Loose):
    """The way in of one user, good for one time; perhaps no more than the token."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, answer: Any) -> Any:
        return {"token": answer} if isinstance(answer, str) else answer


SIGN_ON = Action(
    name="directory.sign_on",
    title="Sign on as a user",
    summary="A token that signs on as a user of a directory, once",
    risk=Risk.LAUNCH,  # whoever holds the token may do all that the user may
    inputs=OfUser,
    output=UserPass,
    steps=(Step("v4_directory_user_sso", endpoints.V4_DIRECTORY_USER_SSO, _path),),
    preview=_preview("A token that signs on, once, as a user of"),
    present=lambda _: Card(MADE),
    secrets=ways_in,
    undo=SHOWN,
    example=Example(
        inputs={"directory": 700001, "user": 810001},
        reply={"token": "Ab3" * 16, "url": "https://directory.example.test/login?token=Ab3"},
    ),
)

ACTIONS = (ENROL, GIVE_ACCESS, REVOKE_ACCESS, SIGN_ON)
