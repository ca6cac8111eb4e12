"""Anybody does anything in any order: what runs was agreed to, runs once, and is on record."""

from pathlib import Path
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from tests.model.conftest import chosen
from tests.model.moves import Moves
from tests.model.odds import MOVES, askers, kinds, times
from tests.model.shop import Shop
from tests.world import Api

OFTEN = [name for name, (weight, _) in MOVES.items() for _ in range(weight)]


@st.composite
def moves(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """What happens next.

    One rule for all: hypothesis leaves out rules at random, and a game in which nobody agrees, or
    no job runs, shows nothing.
    """
    name = draw(st.sampled_from(OFTEN))
    return name, draw(st.fixed_dictionaries(MOVES[name][1]))


class Anything(Moves):
    """Some things are asked for; then anything happens."""

    @initialize(some=st.lists(st.tuples(kinds, askers, times), min_size=2, max_size=3))
    def some_is_asked(self, some: list[tuple[str, str, str]]) -> None:
        for each in some:
            self.asks(*each)
        self.does("prepares")

    @rule(move=moves())
    def happens(self, move: tuple[str, dict[str, Any]]) -> None:
        getattr(self, move[0])(**move[1])


def test_what_runs_was_agreed_to_and_runs_once(
    database: str, api_server: str, http: httpx.Client, tmp_path: Path
) -> None:
    shop = Shop(database, Api(api_server, http), tmp_path / "policy.yml")

    class Game(Anything):
        pass

    Game.shop = shop
    try:
        run_state_machine_as_test(Game, settings=chosen())
    finally:
        shop.closes()
