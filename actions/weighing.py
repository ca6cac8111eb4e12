"""What the policy asks of a request, and the digest of all that people agree to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session

from actions import policy
from actions.action import AnyAction, Catalog, Risk
from actions.errors import NotAllowed
from actions.facts import Fact, marked, weighed, weighs
from actions.fields import Inputs
from actions.policy import Person, Policy
from actions.privacy import opened
from actions.rules import Facts
from actions.terms import Terms
from store.queries import consent
from store.secrets import Vault
from store.tables import Account, Request

TERMS, FACTS = TypeAdapter(Terms), TypeAdapter(Facts)


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
            clock=account.timezone,
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
        said = self._said(request, action)
        values = [each["face_value"] for each in said if "face_value" in each]
        templates = {each["template"] for each in said if each.get("template")}
        seeds = [each.get("seed") for each in said]
        return Facts(
            action=action.name,
            risk=action.risk,
            at=_when(request, self._now()).astimezone(ZoneInfo(account.timezone)),
            clock=account.timezone,
            account=account.name,
            roles=person.roles,
            reach=reach if action.risk is Risk.BLAST else 0,
            codes=sum(int(each.get("codes") or 0) for each in said),
            face_value=_greatest(values),
            rows=len(request.inputs),
            first_use=any(
                not consent.was_used(tx, account.name, template, request.id)
                for template in templates
            ),
            scheduled=bool(request.planned_at or request.crontab),
            to_self=len(seeds) == 1 and seeds[0] in self.policy.own(person.id),
        )

    def template_of(self, inputs: Inputs) -> str:
        """What it would be made from; empty for most actions."""
        return str(weighed(inputs).get("template") or "")

    def audience_of(self, action: AnyAction, inputs: Inputs) -> str:
        """Whom a push to everyone would reach; empty for all else."""
        said = str(weighed(inputs).get("audience") or "")
        return f"{action.area}:{said}" if said and action.risk is Risk.BLAST else ""

    def audience_said(self, action: AnyAction, raw: Mapping[str, Any]) -> str:
        """The same of a form that may be half filled in."""
        named = (name for name, fact in marked(action.inputs) if fact == "audience")
        said = next((str(raw.get(name) or "") for name in named), "")
        return f"{action.area}:{said}" if said and action.risk is Risk.BLAST else ""

    def of_plan(self, action: AnyAction, account: Account, person: Person, at: datetime) -> Terms:
        """What may come of a wish at that moment, before it is clear what is asked."""
        facts = Facts(
            action=action.name,
            risk=action.risk,
            at=max(at, self._now()).astimezone(ZoneInfo(account.timezone)),
            clock=account.timezone,
            account=account.name,
            roles=person.roles,
            reach=None,
            scheduled=True,
        )
        return policy.decide(self.policy, facts, looked=False)

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
            until=request.until,
            runs=request.runs,
            salt=request.salt,
        )

    def _said(self, request: Request, action: AnyAction) -> list[dict[Fact, Any]]:
        """What each row says in the fields that rules look at; nothing, if there are none."""
        if not weighs(action.inputs):
            return []
        rows = [opened(row, self._vault) for row in request.inputs]
        return [weighed(action.inputs.model_validate(row)) for row in rows]


def _when(request: Request, now: datetime) -> datetime:
    """When it would run: of a series, its first moment, and once that has passed, now."""
    return max(request.planned_at or now, now)


def _greatest(values: Sequence[str | None]) -> Decimal | None:
    """The greatest of these; None when one is left to the template: nobody knows it."""
    if None in values:
        return None
    return max((Decimal(value) for value in values if value is not None), default=Decimal(0))


def kept(terms: Terms) -> dict[str, Any]:
    """As a row keeps them."""
    said: dict[str, Any] = TERMS.dump_python(terms, mode="json")
    return said


def terms_of(request: Request) -> Terms:
    """As the row keeps them; a request that nobody has looked at has none."""
    return TERMS.validate_python(request.terms) if request.terms else Terms("")


def noted(facts: Facts) -> dict[str, Any]:
    """As a row keeps them, so that another policy can be tried on them."""
    said: dict[str, Any] = FACTS.dump_python(facts, mode="json")
    return said


def facts_of(request: Request) -> Facts | None:
    """As the row keeps them; None for a request that nobody has looked at."""
    return FACTS.validate_python(request.weighed) if request.weighed else None


def allow(terms: Terms) -> None:
    """Let pass what the policy does not refuse; raises `NotAllowed` with its words."""
    if terms.refusal:
        rule = f" (policy: {', '.join(terms.rules)})" if terms.rules else ""
        raise NotAllowed(f"{terms.refusal}{rule}")


def roles_of(given: Sequence[Any]) -> list[frozenset[str]]:
    """The roles that each approval was given with."""
    return [frozenset(approval.roles) for approval in given]
