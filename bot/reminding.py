"""Reminders: who could decide and has not is written to, seldom and in working hours."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import IntegrityError

from actions.errors import Declined
from actions.policy import Person, Policy
from bot.board import Board
from bot.news import APPROVERS
from bot.people import SlackPeople
from bot.stories import Stories
from bot.views.reminder import reminder
from bot.views.story import Story
from store.db import Store
from store.queries import consent

SATURDAY = 5

log = structlog.get_logger()


class Reminding:
    """Its job may be called at any time: when somebody was reminded last is on record."""

    def __init__(
        self,
        store: Store,
        board: Board,
        stories: Stories,
        people: SlackPeople,
        policy: Callable[[], Policy],
        channel: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._board, self._stories, self._people = store, board, stories, people
        self._policy, self._channel, self._now = policy, channel, now

    def remind(self) -> None:
        """Write to everybody for whom something has waited long enough."""
        stories = self._stories.waiting_since(self._now() - self._policy().remind)
        try:
            for id, waiting in self._by_person(stories).items():
                if self._may_write(self._people(id)):
                    self._write(id, waiting)
        except Declined as error:  # Slack cannot say who is who: nobody is written to, for now
            log.warning("reminders wait", error=str(error))

    def _by_person(self, stories: Iterable[Story]) -> dict[str, list[Story]]:
        found: dict[str, list[Story]] = {}
        for story in stories:
            for id in sorted(self._wanted(story) - self._policy().no_ping):
                found.setdefault(id, []).append(story)
        return found

    def _wanted(self, story: Story) -> set[str]:
        """Those who could decide and have not: of the groups still missing, or in their place."""
        groups = frozenset().union(
            *(story.terms.eligible(need, story.waited) for need in story.missing)
        )
        spoken = {name for each in story.approvals for name in (each.person, each.on_behalf)}
        out = spoken | {story.request.actor}
        members = set(self._people.members(groups)) - out
        with self._store.look() as tx:
            standing_in = consent.delegations(tx, self._now())
        deputies = {each.deputy for each in standing_in if each.person in members}
        return members | (deputies - out)

    def _may_write(self, person: Person) -> bool:
        """Whether it is a working hour where they are, and long enough since the last time."""
        local, policy = self._now().astimezone(ZoneInfo(person.zone)), self._policy()
        at_work = local.weekday() < SATURDAY and policy.working_hours.hold(local.time())
        return person.member and at_work and self._claim(person.id)

    def _claim(self, id: str) -> bool:
        """On record before it is written: rather no reminder than two."""
        now = self._now()
        try:
            with self._store.begin() as tx:
                return consent.may_remind(tx, id, now, now - self._policy().remind)
        except IntegrityError:  # another replica, at the same moment
            return False

    def _write(self, id: str, stories: list[Story]) -> None:
        cards = {story.request.id: f"{story.request.id}:{APPROVERS}" for story in stories[:10]}
        links = {id: self._board.link(self._board.where(key)) for id, key in cards.items()}
        self._board.tell(id, reminder(stories, links, self._channel))
