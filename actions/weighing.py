"""What the policy asks of a request, and the digest of all that people agree to."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session

from actions import policy
from actions.action import AnyAction, Catalog, Risk
from actions.errors import NotAllowed
from actions.facts import weighed
from actions.fields import Inputs
from actions.policy import Person, Policy
from actions.privacy import opened
from actions.rules import Facts
from actions.terms import Terms
from store.queries import consent
from store.secrets import Vault
from store.tables import Account, Request

TERMS = TypeAdapter(Terms)


class Weighing:
    """Turns what is asked into facts, and the facts into terms, by the policy in force."""

    def __init__(
        self,
        catalog: Catalog,
        vault: Vault,
        policy: Callable[[], Policy],
        now: Callable[[], datetime],
    ) -> None:
        self._catalog, self._vault, self._policy, self._now = catalog, vault, policy, now

    @property
    def policy(self) -> Policy:
        """The one in force."""
        return self._policy()

    def of_read(self, action: AnyAction, account: Account, person: Person) -> Terms:
        """What the policy says to a look-up."""
        facts = Facts(
            action=action.name,
            risk=action.risk,
            at=self._now().astimezone(ZoneInfo(account.timezone)),
            account=account.name,
            roles=person.roles,
        )
        return policy.decide(self.policy, facts)

    def of(
        self,
        tx: Session,
        request: Request,
        account: Account,
        person: Person,
        *,
        reach: int | None,
        looked: bool = True,
    ) -> Terms:
        """What the policy asks of the request of this person; `reach` as it was counted."""
        facts = self.facts(tx, request, account, person, reach)
        return policy.decide(self.policy, facts, looked=looked)

    def facts(
        self, tx: Session, request: Request, account: Account, person: Person, reach: int | None
    ) -> Facts:
        """What rules may look at."""
        action = self._catalog[request.action]
        said = weighed(self._first(request, action))
        template = str(said.get("template", ""))
        seed = self.policy.seeds.get(person.id)
        return Facts(
            action=action.name,
            risk=action.risk,
            at=(request.planned_at or self._now()).astimezone(ZoneInfo(account.timezone)),
            account=account.name,
            roles=person.roles,
            reach=reach if action.risk is Risk.BLAST else 0,
            codes=int(said.get("codes", 0)) * len(request.inputs),
            face_value=Decimal(str(said.get("face_value", 0))),
            rows=len(request.inputs),
            first_use=bool(template)
            and not consent.was_used(tx, account.name, template, request.id),
            scheduled=bool(request.planned_at or request.crontab),
            to_self=bool(seed) and said.get("seed") == seed and len(request.inputs) == 1,
        )

    def template_of(self, inputs: Inputs) -> str:
        """What it would be made from; empty for most actions."""
        return str(weighed(inputs).get("template", ""))

    def digest(self, request: Request) -> str:
        """SHA-256 over account, action, inputs, time, zone, reach and terms as they stand."""
        return policy.digest(
            account=request.account,
            action=request.action,
            inputs=[opened(row, self._vault) for row in request.inputs],
            when=request.planned_at,
            crontab=request.crontab,
            timezone=request.timezone,
            reach=request.reach,
            terms=request.terms,
        )

    def _first(self, request: Request, action: AnyAction) -> Inputs:
        return action.inputs.model_validate(opened(request.inputs[0], self._vault))  # type: ignore[no-any-return]  # AnyAction


def kept(terms: Terms) -> dict[str, Any]:
    """As a row keeps them."""
    said: dict[str, Any] = TERMS.dump_python(terms, mode="json")
    return said


def terms_of(request: Request) -> Terms:
    """As the row keeps them; a request that nobody has looked at has none."""
    return TERMS.validate_python(request.terms) if request.terms else Terms("")


def allow(terms: Terms) -> None:
    """Let pass what the policy does not refuse; raises `NotAllowed` with its words."""
    if terms.refusal:
        rule = f" (policy: {', '.join(terms.rules)})" if terms.rules else ""
        raise NotAllowed(f"{terms.refusal}{rule}")


def roles_of(given: Sequence[Any]) -> list[frozenset[str]]:
    """The roles that each approval was given with."""
    return [frozenset(approval.roles) for approval in given]
