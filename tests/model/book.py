"""What should be: a small model of requests, people's yeses and runs, written apart from the app.

It says where everything stands after each click and job, what the record says of it, and whether a
run may go out. It knows nothing of the application but the names of its states.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from tests.model.cast import APPROVER, BLAST, ESCALATION, LATENESS, ROWS, Rules, Somebody
from tests.model.things import (
    CALENDAR,
    CHANGEABLE,
    DAY,
    LONG_AGO,
    RUNNER,
    Line,
    Run,
    Standing,
    Stands,
    Wish,
    Yes,
    following,
)

CLEARED = timedelta(seconds=30)
"""How long a look at what was agreed to holds for the other rows of a sheet."""


@dataclass
class Book:
    """Everybody and everything, and the rules in force."""

    people: dict[str, Somebody]
    rules: Rules
    reach: int = 39
    wishes: dict[str, Wish] = field(default_factory=dict)
    deputies: list[Standing] = field(default_factory=list)
    stopped: datetime | None = None
    first_to_resume: str = ""
    notes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Kind, who, and about what: what the record says beside states."""
    cleared: dict[tuple[int, str], tuple[int, datetime]] = field(default_factory=dict)
    """Replica and sheet: the version looked at, and when."""

    def every_run(self) -> dict[str, tuple[Wish, Run]]:
        return {id: (wish, run) for wish in self.wishes.values() for id, run in wish.runs.items()}

    def alive(self) -> list[Wish]:
        """What can still run."""
        return [wish for wish in self.wishes.values() if wish.state in CHANGEABLE]

    def concerned(self) -> list[str]:
        """On whom depends what has been agreed to and has not run yet."""
        agreed = [
            wish
            for wish in self.wishes.values()
            if wish.state in ("granted", "paused")
            or any(run.state in ("ready", "held") for run in wish.runs.values())
        ]
        named = [name for wish in agreed for name in (wish.actor, *sorted(wish.spoken))]
        return list(dict.fromkeys(named))

    def told(self) -> dict[str, list[Line]]:
        """What the record has to say of states since the last time."""
        things: list[Stands] = [
            *self.wishes.values(),
            *(run for _, run in self.every_run().values()),
        ]
        found = {thing.id: thing.told for thing in things if thing.told}
        for thing in things:
            thing.told = []
        return found

    def waiting(self) -> list[Wish]:
        """What somebody may agree to."""
        return [wish for wish in self.wishes.values() if wish.state == "waiting"]

    def ready(self) -> list[Wish]:
        """Of what there is a run to be carried out now; once for each."""
        return [wish for wish, run in self.every_run().values() if run.state == "ready"]

    # whose say

    def standing(self, now: datetime, person: str = "") -> list[Standing]:
        """Who stands in for others now, or for that person."""
        names = {person} if person else {*self.people}
        return [each for each in self.deputies if each.person in names and now < each.until]

    def voices(self, who: str, now: datetime) -> list[str]:
        """Whose yes somebody can give: their own, and of those they stand in for."""
        if not self.people[who].member:
            return [who]
        others = [each.person for each in self.standing(now) if each.deputy == who]
        return list(dict.fromkeys([who, *others]))

    def groups(self, group: str, wish: Wish, waited: timedelta) -> set[str]:
        """Whose yes counts where people of the group are asked for."""
        later = wish.rules.escalates if wish.rules and waited >= ESCALATION else ""
        return {group, later} - {""}

    def entitled(self, who: str, wish: Wish, waited: timedelta = timedelta()) -> bool:
        someone = self.people[who]
        return someone.member and any(
            someone.roles & self.groups(group, wish, waited) for _, group in wish.needs
        )

    def missing(
        self, wish: Wish, given: Iterable[Iterable[str]], waited: timedelta
    ) -> list[set[str]]:
        """The groups of which somebody is still to agree, beside people with these roles."""
        every = [set(roles) for roles in given]
        wanted = [(count, self.groups(group, wish, waited)) for count, group in wish.needs]
        return [groups for count, groups in wanted if sum(bool(r & groups) for r in every) < count]

    def still_missing(self, wish: Wish, now: datetime) -> list[set[str]]:
        return self.missing(wish, (yes.roles for yes in wish.given), wish.waited(now))

    def heard(self, wish: Wish, who: str, now: datetime) -> list[str]:
        """Whose say somebody has on this: never that of whoever asked."""
        waited = wish.waited(now)
        voices = self.voices(who, now)
        return [v for v in voices if v != wish.actor and self.entitled(v, wish, waited)]

    def speaks_for(self, wish: Wish, who: str, now: datetime) -> str:
        """The first of them who has not been heard, and of whose kind somebody is missing."""
        wanted = self.still_missing(wish, now)
        fresh = [voice for voice in self.heard(wish, who, now) if voice not in wish.spoken]
        return next((v for v in fresh if any(self.people[v].roles & g for g in wanted)), "")

    def takes_two(self, wish: Wish, deputy: str, person: str, now: datetime) -> bool:
        """Whether the deputy can agree in the person's stead, and somebody has to beside them."""
        given = [*(yes.roles for yes in wish.given), self.people[person].roles]
        stands_in = wish in self.waiting() and self.speaks_for(wish, deputy, now) == person
        return stands_in and bool(self.missing(wish, given, wish.waited(now)))

    def is_approver(self, who: str) -> bool:
        return self.people[who].member and APPROVER in self.people[who].roles

    def breaks_glass(self, who: str) -> bool:
        person = self.people[who]
        return person.member and self.rules.glass in person.roles

    # what becomes of it

    def agrees(self, wish: Wish, who: str, now: datetime) -> None:
        voice = self.speaks_for(wish, who, now)
        wish.given.append(Yes(who, voice, frozenset(self.people[voice].roles)))
        if self.still_missing(wish, now):
            self.notes["approved", who, wish.id] += 1
        else:
            wish.grants(who, now)

    def mints(self, wish: Wish, now: datetime) -> None:
        """The runs that are due: each row once, and what an edition has done it does not again."""
        due = wish.next_at or now
        missed = wish.daily and wish.granted is not None and due < wish.granted
        done = {run.row for run in wish.runs.values() if run.edition == wish.edition
                and run.state != "dropped" and not wish.daily}  # fmt: skip
        for row in () if missed else sorted({*range(ROWS[wish.kind])} - done):
            run = Run(id=f"{wish.id}.{due:%Y%m%dT%H%M%S%f}.{row}", due=due, run_at=due,
                      edition=wish.edition, row=row, label=f"{wish.label} row {row}")  # fmt: skip
            late = now - due > LATENESS[wish.kind]
            run.becomes("held" if late else "ready", CALENDAR)
            run.held_for = "late" if late else ""
            wish.runs[run.id] = run
        if wish.daily:
            wish.next_at = following(due)
        else:
            wish.becomes("spent", CALENDAR)
            wish.next_at = None

    def drops(self, wish: Wish, run: Run, broken: str = "") -> None:
        """It does not come; what was agreed to, or does not hold any more, is looked at anew."""
        run.becomes("dropped", RUNNER)
        if run.edition != wish.edition or wish.state not in ("granted", "spent"):
            return
        if broken == "asker" and wish.state == "granted":  # a series waits for who asked
            wish.becomes("paused", RUNNER)
        elif broken or wish.needs:
            wish.afresh(RUNNER)
            if not wish.daily:
                wish.planned = wish.next_at = None

    def begins(self, wish: Wish, run: Run, now: datetime, replica: int) -> bool:
        """Whether a run that is ready goes out now; else it is held, or dropped."""
        late = now - run.run_at > LATENESS[wish.kind]
        broken = "" if self.stopped else self.why_not(wish, run, now, replica)
        if broken:
            self.drops(wish, run, broken)
        elif late:
            run.held("late")
        elif self.stopped and (run.has_begun or ROWS[wish.kind] > 1):
            run.held("stopped")
        elif self.stopped:
            self.drops(wish, run)
        elif until := quiet_until(wish, run, now):
            run.held("quiet", until)
        else:
            run.becomes("running", RUNNER)
            run.has_begun = True
            return True
        return False

    def why_not(self, wish: Wish, run: Run, now: datetime, replica: int) -> str:
        """Which of the promises a run would break; empty: it may go."""
        stands = {
            "of before": run.edition != wish.edition,
            "withdrawn": wish.state == "withdrawn",
            "not agreed": wish.state not in ("granted", "spent", "withdrawn"),
        }
        version, at = self.cleared.get((replica, wish.id), (0, now))
        if any(stands.values()) or (version == wish.version and now - at < CLEARED):
            return next((words for words, so in stands.items() if so), "")
        broken = {
            "asker": not self.people[wish.actor].member,
            "policy": wish.rules is not self.rules and self._asks_more(wish),
            "approvers": bool(wish.needs) and not self._stand(wish),
            "reach": bool(wish.needs) and wish.reach is not None and wish.kind == BLAST
            and abs(self.reach - wish.reach) > wish.reach * 0.1,
        }  # fmt: skip
        if not any(broken.values()) and ROWS[wish.kind] > 1:
            self.cleared[replica, wish.id] = (wish.version, now)
        return next((words for words, so in broken.items() if so), "")

    def _asks_more(self, wish: Wish) -> bool:
        refused = wish.kind in self.rules.refused
        return bool(wish.needs) or refused or bool(self.rules.needs.get(wish.kind))

    def _stand(self, wish: Wish) -> bool:
        """Are those who agreed still who they were?"""
        if alone := [yes.person for yes in wish.given if yes.alone]:
            return self.breaks_glass(alone[0])
        here = [self.people[yes.said_for].roles for yes in wish.given
                if self.people[yes.person].member and self.people[yes.said_for].member]  # fmt: skip
        return not self.missing(wish, here, wish.waited(wish.granted or LONG_AGO))


def quiet_until(wish: Wish, run: Run, now: datetime) -> datetime | None:
    """Till when it has to be kept back; None: not at all."""
    waived = run.held_until is not None and now < run.held_until
    if waived or wish.rules is None or wish.kind not in wish.rules.quiet:
        return None
    eight = now.replace(hour=8, minute=0, second=0, microsecond=0)
    if now.time() >= time(21):
        return eight + DAY
    return eight if now.time() < time(8) else None
