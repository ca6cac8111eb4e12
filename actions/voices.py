"""Whose say somebody has: their own, and that of people they stand in for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.policy import People, Person
from store.db import Store
from store.queries import consent


@dataclass(frozen=True)
class Voice:
    """`of` is whose say it is; `deputy` says whether somebody else speaks."""

    of: Person
    deputy: bool = False


class Voices:
    """Finds them, outside of any transaction: Slack is asked."""

    def __init__(self, store: Store, people: People, now: Callable[[], datetime]) -> None:
        self._store, self._people, self._now = store, people, now

    def __call__(self, actor: str) -> Sequence[Voice]:
        """The person's own first; none for somebody who is no member. Raises as `People` does."""
        speaker = self._people(actor)
        own = [Voice(speaker)]
        if not speaker.member:
            return own
        with self._store.glance() as tx:
            found = consent.stands_in_for(tx, actor, self._now())
        named = dict.fromkeys(each.person for each in found)
        return own + [Voice(self._people(person), deputy=True) for person in named]
