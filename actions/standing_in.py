"""Standing in: somebody gives their say to a colleague, for a while."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from actions import rights
from actions.desk import Now
from actions.errors import Declined, NotAllowed
from actions.policy import People, Person
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import consent
from store.tables import Delegation

LONGEST = timedelta(days=90)
ACTOR = "calendar"
BEGUN, ENDED = Kind.DELEGATED, Kind.DELEGATION_ENDED
"""What the record calls it."""


class StandingIn:
    """Who may decide in whose place. Whom somebody stands in for is no say to be handed on."""

    def __init__(self, store: Store, people: People, now: Now) -> None:
        self._store, self._people, self._now = store, people, now

    def begin(self, person: str, deputy: str, last: str, first: str = "") -> Delegation:
        """From the beginning of `first` (now, when it is not named) to the end of `last`.

        Days are written as 2026-12-01 and begin where the person is.
        """
        giver, taker = self._people(person), self._people(deputy)
        rights.to_ask(giver)
        if person == deputy:
            raise NotAllowed("You cannot stand in for yourself.")
        if not taker.member:
            raise NotAllowed("Only members of this workspace can stand in for somebody.")
        since, until = self._days(giver, first, last)
        with self._store.begin() as tx:
            for other in consent.delegations_of(tx, person, self._now()):
                if other.since < until and since < other.until:
                    raise Declined("Somebody stands in for you then already: end that first.")
            made = Delegation(person=person, deputy=deputy, since=since, until=until)
            tx.add(made)
            words = f"{deputy} stands in from {since.isoformat()} until {until.isoformat()}"
            note(tx, BEGUN, actor=person, at=self._now(), because=words)
            return made

    def end(self, person: str) -> Sequence[Delegation]:
        """Nobody stands in for this person any more; returns those who did or would have."""
        now = self._now()
        with self._store.begin() as tx:
            found = consent.delegations_of(tx, person, now)
            for each in found:
                each.until, each.is_over = now, True
                tx.add(each)
                words = f"{each.deputy} stands in no more"
                note(tx, ENDED, actor=person, at=now, because=words)
        if not found:
            raise Declined("Nobody stands in for you.")
        return found

    def of(self, person: str) -> Sequence[Delegation]:
        """Who stands in for this person now or later, and for whom they do now."""
        with self._store.look() as tx:
            own = consent.delegations_of(tx, person, self._now())
            return [*own, *consent.stands_in_for(tx, person, self._now())]

    def over(self) -> Sequence[Delegation]:
        """Those that have ended by themselves since the last time; that is on record now."""
        now = self._now()
        with self._store.begin() as tx:
            found = consent.delegations_over(tx, now)
            for each in found:
                each.is_over = True
                tx.add(each)
                words = f"{each.deputy} stands in for {each.person} no more"
                note(tx, ENDED, actor=ACTOR, at=now, because=words)
            return found

    def _days(self, giver: Person, first: str, last: str) -> tuple[datetime, datetime]:
        zone, now = ZoneInfo(giver.zone), self._now()
        today = now.astimezone(zone).date()
        begins, ends = _day(first) if first else today, _day(last)
        if begins < today:
            raise Declined(f"{begins} has passed already; today is {today}.")
        if ends < begins:
            raise Declined(f"It would end on {ends}, before it begins on {begins}.")
        if ends - begins >= LONGEST:
            raise Declined(f"At most {LONGEST.days} days, that is until {begins + LONGEST}.")
        since = now if begins == today else datetime.combine(begins, time(), zone)
        until = datetime.combine(ends + timedelta(days=1), time(), zone)
        return since.astimezone(now.tzinfo), until.astimezone(now.tzinfo)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Declined(f"A day looks like 2026-12-01, not “{said[:40]}”.") from None
