"""`/coupon delegate`: somebody gives their say to a colleague, takes it back, or looks."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk import WebClient

from actions.errors import Declined
from actions.standing_in import StandingIn
from bot.board import Board
from bot.grammar import parse
from bot.listeners.telling import tell
from bot.people import SlackPeople
from bot.views import delegating as views

SOMEBODY = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
OFF = ("off", "end", "stop")


class Delegating:
    """Takes what was typed after the word, and answers in words."""

    def __init__(self, standing_in: StandingIn, people: SlackPeople, board: Board) -> None:
        self._standing_in, self._people, self._board = standing_in, people, board

    def __call__(self, typed: Sequence[str], *, actor: str) -> str:
        """What the person who typed it is told; raises `Declined`."""
        zone = self._people(actor).zone
        match typed:
            case []:
                return views.delegations(self._standing_in.of(actor), zone)
            case [word] if word.lower() in OFF:
                return self._end(actor)
            case [somebody, *days] if 1 <= len(days) <= 2:
                return self._begin(actor, somebody, days)
            case _:
                raise Declined(views.HELP)

    def lines(self, actor: str) -> list[str]:
        """Who stands in for this person and for whom they do, line by line."""
        found = self._standing_in.of(actor)
        zone = self._people(actor).zone if found else ""
        return [f":handshake: {views.delegation(each, zone)}" for each in found]

    def typed(self, client: WebClient, body: Mapping[str, Any], rest: str) -> None:
        """What was typed after the word is answered beside it; raises `Declined`."""
        tell(client, body, self(parse(rest).bare, actor=str(body["user_id"])))

    def tell_over(self) -> None:
        """Put on record what has ended by itself, and tell both. A job: it may run at any time."""
        for each in self._standing_in.over():
            for id in (each.deputy, each.person):
                self._board.tell(id, views.ended(each))

    def _begin(self, actor: str, somebody: str, days: Sequence[str]) -> str:
        named = SOMEBODY.fullmatch(somebody)
        if named is None:
            raise Declined(f"Name a colleague with @. {views.HELP}")
        made = self._standing_in.begin(actor, named[1], days[-1], days[0] if days[1:] else "")
        zone = self._people(actor).zone
        told = self._board.tell(named[1], views.begun(made, self._people(named[1]).zone))
        rest = "" if told else " Slack did not take the message to them: please tell them."
        return f":handshake: {views.delegation(made, zone)}.{rest}"

    def _end(self, actor: str) -> str:
        found = self._standing_in.end(actor)
        for each in found:
            self._board.tell(each.deputy, views.ended(each))
        return "\n".join(views.ended(each).blocks[0].to_dict()["text"]["text"] for each in found)
