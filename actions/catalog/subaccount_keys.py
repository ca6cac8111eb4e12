"""The API keys of a subaccount: whoever holds them may do all that it may."""

from pydantic import Field

from actions.action import Action, Example, Risk, once
from actions.card import Card
from actions.fields import Inputs, Reply, SubaccountId
from actions.replies import Said
from coupontools import endpoints


class KeysOf(Inputs):
    subaccount: SubaccountId = Field(title="Subaccount")


class Keyed(Reply):
    id: Said = Field("", alias="ID")
    api_key: Said = Field("", repr=False)
    api_secret: Said = Field("", repr=False)


class KeyedSubaccount(Reply):
    subaccount: Keyed


def _keys(found: KeyedSubaccount) -> list[tuple[str, str]]:
    pair = (("API key", found.subaccount.api_key), ("API secret", found.subaccount.api_secret))
    return [(title, value) for title, value in pair if value]


KEYS = Action(
    name="subaccount.keys",
    title="Keys of a subaccount",
    summary="See the API keys of a subaccount, once",
    risk=Risk.LAUNCH,  # with them one may do everything there, past all approvals
    inputs=KeysOf,
    output=KeyedSubaccount,
    steps=once(endpoints.SUBACCOUNT_INFO),
    present=lambda found: Card(f"The keys of {found.subaccount.id}"),
    secrets=_keys,
    example=Example(
        inputs={"subaccount": "sub_2001"},
        reply={"subaccount": {"ID": "sub_2001", "api_key": "(key)", "api_secret": "(secret)"}},
    ),
)

ACTIONS = (KEYS,)
