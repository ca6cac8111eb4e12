"""What should be: a small model of requests, people's yeses and runs, written apart from the app.

It says what each click may answer truthfully, where everything stands after it, and whether a run
may go out. It knows nothing of the application but the names of its states and refusals.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from tests.model.cast import APPROVER, EXPIRY, LATENESS, Need, Rules, Somebody

CHANGEABLE = ("asked", "waiting", "granted", "paused")
DAY = timedelta(days=1)


@dataclass
class Yes:
    """Somebody's, for themselves or for somebody else; alone, of whoever broke the glass."""

    person: str
    said_for: str
    alone: bool = False


@dataclass
class Run:
    """One carrying-out."""

    due: datetime
    run_at: datetime
    edition: int
    label: str
    state: str = "ready"
    held_for: str = ""
    held_until: datetime | None = None


@dataclass
class Wish:
    """A request."""

    kind: str
    actor: str
    label: str
    planned: datetime | None
    next_at: datetime | None
    daily: bool = False
    state: str = "asked"
    version: int = 1
    edition: int = 1
    """Grows with each change that its asker makes."""
    rules: Rules | None = None
    """The policy under which it was looked at."""
    reach: int | None = None
    given: list[Yes] = field(default_factory=list)
    since: datetime | None = None
    granted: datetime | None = None
    runs: dict[str, Run] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[Need, ...]:
        return self.rules.needs[self.kind] if self.rules else ()

    @property
    def brake(self) -> timedelta:
        return timedelta(minutes=self.rules.brake.get(self.kind, 0) if self.rules else 0)


