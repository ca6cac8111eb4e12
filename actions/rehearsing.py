"""Send it to me first: the message of a blast to the phone of whoever asks for it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from actions.action import AnyAction
from actions.deciding import Deciding
from actions.desk import CHANGEABLE, Desk
from actions.errors import Declined, NotAllowed, StaleCard
from actions.policy import Policy
from actions.privacy import opened
from store import queries
from store.db import Store
from store.lifecycle import TooLate
from store.secrets import Vault
from store.tables import Request

WHOLE = 21
"""Characters of a session code that can be looked up; shorter ones cannot."""
SESSION = "session.info"
SINGLE = {"campaign.push_all": "campaign.push", "loyalty.push_all": "loyalty.push"}
"""For each blast, what reaches one person."""
NO_SEED = (
    "Nobody knows your phone yet. Save a coupon to your wallet, and have its session code put "
    "into the policy: “seeds: {%s: its-code}”. Then try again."
)
NO_HOLDER = (
    "Nobody knows your phone yet. Save a loyalty card to your wallet, and have the card and your "
    "user id on it put into the policy: “holders: {%s: card/user}”. Then try again."
)


def can_rehearse(action: AnyAction) -> bool:
    """Whether it can be sent to one phone first."""
    return action.name in SINGLE


class Rehearsing:
    """Asks for a push to the asker's own phone, and to no other: the policy says which it is."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        desk: Desk,
        policy: Callable[[], Policy],
        now: Callable[[], datetime],
    ) -> None:
        self._vault, self._desk, self._policy = vault, desk, policy
        self._deciding = Deciding(store, now)

    def __call__(self, id: str, version: int, *, actor: str, token: str, team: str) -> Request:
        """The request for the rehearsal; raises `Declined` or `TooLate`."""
        with self._deciding("rehearse", queries.request, id, actor) as (_, request):
            if request.actor != actor:
                raise NotAllowed("Only the person who asked can try it out.")
            if request.version != version:
                raise StaleCard()
            if request.state not in CHANGEABLE:
                raise TooLate(request.state)
            if not can_rehearse(self._desk.catalog[request.action]):
                raise Declined("This cannot be sent to one phone first.")
            single, asked = SINGLE[request.action], opened(request.inputs[0], self._vault)
            seed = self._seed(single, actor)
        given = {**self._whom(single, seed, actor, asked), "message": asked["message"]}
        return self._desk.ask(
            single, given, actor=actor, token=f"rehearse:{token}", team=team, rehearses=id
        )

    def _seed(self, single: str, actor: str) -> str:
        """What is on the phone of this person; raises `Declined` where nobody knows."""
        policy, of_card = self._policy(), single == "loyalty.push"
        seed = (policy.holders if of_card else policy.seeds).get(actor)
        if not seed:
            raise Declined((NO_HOLDER if of_card else NO_SEED) % actor)
        return seed

    def _whom(self, single: str, seed: str, actor: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The card and its user, or the session and its campaign, whatever the blast is to."""
        if single == "loyalty.push":
            card, _, user = seed.partition("/")
            return {"loyaltycard": card, "user": user}
        campaign = self._campaign_of(seed, actor) or asked["campaign"]
        return {"campaign": campaign, "couponsession": seed}

    def _campaign_of(self, seed: str, actor: str) -> str | None:
        """A push to one session goes through the campaign that the session is of."""
        if len(seed) < WHOLE:
            return None
        output = self._desk.read(SESSION, {"couponsession": seed}, actor=actor).output
        found: str | None = getattr(output, "campaign", None)
        return found
