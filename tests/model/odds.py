"""How often each move is made, and what is drawn for it."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.model import jobs
from tests.model.cast import APPROVER, ASKERS, EMERGENCY, EVERYBODY, KINDS, LEGAL, POLICIES
from tests.model.more_presses import ON_RUNS
from tests.model.moves import AWAY, DEPUTY
from tests.model.play import FAULTS, NEARLY, WELL
from tests.model.presses import DECISIONS, LATER

AHEAD = {"minutes": (1, 3, 6, 20), "hours": (3, 12, 26, 24 * 8)}
ahead = st.sampled_from([timedelta(**{unit: n}) for unit, some in AHEAD.items() for n in some])
kinds, who, askers, away = (st.sampled_from(each) for each in (KINDS, EVERYBODY, ASKERS, AWAY))
times = st.sampled_from(("now", "now", "later", "daily"))
fits = st.sampled_from((WELL, WELL, NEARLY, NEARLY, ""))
numbers, mostly = st.integers(0, 999), st.sampled_from((True, True, True, False))
rarely = mostly.map(lambda often: not often)
stale = st.sampled_from((0, 0, 0, -1))
verbs = st.sampled_from([*DECISIONS, *LATER, *["approves"] * 3])
on_runs = st.sampled_from([*ON_RUNS])
roles = st.sampled_from((APPROVER, APPROVER, APPROVER, LEGAL, EMERGENCY))
KILLED = [fault for fault in FAULTS if fault.startswith("killed")]
OTHER = ("role", "role", "leaves", "leaves", "asker", "asker", "audience", "policy", "stop")
untils = st.sampled_from(("", "prepares", "mints", "mints", "carries_out", "carries_out"))
"""How far the jobs get before the next thing happens."""

MOVES: dict[str, tuple[int, dict[str, st.SearchStrategy[Any]]]] = {
    "asks": (2, {"kind": kinds, "actor": askers, "how": times}),
    "agrees": (8, {"number": numbers, "kind": kinds, "how": times, "until": untils}),
    "decides": (
        6,
        {"verb": verbs, "number": numbers, "fit": fits, "old": stale, "right": mostly},
    ),
    "two_decide": (
        3,
        {
            "one": verbs,
            "other": verbs,
            "number": numbers,
            "another": numbers,
            "same": st.booleans(),
        },
    ),
    "one_say_is_given_twice": (
        4,
        {"person": st.sampled_from((*AWAY, "U0CY")), "number": numbers, "own_first": rarely},
    ),
    "changes": (3, {"number": numbers, "fit": fits, "old": stale, "how": times}),
    "settles": (4, {"verb": on_runs, "number": numbers, "fit": fits}),
    "two_settle": (
        1,
        {"one": on_runs, "other": on_runs, "number": numbers, "another": numbers},
    ),
    "arrives_again": (4, {"number": st.integers(0, 7)}),
    "stops_all": (1, {"actor": who}),
    "resumes_all": (2, {"number": numbers, "fit": fits}),
    "stands_in": (
        1,
        {
            "person": away,
            "deputy": st.sampled_from((DEPUTY, DEPUTY, "U0CY", "U0ANA")),
            "days": st.integers(0, 9),
        },
    ),
    "stands_in_no_more": (1, {"person": away}),
    "time_passes": (3, {"by": ahead, "until": untils}),
    "mornings_come": (2, {"days": st.integers(1, 3), "until": untils}),
    "a_beat": (3, {"until": untils}),
    "one_job": (2, {"job": st.sampled_from((*jobs.ALL, "carries_out"))}),
    "two_replicas_are_at_it": (2, {"job": st.sampled_from([*jobs.ALL])}),
    "it_starts_again": (1, {}),
    "trouble_comes": (1, {"number": numbers, "fault": st.sampled_from([*FAULTS])}),
    "at_the_last_moment": (
        6,
        {
            "what": st.sampled_from((*FAULTS, *KILLED, *KILLED, *OTHER)),
            "number": numbers,
            "kind": kinds,
            "role": roles,
        },
    ),
    "the_policy_changes": (1, {"rules": st.sampled_from(POLICIES)}),
    "a_role_changes": (
        2,
        {
            "number": numbers,
            "concerned": mostly,
            "role": roles,
        },
    ),
    "somebody_leaves": (1, {"number": numbers, "concerned": mostly}),
    "everybody_is_back": (4, {}),
    "the_audience_changes": (1, {"sessions": st.sampled_from((60, 62, 120))}),
}
"""How often, and what is drawn for it."""
