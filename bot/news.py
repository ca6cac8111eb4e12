"""What people say and decide about a request, told where the others and the asker read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actions.approvals import said
from actions.errors import Declined
from actions.gate import GONE
from bot.board import Board
from bot.people import SlackPeople, is_slack_id
from bot.views import news
from bot.views.agreement import person
from bot.views.blocks import Message
from bot.views.story import Story
from bot.views.text import escape
from bot.views.times import span
from schedules.stopping import GOES_ON
from store.tables import Approval, Consent, Notice

APPROVERS, ASKER = "approvers", "asker"
MOST = 20
"""People who are mentioned one by one."""


@dataclass(frozen=True)
class Told:
    """What is said in the thread of a card; `aloud`, in its channel too."""

    audience: str
    message: Message
    aloud: bool = False


class News:
    """Replies in the threads of a request's two cards, each once, and messages to single people."""

    def __init__(
        self, board: Board, people: SlackPeople, no_ping: Callable[[], frozenset[str]]
    ) -> None:
        self._board, self._people, self._no_ping = board, people, no_ping

    def tell(self, story: Story, notice: Notice) -> None:
        """Whatever there is to say about this; most news says the card itself."""
        if notice.became == "broke glass":
            self._warn(story, notice)
        for told in self._told(story, notice):
            where = self._board.where(f"{story.request.id}:{told.audience}")
            if where:
                key = f"notice:{notice.id}:{told.audience}"
                self._board.reply_once(key, where, told.message, aloud=told.aloud)

    def called(self, id: str) -> str:
        """A person by name: unlike a mention, that does not ring at theirs."""
        try:
            return escape(self._people(id).name, 60) if is_slack_id(id) else person(id)
        except Declined:
            return person(id)

    def _told(self, story: Story, notice: Notice) -> Iterator[Told]:
        who, words = self.called(notice.actor), notice.words
        match notice.became:
            case "approved" | Consent.GRANTED:
                yield from self._agreed(story, notice)
            case Consent.PAUSED:
                yield from _stopped(who, words)
            case Consent.REFUSED:  # the asker is told how it ended
                yield Told(APPROVERS, news.refused(who, words))
            case Consent.WAITING if story.request.version > 1:
                yield Told(APPROVERS, news.once_more(self._why_again(story)), aloud=True)
            case "broke glass":
                message = news.glass_broken(story, who, words)
                yield Told(APPROVERS, message, aloud=True)
                yield Told(ASKER, message)
            case "question":
                yield from self._asked(story, who, words)
            case "escalated":
                yield from self._escalated(story)

    def _agreed(self, story: Story, notice: Notice) -> Iterator[Told]:
        """A comment that came with a yes; or that what was stopped goes on."""
        who = self.called(notice.actor)
        if notice.words == GOES_ON:
            yield from _both(news.goes_on(who))
        elif yes := _commented(story, notice):
            behalf = f" for {self.called(yes.on_behalf)}" if yes.on_behalf else ""
            yield from _both(news.agreed(f"{who}{behalf}", yes.comment))

    def _asked(self, story: Story, who: str, words: str) -> Iterator[Told]:
        asker, id = story.request.actor, story.request.id
        yield Told(APPROVERS, news.asked(who, words, of=person(asker)))
        card = self._board.link(self._board.where(f"{id}:{APPROVERS}"))
        yield Told(ASKER, news.asked(who, words, card=card))

    def _why_again(self, story: Story) -> str:
        change = story.change
        if change and change.by == story.request.actor:
            return f"Changed by {self._people(change.by).name}"
        return change.because if change else ""

    def _escalated(self, story: Story) -> Iterator[Told]:
        escalation = story.terms.escalation
        if escalation is None or story.request.state is not Consent.WAITING:
            return
        groups = escape(" or ".join(sorted(escalation.groups)), 200)
        hours = span(escalation.after)
        mentions = self._mentions(escalation.groups, story.request.actor)
        yield Told(APPROVERS, news.escalated(groups, hours, mentions=mentions))
        yield Told(ASKER, news.escalated(groups, hours))

    def _mentions(self, groups: frozenset[str], asker: str) -> str:
        """The groups; or, where somebody in them is not to be written to, the others by name."""
        spared = self._no_ping()
        members = self._people.members(groups)
        if spared.isdisjoint(members):
            return " ".join(f"<!subteam^{id}>" for id in self._people.groups(groups))
        named = [id for id in members if id not in spared and id != asker]
        return " ".join(person(id) for id in named[:MOST])

    def _warn(self, story: Story, notice: Notice) -> None:
        """Every approver reads it at once, those too who are spared reminders."""
        request, terms = story.request, story.terms
        groups = frozenset().union(*(terms.eligible(need, story.waited) for need in terms.needs))
        card = self._board.link(self._board.where(f"{request.id}:{APPROVERS}"))
        message = news.glass_broken(story, self.called(notice.actor), notice.words, card=card)
        for id in self._people.members(groups):
            if id != notice.actor and self._people(id).member:
                self._board.once(f"notice:{notice.id}:{id}", id, message)


def _stopped(who: str, words: str) -> Iterator[Told]:
    """By somebody; or since who asked has left, which has to be noticed."""
    if words == GONE:
        yield Told(APPROVERS, news.held_for_the_asker(words), aloud=True)
    else:
        yield from _both(news.stopped(who))


def _both(message: Message) -> Iterator[Told]:
    yield Told(APPROVERS, message)
    yield Told(ASKER, message)


def _commented(story: Story, notice: Notice) -> Approval | None:
    """The yes that this is news of, if something was said with it."""
    mine = (yes for yes in story.approvals if yes.person == notice.actor and yes.comment)
    return next((yes for yes in mine if said(yes) == notice.words), None)
