"""Directories and their users by number, as v4 of the API knows them."""

from actions.action import Action, Example, Risk, once
from actions.card import Card, Table
from actions.fields import Inputs, Option
from actions.replies import Listed
from coupontools import endpoints


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

ACTIONS = (NUMBERS,)
