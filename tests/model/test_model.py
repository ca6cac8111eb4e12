"""Anybody does anything in any order: what runs was agreed to, runs once, and is on record."""

from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tests.model.cast import APPROVER, EMERGENCY, EVERYBODY, KINDS, LEGAL, POLICIES
from tests.model.clicks import Clicks
from tests.model.conftest import chosen
from tests.model.play import FAULTS
from tests.model.shop import Shop
from tests.world import Api

SOMETIMES = st.sampled_from((False, False, True))
AHEAD = {"minutes": (1, 3, 6, 20), "hours": (3, 12, 26, 24 * 8)}
ahead = st.sampled_from([timedelta(**{unit: n}) for unit, some in AHEAD.items() for n in some])
who = st.sampled_from(EVERYBODY)


class Anything(Clicks):
    """And what time, machines and the workspace do."""

    @rule(by=ahead)
    def time_passes(self, by: timedelta) -> None:
        self.shop.at += by

    @rule()
    def a_beat(self) -> None:
        """All jobs, as the running bot does them."""
        for job in (self.reviews, self.prepares, self.mints, self.releases, self.carries_out):
            self.shop.at += timedelta(seconds=1)
            job()

    @rule(job=st.sampled_from(("reviews", "prepares", "mints", "releases", "carries_out")))
    def one_job(self, job: str) -> None:
        """Another replica is at that just now."""
        self.shop.at += timedelta(seconds=1)
        getattr(self, job)()

    @rule()
    def it_starts_again(self) -> None:
        self.shop.closes()
        self.shop.opens()

    @rule(rules=st.sampled_from(POLICIES))
    def the_policy_changes(self, rules: object) -> None:
        self.book.rules = next(each for each in POLICIES if each is rules)
        self.shop.rules(self.book.rules)

    @rule(name=who, role=st.sampled_from((APPROVER, LEGAL, EMERGENCY)))
    def a_role_changes(self, name: str, role: str) -> None:
        self.book.people[name].roles ^= {role}

    @precondition(lambda self: all(each.member for each in self.book.people.values()) or True)
    @rule(name=who, member=st.sampled_from((True, True, False)))
    def somebody_leaves_or_comes_back(self, name: str, member: bool) -> None:
        self.book.people[name].member = member

    @rule(person=st.sampled_from(("U0BO", "U0CY", "U0DI")),
          deputy=st.sampled_from(("U0DEP", "U0CY", "U0ANA")), days=st.integers(1, 9))  # fmt: skip
    def somebody_stands_in(self, person: str, deputy: str, days: int) -> None:
        if person != deputy:
            until = self.shop.at + timedelta(days=days)
            self.book.deputies.append((person, deputy, until))
            self.shop.stands_in(person, deputy, days)

    @rule(sessions=st.sampled_from((60, 62, 120)))
    def the_audience_changes(self, sessions: int) -> None:
        self.book.reach = sessions * 812 // 1240
        self.shop.api.reset(sessions=sessions, campaigns=1)
        self.faults.clear()

    @rule(kind=st.sampled_from(KINDS), fault=st.sampled_from(sorted(FAULTS)))
    def coupontools_has_trouble(self, kind: str, fault: str) -> None:
        self.trouble(kind, fault)


def test_what_runs_was_agreed_to_and_runs_once(
    database: str, api_server: str, http: object, tmp_path: Path
) -> None:
    import httpx

    assert isinstance(http, httpx.Client)
    shop = Shop(database, Api(api_server, http), tmp_path / "policy.yml")

    class Game(Anything):
        pass

    Game.shop = shop
    run_state_machine_as_test(Game, settings=chosen())
