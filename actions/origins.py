"""Where a code comes from: the batch of ours that has brought it, and which part of that."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from actions.action import Catalog
from actions.batches import SHORT, makes_codes, names
from actions.card import Card, Offer
from actions.desk import Desk
from actions.errors import Declined
from actions.facts import traced
from actions.policy import People
from actions.privacy import opened
from coupontools.errors import Missing
from store import queries
from store.db import Store
from store.queries import kept
from store.secrets import Vault
from store.shelf import CutFile, Line, Place, Shelf
from store.tables import Operation

WHOLE = 21
"""Characters of a session code."""
MOST = 200
"""Batches, not kept any more, of which it is looked up whether it may be one of theirs."""
NAMED = 3


@dataclass(frozen=True)
class Origin:
    """The batch that has brought a code."""

    request: str
    operation: str
    actor: str
    name: str
    """Of the person who asked for it."""
    at: datetime
    campaign: str
    part: int
    of: int
    session: str
    """The whole code of the session."""

    @property
    def words(self) -> str:
        """In one line."""
        part = f"part {self.part} of {self.of} of " if self.of > 1 else ""
        return f"{part}{self.request}, asked for by {self.name}, {self.at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Trace:
    """What is known of where a code comes from."""

    origin: Origin | None = None
    doubts: Sequence[str] = ()
    """Requests whose codes are not kept any more, and of whose it may be one."""

    def __bool__(self) -> bool:
        return self.origin is not None or bool(self.doubts)

    def told(self, card: Card | None) -> Card:
        """The card with it; or one of its own, where Coupontools has found nothing."""
        found = self.origin
        if found is None:
            words = f"{_some(self.doubts)}: its codes are not kept here any more"
            card = card or Card("No coupon session matches.")
            return replace(card, facts=(*card.facts, ("May be from a batch", words)))
        card = card or Card(f"Coupon session {found.session} is from a batch")
        facts = (("From a batch", found.words), ("Of campaign", found.campaign))
        show = Offer(
            f"Show {found.session[:SHORT]}…", "session.info", (("couponsession", found.session),)
        )
        shown = () if card.table or card.facts else (show,)
        return replace(card, facts=(*card.facts, *facts), offers=(*card.offers, *shown))


@dataclass(frozen=True)
class Answer:
    """What Coupontools said of it, and what we know."""

    output: Mapping[str, Any]
    card: Card
    origin: Origin | None = None


class Origins:
    """Looks through the marks of all codes that are kept, and then where one of them fits."""

    def __init__(
        self, store: Store, catalog: Catalog, vault: Vault, people: People, shelf: Shelf
    ) -> None:
        self._store, self._catalog, self._vault = store, catalog, vault
        self._people, self._shelf = people, shelf

    def read(
        self, desk: Desk, name: str, raw: Mapping[str, Any], *, actor: str, surface: str = "slack"
    ) -> Answer:
        """Ask Coupontools; of a code say too where it comes from. Raises what the desk does."""
        code = next(traced(desk.check(name, raw)), "")
        try:
            found = desk.read(name, raw, actor=actor, surface=surface)
        except Missing:
            trace = self.trace(code) if code else Trace()
            if not trace:
                raise
            return Answer({}, trace.told(None), trace.origin)
        trace = self.trace(code, _campaign(found.output)) if code else Trace()
        card = trace.told(found.card) if trace else found.card
        return Answer(found.output.model_dump(mode="json"), card, trace.origin)

    def trace(self, said: str, campaign: str = "") -> Trace:
        """A validation code, a session code, its short form, or an address that ends with it."""
        code = said.strip().rstrip("/").rpartition("/")[2].partition("?")[0].lower()
        for place, line in self._found(code):
            if origin := self._origin(place, line):
                return Trace(origin)
        return Trace(doubts=list(self._doubts(code, campaign)))

    def _found(self, code: str) -> Iterator[tuple[Place, Line]]:
        name = code[:SHORT] if len(code) == WHOLE else code
        for place in dict.fromkeys((*self._shelf.look_for(name), *self._shelf.look_for(code))):
            with suppress(CutFile):  # whoever asks for the file is told
                for line in self._shelf.chunk(place):
                    if code in _called(line):
                        yield place, line

    def _origin(self, place: Place, line: Line) -> Origin | None:
        with self._store.look() as tx:
            run = queries.operation_seen(tx, place.operation)
            request = queries.request_to_run(tx, run.request) if run else None
        asked = self._asked(run) if run else None
        if run is None or request is None or asked is None:
            return None
        return Origin(
            request=request.id,
            operation=run.id,
            actor=request.actor,
            name=self._name(request.actor),
            at=run.started_at or run.due,
            campaign=str(run.inputs["campaign"]),
            part=place.position + 1,
            of=len(self._catalog[run.action].steps_of(asked)),
            session=str(line[1]),
        )

    def _doubts(self, code: str, campaign: str) -> Iterator[str]:
        """Batches that are not kept any more, and may have brought this one."""
        with self._store.look() as tx:
            runs = kept.runs_cleared(tx, [*self._long()], MOST)
        for run in runs:
            asked = self._asked(run)
            if asked is not None and _may_be(code, campaign, asked):
                yield run.request

    def _long(self) -> Iterator[str]:
        return (name for name, action in self._catalog.items() if makes_codes(action.inputs))

    def _asked(self, run: Operation) -> Any:
        action = self._catalog[run.action]
        try:
            return action.inputs.model_validate(opened(run.inputs, self._vault))
        except ValidationError:
            return None

    def _name(self, actor: str) -> str:
        try:
            return self._people(actor).name
        except Declined:
            return actor


def _called(line: Line) -> set[str]:
    """All by which people may call that line."""
    return {each.lower() for each in (*names(line), str(line[1]) if len(line) > 1 else "")}


def _campaign(output: Any) -> str:
    """Of what was found, if it is of one."""
    rows = getattr(output, "data", None)
    rows = rows if isinstance(rows, list) else []
    named = (output, *rows)
    return next((each.campaign for each in named if getattr(each, "campaign", "")), "")


def _may_be(code: str, campaign: str, asked: Any) -> bool:
    """Whether that batch has codes of this form; a code of Coupontools tells by its campaign."""
    if campaign and campaign != asked.campaign:
        return False
    if len(code) in (SHORT, WHOLE) and code.isalnum():
        return bool(campaign)
    prefix = (asked.code_prefix or "").lower()
    return bool(prefix) and code.startswith(prefix) and len(code) >= len(prefix) + asked.code_length


def _some(requests: Sequence[str]) -> str:
    more = len(requests) - NAMED
    return ", ".join(requests[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
