"""Groups of people who get messages, and who is in them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from actions.action import Action, Example, Risk, once
from actions.card import Attachment, Card, Table
from actions.fields import (
    Date,
    Inputs,
    Lookup,
    Name,
    Option,
    Phone,
    Private,
    Reply,
    ShortText,
    Text,
)
from actions.replies import Said
from actions.undo import Undo
from coupontools import endpoints

Custom = Annotated[str, StringConstraints(min_length=1, max_length=255), Text(), Private()]
Birthday = Annotated[Date, Private()]
GroupId = Annotated[
    str, StringConstraints(pattern=r"^gro_[0-9]+$", max_length=40), Lookup("message.sms_groups")
]


class Group(Reply):
    id: Said = Field("", alias="ID")
    name: Said = ""


class Groups(Reply):
    group: list[Group] = []


class ListGroups(Inputs):
    """Nothing is asked."""


def _groups_card(found: Groups) -> Card:
    rows = [(each.name or each.id, each.id) for each in found.group]
    if not rows:
        return Card("No groups here yet.")
    count = len(rows)
    return Card(
        f"{count:,} group{'s' if count != 1 else ''}",
        table=Table(("Name", "Id"), rows[:20], total=count),
    )


SMS_GROUPS = Action(
    name="message.sms_groups",
    title="List SMS groups",
    summary="All groups of people who get text messages",
    risk=Risk.READ,
    inputs=ListGroups,
    output=Groups,
    steps=once(endpoints.SMS_GROUP_LIST),
    present=_groups_card,
    options=lambda found: [Option(g.id, g.name or g.id, g.id) for g in found.group if g.id],
    example=Example(
        inputs={},
        reply={"amount_of_groups": 1, "group": [{"ID": "gro_9001", "name": "Keyword lunch"}]},
    ),
)

EMAIL_GROUPS = Action(
    name="message.email_groups",
    title="List e-mail groups",
    summary="All groups of people who get e-mails",
    risk=Risk.READ,
    inputs=ListGroups,
    output=Groups,
    steps=once(endpoints.EMAIL_GROUP_LIST),
    present=_groups_card,
    example=Example(
        inputs={},
        reply={"amount_of_groups": 1, "group": [{"ID": "gro_9101", "name": "Newsletter"}]},
    ),
)


class ListContacts(Inputs):
    smsgroup: GroupId = Field(title="Group")


class Contact(Reply):
    phone: Said = ""
    first_name: Said = ""
    last_name: Said = ""


class Contacts(Reply):
    group_id: Said = ""
    contacts: list[Contact] = []


def _contacts_card(found: Contacts) -> Card:
    rows = [(each.phone, each.first_name, each.last_name) for each in found.contacts]
    if not rows:
        return Card("Nobody is in this group yet.")
    count, columns = len(rows), ("Phone", "First name", "Last name")
    file = Attachment(f"{found.group_id or 'group'}.csv", columns, lambda: rows)
    return Card(
        f"{count:,} contact{'s' if count != 1 else ''}",
        table=Table(columns, rows[:20], total=count),
        attachment=file if count > 20 else None,
    )


SMS_CONTACTS = Action(
    name="message.sms_contacts",
    title="Show an SMS group",
    summary="Who is in a group of people who get text messages",
    risk=Risk.READ,
    inputs=ListContacts,
    output=Contacts,
    steps=once(endpoints.SMS_GROUP_CONTACTS),
    present=_contacts_card,
    example=Example(
        inputs={"smsgroup": "gro_9001"},
        reply={
            "group_id": "gro_9001",
            "contacts": [{"phone": "+32470000000", "first_name": "Ada"}],
        },
    ),
)


class CreateGroup(Inputs):
    group_name: ShortText = Field(title="Name")


class MadeGroup(Reply):
    group_id: Said = ""


def _made_card(made: MadeGroup) -> Card:
    return Card("The group is made", facts=(("Id", made.group_id),) if made.group_id else ())


CREATE_SMS_GROUP = Action(
    name="message.create_sms_group",
    title="New SMS group",
    summary="Make an empty group of people who get text messages",
    risk=Risk.CHANGE,
    inputs=CreateGroup,
    output=MadeGroup,
    steps=once(endpoints.SMS_GROUP_CREATE),
    present=_made_card,
    undo=Undo("No call removes a group"),
    example=Example(inputs={"group_name": "Keyword brunch"}, reply={"group_id": "gro_9003"}),
)


class AddContact(Inputs):
    """The same person twice is two contacts, as far as anybody knows."""

    smsgroup: GroupId = Field(title="Group")
    phone: Phone = Field(title="Phone", description="With country: +32470123456.")
    first_name: Name | None = Field(None, title="First name")
    last_name: Name | None = Field(None, title="Last name")
    birthday: Birthday | None = Field(None, title="Birthday")
    customfield1: Custom | None = Field(None, title="Own field 1")
    customfield2: Custom | None = Field(None, title="Own field 2")
    customfield3: Custom | None = Field(None, title="Own field 3")
    customfield4: Custom | None = Field(None, title="Own field 4")
    customfield5: Custom | None = Field(None, title="Own field 5")
    customfield6: Custom | None = Field(None, title="Own field 6")
    customfield7: Custom | None = Field(None, title="Own field 7")


class Added(Reply):
    """Nothing is known of it but the status."""


ADD_SMS_CONTACT = Action(
    name="message.add_sms_contact",
    title="Add to an SMS group",
    summary="Put a person into a group of people who get text messages",
    risk=Risk.CHANGE,
    inputs=AddContact,
    output=Added,
    steps=once(endpoints.SMS_CONTACT_ADD),
    present=lambda _: Card("The contact is in the group"),
    undo=Undo("No call takes anybody out of a group"),
    example=Example(
        inputs={
            "smsgroup": "gro_9001",
            "phone": "+32470123456",
            "first_name": "Ada",
            "last_name": "Stone",
            "birthday": "1990-05-17",
            **{f"customfield{number}": f"Note {number}" for number in range(1, 8)},
        },
        reply={"status": {"status": "OK"}},
    ),
)

ACTIONS = (SMS_GROUPS, SMS_CONTACTS, CREATE_SMS_GROUP, ADD_SMS_CONTACT, EMAIL_GROUPS)
