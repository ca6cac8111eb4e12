"""Directories and who registered there by number, as v4 of the API knows them."""

from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, Field

from actions.action import Action, Done, Example, Prefill, Reads, Risk, Step, Today, once
from actions.card import Attachment, Card, Offer, Table
from actions.changing import comparing
from actions.fields import DirectoryNumber, Inputs, Numbered, Option
from actions.loose import Listing, Loose
from actions.replies import Listed, Said
from actions.undo import Undo
from coupontools import endpoints

YES = ("1", "true", "True")
COLUMNS = ("Number", "Name", "E-mail", "Registered", "State")


class Nothing(Inputs):
    """There is nothing to ask for."""


def _listed_card(found: Listed) -> Card:
    if not found.rows:
        return Card("No directories here yet.")
    rows = [(each.name or each.id, each.id) for each in found.rows]
    count = len(rows)
    return Card(
        f"{count:,} {'directory' if count == 1 else 'directories'}",
        table=Table(("Name", "Number"), rows[:20], total=count),
    )


NUMBERS = Action(
    name="directory.numbers",
    title="Directory numbers",
    summary="All directories, with the numbers that v4 of the API has for them",
    risk=Risk.READ,
    inputs=Nothing,
    output=Listed,
    steps=once(endpoints.V4_DIRECTORY_LIST),
    present=_listed_card,
    options=lambda found: [Option(each.id, each.name or each.id) for each in found.rows if each.id],
    example=Example(inputs={}, reply=[{"id": 700001, "name": "City deals"}]),
)


class OfDirectory(Inputs):
    directory: DirectoryNumber = Field(title="Directory")


def _of_directory(asked: OfDirectory, _: Done) -> Mapping[str, Any]:
    return {"id": asked.directory}


class Member(Loose):
    id: Said = Field("", validation_alias=AliasChoices("id", "ID"))
    created_at: Said = ""
    email: Said = ""
    first_name: Said = ""
    last_name: Said = ""
    phone: Said = ""
    blocked: Said = ""
    paid: Said = ""
    expires_at: Said = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def state(self) -> str:
        words = (("blocked", self.blocked), ("paid", self.paid))
        return ", ".join(word for word, said in words if said in YES)

    @property
    def row(self) -> tuple[str, ...]:
        return (self.id, self.name, self.email, self.created_at, self.state)


class Members(Listing):
    rows: list[Member] = []


def _members_card(found: Members) -> Card:
    if not found.rows:
        return Card("Nobody registered in this directory.")
    rows = [member.row for member in found.rows]
    count = len(rows)
    file = Attachment(f"directory-users-{count}.csv", COLUMNS, lambda: rows)
    return Card(
        f"{count:,} user{'s' if count != 1 else ''} of the directory",
        table=Table(COLUMNS, rows[:20], total=count),
        attachment=file if count > 20 else None,
    )


MEMBERS = Action(
    name="directory.members",
    title="Directory user numbers",
    summary="Who registered in a directory, with the numbers v4 of the API has for them",
    risk=Risk.READ,
    inputs=OfDirectory,
    output=Members,
    steps=(Step("v4_directory_users_list", endpoints.V4_DIRECTORY_USERS_LIST, _of_directory),),
    present=_members_card,
    example=Example(
        inputs={"directory": 700001},
        reply=[
            {"id": 810001, "created_at": "2024-05-02T09:30:00Z", "email": "ada@example.test"},
        ],
    ),
)


class OneMember(OfDirectory):
    user: Numbered = Field(
        title="User number", description="As in the list of users by number, such as 810001."
    )


def _of_member(asked: OneMember, _: Done) -> Mapping[str, Any]:
    return {"id": asked.directory, "userId": asked.user}


def _member_card(found: Member) -> Card:
    facts = (
        ("User number", found.id),
        ("E-mail", found.email),
        ("Phone", found.phone),
        ("Registered", found.created_at),
        ("State", found.state),
        ("Access until", found.expires_at),
    )
    known = (("user", found.id),)
    return Card(
        found.name or found.email or f"User {found.id}".strip(),
        facts=tuple((title, value) for title, value in facts if value),
        offers=(
            Offer("Give access", "directory.give_access", known),
            Offer("Block or unblock", "directory.block", known),
        )
        if found.id
        else (),
    )


MEMBER = Action(
    name="directory.member",
    title="Show a directory user",
    summary="One user of a directory: contact data, access and state, by number",
    risk=Risk.READ,
    inputs=OneMember,
    output=Member,
    steps=(Step("v4_directory_user_get", endpoints.V4_DIRECTORY_USER_GET, _of_member),),
    present=_member_card,
    example=Example(
        inputs={"directory": 700001, "user": 810001},
        reply={
            "id": 810001,
            "created_at": "2024-05-02T09:30:00Z",
            "email": "ada@example.test",
            "blocked": False,
        },
    ),
)


class BlockMember(OneMember):
    block: bool = Field(title="Blocked", description="Yes keeps the user out, no lets them in.")


def _today(found: Member, _: Mapping[str, Any]) -> Today:
    told = {"block": found.blocked in YES} if found.blocked else {}
    return Today(told, (("Name", found.name), ("E-mail", found.email), ("State", found.state)))


AS_IT_IS = Prefill(
    read=MEMBER,
    names=("directory", "user"),
    asks={"directory": "directory", "user": "user"},
    today=_today,
)


def _block(asked: BlockMember, done: Done) -> Mapping[str, Any]:
    return {**_of_member(asked, done), "block": asked.block}


def _changes(asked: BlockMember, _: Member | None, api: Reads) -> str:
    known = Listed.model_validate(api.call(endpoints.V4_DIRECTORY_LIST, {}))
    what = "blocked in" if asked.block else "let in again to"
    name = known.name_of(asked.directory) or asked.directory
    return f"User {asked.user} is {what} “{name}”"


def _other_way(asked: BlockMember, _: Member) -> Offer:
    label, block = ("Let them in again", "no") if asked.block else ("Block them again", "yes")
    of = (("directory", str(asked.directory)), ("user", str(asked.user)))
    return Offer(label, "directory.block", (*of, ("block", block)))


BLOCK = Action(
    name="directory.block",
    title="Block a user",
    summary="Block a user of a directory, or let them in again",
    risk=Risk.CHANGE,
    inputs=BlockMember,
    output=Member,
    steps=(Step("v4_directory_user_update", endpoints.V4_DIRECTORY_USER_UPDATE, _block),),
    prefill=AS_IT_IS,
    preview=comparing(AS_IT_IS, _changes),
    present=lambda found: Card(
        "The user is changed", facts=(("User number", found.id),) if found.id else ()
    ),
    undo=Undo("It can be set the other way again", offer=_other_way),
    example=Example(
        inputs={"directory": 700001, "user": 810001, "block": True},
        reply={"id": 810001, "blocked": True},
    ),
)

ACTIONS = (NUMBERS, MEMBERS, MEMBER, BLOCK)
