"""Who is there, and which policies there are: as the model has them, in plain words."""

from dataclasses import dataclass, field
from datetime import timedelta

APPROVER, LEGAL, EMERGENCY = "approver", "legal", "emergency"
ASKERS = ("U0ANA", "U0BO", "U0GIL")
EVERYBODY = ("U0ANA", "U0BO", "U0CY", "U0DI", "U0ED", "U0EVE", "U0DEP", "U0GIL")
LAUNCH, BLAST, CHANGE, SHEET = "launch", "blast", "change", "sheet"
KINDS = (LAUNCH, BLAST, CHANGE, SHEET)
ACTIONS = {
    LAUNCH: "campaign.create",
    BLAST: "campaign.push_all",
    CHANGE: "campaign.push",
    SHEET: "single_use.create",
}
PATHS = {
    LAUNCH: "/v3/coupon/create",
    BLAST: "/v3/coupon/pushnotification/all",
    CHANGE: "/v3/coupon/pushnotification/single",
    SHEET: "/v3/singleuse/create",
}
ROWS = {LAUNCH: 1, BLAST: 1, CHANGE: 1, SHEET: 3}
LATENESS = dict.fromkeys(KINDS, timedelta(hours=24)) | {BLAST: timedelta(minutes=15)}
EXPIRY, ESCALATION = timedelta(days=7), timedelta(days=1)


@dataclass
class Somebody:
    """What the workspace says of a person."""

    roles: set[str] = field(default_factory=set)
    member: bool = True


def company() -> dict[str, Somebody]:
    """A campaign manager, four approvers of two groups, one for emergencies, a deputy, a guest."""
    return {
        "U0ANA": Somebody(),
        "U0BO": Somebody({APPROVER}),
        "U0CY": Somebody({APPROVER}),
        "U0DI": Somebody({LEGAL}),
        "U0ED": Somebody({LEGAL, APPROVER}),
        "U0EVE": Somebody({EMERGENCY, APPROVER}),
        "U0DEP": Somebody(),
        "U0GIL": Somebody({APPROVER}, member=False),
    }


Need = tuple[int, str]
"""So many different people of this group."""


@dataclass(frozen=True)
class Rules:
    """One policy, by kind of request."""

    name: str
    needs: dict[str, tuple[Need, ...]]
    brake: dict[str, int] = field(default_factory=dict)
    """Minutes."""
    quiet: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    glass: str = ""
    escalates: str = ""
    """To whom, after a day."""

    def __deepcopy__(self, _: object) -> "Rules":
        return self

    def text(self) -> str:
        """As a policy file."""
        lines = [f"# {self.name}", "expire: 7d"]
        if self.glass:
            lines.append(f"break_glass: {self.glass}")
        if self.escalates:
            lines.append(f"escalate: {{after: 1d, to: {self.escalates}}}")
        lines += ["rules:", "- {rule: Reads, when: {risk: read}, allow: true}"]
        for kind in KINDS:
            when = f"when: {{action: {ACTIONS[kind]}}}"
            lines += [f"- {{rule: {name}, {when}, {says}}}" for name, says in self._rules_for(kind)]
        return "\n".join(lines)

    def _rules_for(self, kind: str) -> list[tuple[str, str]]:
        if kind in self.refused:
            return [(f"no {kind}", "refuse: Not now.")]
        found = [
            (f"{kind} by {group}", f"approvals: {count}, from: {group}")
            for count, group in self.needs[kind]
        ] or [(f"free {kind}", "allow: true")]
        if kind in self.brake:
            found.append((f"brake of {kind}", f"brake: {self.brake[kind]}m"))
        if kind in self.quiet:
            found.append((f"quiet {kind}", "quiet: 21:00-08:00"))
        return found


CALM = Rules(
    "calm",
    {LAUNCH: ((1, APPROVER),), BLAST: ((2, APPROVER),), CHANGE: (), SHEET: ((1, APPROVER),)},
    glass=EMERGENCY,
)
STRICT = Rules(
    "strict",
    {
        LAUNCH: ((1, APPROVER), (1, LEGAL)),
        BLAST: ((2, APPROVER), (1, LEGAL)),
        CHANGE: ((1, APPROVER),),
        SHEET: ((2, APPROVER),),
    },
    brake={BLAST: 2, LAUNCH: 1},
    quiet=frozenset({BLAST}),
    glass=EMERGENCY,
    escalates=LEGAL,
)
FROZEN = Rules(
    "frozen",
    {LAUNCH: (), BLAST: ((1, LEGAL),), CHANGE: ((1, APPROVER),), SHEET: ()},
    brake={CHANGE: 5},
    refused=frozenset({LAUNCH}),
)
POLICIES = (CALM, STRICT, FROZEN)
