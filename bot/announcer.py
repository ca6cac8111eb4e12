"""Tells the news that the store has queued: draws each request's cards again, where they stand.

A message may be told twice after a crash, a push never: what was told is marked afterwards.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import OperationalError

from actions.errors import UnknownAction
from actions.gate import GONE
from bot.board import Board
from bot.handing import Handing
from bot.news import APPROVERS, ASKER, News
from bot.patience import EDITS, Patience, asked_for
from bot.people import is_slack_id
from bot.results import Results
from bot.stories import Stories
from bot.views.request import missed_card, request_card
from bot.views.result import ending, sheet_card
from bot.views.story import Story, is_batch
from store import queries
from store.db import Store
from store.queries import consent, replicas
from store.queries.news import untold
from store.tables import Consent, Notice, Progress

MISSED = "missed"
LONGEST_PAUSE = 300.0
ENDINGS = (
    *(Progress.DONE, Progress.FAILED, Progress.UNCLEAR, Progress.DROPPED),
    *(Consent.REFUSED, Consent.VOID, Consent.EXPIRED),
)
"""What the person who asked is told in a message of its own, so that they notice."""

EVERY = timedelta(seconds=1)
"""How often the card of a sheet is drawn while its rows are carried out."""

SELDOM = timedelta(seconds=2)
"""And those of which somebody pressed an old button; news draws them anyway."""
MOST_REMEMBERED = 500

LONGEST_BRAKE = timedelta(hours=1)
"""What goes out later than that is not counted down."""
MOST_COUNTED = 5
"""Countdowns at a time: Slack takes some fifty changes of messages a minute."""
BETWEEN = timedelta(seconds=5)
"""At the least, between two drawings of one countdown."""

BROUGHT = (Progress.DONE, Progress.FAILED)
"""After these there may be something to hand over: of what failed, the part that did not."""
STUCK = (Progress.FAILED, Progress.UNCLEAR)

log = structlog.get_logger()


class Announcer:
    """Sends notices in order, request by request; Slack being away delays them, no more."""

    def __init__(
        self,
        store: Store,
        board: Board,
        stories: Stories,
        news: News,
        results: Results,
        handing: Handing,
        channel: str,
        now: Callable[[], datetime],
    ) -> None:
        self._handing = handing
        self._store, self._board, self._stories = store, board, stories
        self._news, self._results, self._channel, self._now = news, results, channel, now
        self._drawn_at: dict[str, datetime] = {}
        self._redrawn_at: dict[str, datetime] = {}
        self._owes_missed = False
        self._patience = Patience()

    def send_queued(self) -> None:
        """Tell what is new. A request that Slack does not take now is tried again later."""
        now = self._now()
        resting = self._patience.resting(now)
        with self._store.look() as tx:
            news = untold(tx, now, resting, edits=EDITS not in resting)
        for request, asker in dict.fromkeys((each.request, each.asker) for each in news):
            if (self._patience.resting(now) - resting) & {asker, EDITS}:
                continue  # Slack has had enough meanwhile: with the next beat
            with self._store.claim(f"tell:{request}") as mine:  # or another process is at it
                if mine:
                    self._tell_all(request, asker)
        self._owes_missed |= any(notice.operation for notice in news)
        if self._owes_missed:
            with self._store.claim(f"tell:{MISSED}") as mine:
                self._owes_missed = not mine
                if mine:
                    self._tell_missed()

    def redraw(self, request: str) -> None:
        """Draw the cards of a request as it stands."""
        story = self._stories.told(request)
        if story is not None and story.request.pruned_at is None:  # else its place is forgotten
            self._draw(story, news=())

    def put_right(self, request: str) -> None:
        """Somebody pressed an old button: draw its cards, once for all who do so at that time."""
        now = self._now()
        if now - self._redrawn_at.get(request, now - SELDOM) < SELDOM:
            return
        if len(self._redrawn_at) >= MOST_REMEMBERED:
            self._redrawn_at.clear()
        self._redrawn_at[request] = now
        self.redraw(request)

    def count_down(self) -> None:
        """Draw the cards of what is about to go out, for whoever may want to stop it."""
        now = self._now()
        with self._store.look() as tx:
            soon = consent.braking(tx, now, now + LONGEST_BRAKE)
        braking = (story for id in soon if (story := self._stories.told(id)) and story.brakes)
        for story in islice(braking, MOST_COUNTED):
            key = f"{story.request.id}:{APPROVERS}"
            if not self._board.may_count(key, now, BETWEEN):
                continue
            try:
                self._board.show(key, self._channel, request_card(story, for_approvers=True))
                now_told = self._stories.told(story.request.id)
                if now_told and now_told.request.state is not Consent.GRANTED:
                    self._draw(now_told, news=())  # it was stopped while we drew
            except (SlackApiError, SlackClientError, OSError) as error:
                log.warning("a countdown waits", error=str(error)[:200])
                return

    def story(self, request: str) -> Story | None:
        """The request as it stands."""
        return self._stories.told(request)

    def _tell_all(self, request: str, asker: str) -> None:
        """All news of a request in its order, now that nobody else tells it."""
        with self._store.look() as tx:
            notices = replicas.untold_of(tx, request)
        if not notices:
            return
        try:
            self._tell(request, notices)
        except OperationalError:
            raise  # the database itself: nothing else would go through either
        except SlackApiError as error:
            if asked_for(error):
                self._patience.give(asker, error, self._now())
            else:
                self._later(notices, error)
        except Exception as error:  # what is odd about one must not silence the others
            self._later(notices, error)

    def _tell(self, request: str, notices: Sequence[Notice]) -> None:
        with self._store.look() as tx:  # before the story: what comes later is told later
            of_runs = queries.runs_untold(tx, request)
        try:
            story = self._stories.told(request)
        except UnknownAction:
            log.error("an action is gone", request=request)
            story = None
        if story is not None:
            batch = is_batch(story.request)
            if batch and self._is_early(story, notices):
                self._mark(of_runs[:-1])  # the last one asks for a drawing later
                return
            self._draw(story, news=[notice.became for notice in notices])
            for notice in notices:
                if notice.operation is None:
                    self._news.tell(story, notice)
                if notice.became in ENDINGS and not (batch and notice.operation):
                    self._tell_ending(story, notice)
                    self._mark(_ids([notice]))
            if batch:
                self._tell_sheet(story)
                self._mark(of_runs)
        self._mark(_ids(notices))

    def _is_early(self, story: Story, notices: Sequence[Notice]) -> bool:
        """Whether the card of a sheet under way has only just been drawn."""
        id, now = story.request.id, self._now()
        if not story.under_way:
            self._drawn_at.pop(id, None)
            return False
        recent = id in self._drawn_at and now - self._drawn_at[id] < EVERY
        if recent and all(notice.operation for notice in notices):
            return True
        self._drawn_at[id] = now
        return False

    def _tell_sheet(self, story: Story) -> None:
        """One reply with one file when all rows rest; one more when none needs anybody."""
        request = story.request
        where = self._board.where(f"{request.id}:{_audience(story)}")
        if where is None:
            return
        for due, count in story.states.items():
            whole = not any(count.get(state) for state in STUCK)
            key = f"{request.id}:sheet:{due:%Y%m%dT%H%M%S%f}:{'whole' if whole else 'part'}"
            if not story.rests(due) or self._board.where(key):
                continue
            card = sheet_card(story, count, self._results.sheet(request, due))
            self._handing.result(where, card, about=None, to=request.actor)
            self._board.keep(key, where.channel, where.ts)

    def _draw(self, story: Story, news: Sequence[str]) -> None:
        request = story.request
        if is_slack_id(request.actor):
            self._board.show(
                f"{request.id}:{ASKER}", request.actor, request_card(story, for_approvers=False)
            )
        key = f"{request.id}:{APPROVERS}"
        noticed = Consent.WAITING in news or (Consent.PAUSED in news and request.problem == GONE)
        if noticed or self._board.where(key):
            self._board.show(key, self._channel, request_card(story, for_approvers=True))
        if request.rehearses and Progress.DONE in news:
            self.redraw(request.rehearses)  # its card says that it was tried out

    def _tell_ending(self, story: Story, notice: Notice) -> None:
        """A reply in the thread of the asker's card, or of the approvers' for the command line."""
        where = self._board.where(f"{story.request.id}:{_audience(story)}")
        if where is None:
            return
        card = self._results.card(notice.operation) if notice.became in BROUGHT else None
        if card is None or notice.became != Progress.DONE:
            self._board.reply(where, ending(story, notice.operation, notice.became))
        if card:
            run = next((run for run in story.operations if run.id == notice.operation), None)
            whole = notice.operation if story.action.rows else None
            to = story.request.actor
            self._handing.result(where, card, whole=whole or "", about=run, to=to)

    def _tell_missed(self) -> None:
        """One card for all runs that are held, gone from it once they are settled."""
        held = self._stories.held()
        if not held and not self._board.where(MISSED):
            return
        try:
            self._board.show(MISSED, self._channel, missed_card(held))
        except (SlackApiError, SlackClientError, OSError) as error:
            log.warning("the card of missed runs waits", error=type(error).__name__)
            return
        if not held:
            self._board.forget(MISSED)

    def _mark(self, ids: Sequence[int]) -> None:
        with self._store.begin() as tx:
            queries.mark_told(tx, ids, self._now())

    def _later(self, notices: Sequence[Notice], error: Exception) -> None:
        with self._store.begin() as tx:
            for notice in queries.notices_of(tx, _ids(notices)):
                notice.tries += 1
                pause = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(notice.tries, 10))
                notice.retry_at = self._now() + timedelta(seconds=pause)
                tx.add(notice)
        foreseen = isinstance(error, SlackApiError | SlackClientError | OSError)
        said = str(error)[:200] if foreseen else type(error).__name__
        log.warning("news waits", error=said)


def _ids(notices: Sequence[Notice]) -> list[int]:
    return [notice.id for notice in notices if notice.id]


def _audience(story: Story) -> str:
    """Who is told how it ended: the person who asked, if they are in Slack."""
    return ASKER if is_slack_id(story.request.actor) else APPROVERS