@dataclass
class Book:
    """Everybody and everything, and the rules in force."""

    people: dict[str, Somebody]
    rules: Rules
    reach: int = 39
    wishes: dict[str, Wish] = field(default_factory=dict)
    deputies: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Person, deputy, until when."""
    stopped: bool = False
    first_to_resume: str = ""

    # whose say

    def voices(self, who: str, now: datetime) -> list[str]:
        """Whose yes somebody can give: their own, and of those they stand in for."""
        if not self.people[who].member:
            return [who]
        others = [
            person for person, deputy, until in self.deputies if deputy == who and now < until
        ]
        return list(dict.fromkeys([who, *others]))

    def counts(self, who: str, group: str, wish: Wish, waited: timedelta) -> bool:
        """Whether the yes of `who` counts where people of the group are asked for."""
        groups = {group}
        if wish.rules and wish.rules.escalates and waited >= DAY:
            groups.add(wish.rules.escalates)
        return bool(self.people[who].roles & groups) and self.people[who].member

    def entitled(self, who: str, wish: Wish, waited: timedelta) -> bool:
        return any(self.counts(who, group, wish, waited) for _, group in wish.needs)

    def missing(self, wish: Wish, said_for: Iterable[str], waited: timedelta) -> list[str]:
        """The groups of which somebody is still to agree."""
        voices = list(said_for)
        return [
            group
            for count, group in wish.needs
            if sum(self.counts(who, group, wish, waited) for who in voices) < count
        ]

    def is_approver(self, who: str) -> bool:
        return self.people[who].member and APPROVER in self.people[who].roles

    # what a click may truthfully be answered; nothing: it has to be taken

    def against_asking(self, who: str, kind: str) -> set[str]:
        no = not self.people[who].member or kind in self.rules.refused
        return {"NotAllowed"} if no else set()

    def against_deciding(self, wish: Wish, version: int, who: str, now: datetime) -> set[str]:
        found = set()
        if wish.state != "waiting":
            found.add("TooLate")
        if version != wish.version:
            found.add("StaleCard")
        if who == wish.actor:
            found.add("OwnRequest")
        if not self.heard(wish, who, now):
            found.add("NotAllowed")
        return found

    def heard(self, wish: Wish, who: str, now: datetime) -> list[str]:
        """Whose say somebody has on this: never that of whoever asked."""
        waited = now - wish.since if wish.since else timedelta()
        voices = self.voices(who, now)
        return [v for v in voices if v != wish.actor and self.entitled(v, wish, waited)]

    def may_speak_for(self, wish: Wish, who: str, now: datetime) -> list[str]:
        """Those of them who have not been heard, and of whose kind somebody is still missing."""
        waited = now - wish.since if wish.since else timedelta()
        spoken = {name for yes in wish.given for name in (yes.person, yes.said_for)}
        groups = self.missing(wish, (yes.said_for for yes in wish.given), waited)
        return [
            voice
            for voice in self.heard(wish, who, now)
            if voice not in spoken
            and any(self.counts(voice, group, wish, waited) for group in groups)
        ]

    def against_approving(
        self, wish: Wish, version: int, who: str, now: datetime, reached: int
    ) -> set[str]:
        found = self.against_deciding(wish, version, who, now)
        if wish.rules is not self.rules:
            found.add("StaleCard")
        spoken = {name for yes in wish.given for name in (yes.person, yes.said_for)}
        heard = self.heard(wish, who, now)
        if who in spoken or (heard and spoken.issuperset(heard)):
            found.add("SaidAlready")
        elif not self.may_speak_for(wish, who, now):
            found.add("NotAllowed")
        if wish.kind == "blast" and reached != wish.reach:
            found.add("InvalidInputs")
        return found

    def against_pausing(self, wish: Wish, version: int, who: str) -> set[str]:
        found = set()
        may = self.entitled(who, wish, timedelta()) or self.is_approver(who) or who == wish.actor
        if not self.people[who].member or not (wish.brake or may):
            found.add("NotAllowed")
        if version != wish.version:
            found.add("StaleCard")
        if wish.state != "granted":
            found.add("TooLate")
        return found

    def against_resuming(self, wish: Wish, version: int, who: str) -> set[str]:
        found = set()
        if wish.state != "paused":
            found.add("TooLate")
        if version != wish.version or wish.rules is not self.rules:
            found.add("StaleCard")
        if who == wish.actor:
            found.add("OwnRequest")
        if not (self.entitled(who, wish, timedelta()) or self.is_approver(who)):
            found.add("NotAllowed")
        return found

    def against_going_alone(self, wish: Wish, version: int, who: str, reason: str) -> set[str]:
        found = set()
        if wish.state != "waiting":
            found.add("TooLate")
        if version != wish.version or wish.rules is not self.rules:
            found.add("StaleCard")
        if not self.breaks_glass(who):
            found.add("NotAllowed")
        if len(reason) < 10:
            found.add("NeedsReason")
        return found

    def breaks_glass(self, who: str) -> bool:
        person = self.people[who]
        return person.member and self.rules.glass in person.roles

    def against_changing(self, wish: Wish, version: int, who: str) -> set[str]:
        found = self.against_asking(who, wish.kind)
        if who != wish.actor:
            found.add("NotAllowed")
        if version != wish.version:
            found.add("StaleCard")
        if wish.state not in CHANGEABLE:
            found.add("TooLate")
        return found

    def against_withdrawing(self, wish: Wish, who: str) -> set[str]:
        found = {"NotAllowed"} if who != wish.actor else set()
        return found | ({"TooLate"} if wish.state not in CHANGEABLE else set())

    def against_settling(self, wish: Wish, who: str) -> set[str]:
        asker = self.people[who].member and who == wish.actor
        return set() if asker or self.is_approver(who) else {"NotAllowed"}

    def against_sending_now(self, wish: Wish, run: Run, who: str) -> set[str]:
        """A run that is held: late ones are let go by anybody concerned, quiet ones by one more."""
        found = self.against_settling(wish, who)
        if run.state != "held":
            return found | {"TooLate"}
        if run.held_for == "quiet":
            if who == wish.actor:
                found.add("OwnRequest")
            if any(who in (yes.person, yes.said_for) for yes in wish.given):
                found.add("SaidAlready")
            if not self.entitled(who, wish, timedelta()):
                found.add("NotAllowed")
        return found

    # what becomes of it

    def granted(self, wish: Wish, now: datetime) -> None:
        wish.state, wish.granted, due = "granted", now, wish.next_at or now
        late = now - due > LATENESS[wish.kind]
        wish.next_at = max(due, now + wish.brake) if wish.brake and not late else due

    def afresh(self, wish: Wish) -> None:
        """What was agreed to is void; it is looked at anew."""
        wish.state, wish.version, wish.given = "asked", wish.version + 1, []
        wish.rules, wish.since, wish.granted = None, None, None

    def following(self, now: datetime) -> datetime:
        """The next nine in the morning."""
        nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
        return nine if nine > now else nine + DAY

    def why_not(self, wish: Wish, run: Run) -> str:
        """Which of the promises a run would break; empty: it may go."""
        asker = self.people[wish.actor]
        waited = (wish.granted or wish.since) - wish.since if wish.since and wish.granted else DAY
        broken = {
            "of before": run.edition != wish.edition,
            "withdrawn": wish.state == "withdrawn",
            "not agreed": wish.state not in ("granted", "spent", "withdrawn"),
            "stopped": self.stopped,
            "asker": not asker.member,
            "policy": wish.rules is not self.rules and self._asks_more(wish),
            "approvers": bool(wish.needs) and not self._stand(wish, waited),
            "reach": bool(wish.needs) and wish.reach is not None and wish.kind == "blast"
            and abs(self.reach - wish.reach) > wish.reach * 0.1,
        }  # fmt: skip
        return next((words for words, so in broken.items() if so), "")

    def _asks_more(self, wish: Wish) -> bool:
        refused = wish.kind in self.rules.refused
        return bool(wish.needs) or refused or bool(self.rules.needs.get(wish.kind))

    def _stand(self, wish: Wish, waited: timedelta) -> bool:
        """Are those who agreed still who they were?"""
        alone = [yes.person for yes in wish.given if yes.alone]
        if alone:
            return self.breaks_glass(alone[0])
        here = [yes.said_for for yes in wish.given if self.people[yes.person].member]
        return not self.missing(wish, here, waited)


def lapses(wish: Wish, now: datetime) -> bool:
    return wish.state == "waiting" and wish.since is not None and now - wish.since >= EXPIRY


def quiet_until(wish: Wish, run: Run, now: datetime) -> datetime | None:
    """Till when it has to be kept back; None: not at all."""
    waived = run.held_until is not None and now < run.held_until
    if waived or wish.rules is None or wish.kind not in wish.rules.quiet:
        return None
    eight = now.replace(hour=8, minute=0, second=0, microsecond=0)
    if now.time() >= time(21):
        return eight + DAY
    return eight if now.time() < time(8) else None
