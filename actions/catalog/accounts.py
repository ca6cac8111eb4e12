"""Ways into the account itself."""

from typing import Annotated

from pydantic import Field, StringConstraints

from actions.action import Action, Example, Risk, once
from actions.card import Card
from actions.fields import Inputs, Reply, Text
from actions.replies import MADE, Pass, ways_in
from actions.undo import SHOWN
from coupontools import endpoints

TeammateId = Annotated[str, StringConstraints(pattern=r"^[0-9]+$", max_length=20), Text()]


class SignOn(Inputs):
    """Nothing is asked."""


class PassOfAccount(Reply):
    account: Pass = Pass()


SIGN_ON = Action(
    name="account.sign_on",
    title="Sign on to the account",
    summary="Make a link that signs on to the whole Coupontools account",
    risk=Risk.LAUNCH,  # whoever holds the link may do everything, past all approvals
    inputs=SignOn,
    output=PassOfAccount,
    steps=once(endpoints.ACCOUNT_SSO),
    present=lambda _: Card(MADE),
    secrets=lambda made: ways_in(made.account),
    undo=SHOWN,
    example=Example(
        inputs={},
        reply={
            "account": {"token": "k3Jd8sQ0", "url": "https://example.test/login?token=k3Jd8sQ0"}
        },
    ),
)


class SignOnAsTeammate(Inputs):
    teammate: TeammateId = Field(title="Teammate", description="Their number in the dashboard.")


class PassOfTeammate(Reply):
    teammate: Pass = Pass()


TEAMMATE_SIGN_ON = Action(
    name="account.teammate_sign_on",
    title="Sign on as a teammate",
    summary="Make a link that signs on as a teammate",
    risk=Risk.LAUNCH,  # whoever holds the link may do all that the teammate may
    inputs=SignOnAsTeammate,
    output=PassOfTeammate,
    steps=once(endpoints.TEAMMATE_SSO),
    present=lambda _: Card(MADE),
    secrets=lambda made: ways_in(made.teammate),
    undo=SHOWN,
    example=Example(
        inputs={"teammate": "41"},
        reply={
            "teammate": {"token": "k3Jd8sQ0", "url": "https://example.test/login?token=k3Jd8sQ0"}
        },
    ),
)

ACTIONS = (SIGN_ON, TEAMMATE_SIGN_ON)
