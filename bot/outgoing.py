"""All that tells people something by itself, wired: cards and news, reminders, who stands in."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk import WebClient

from actions.catalog import CATALOG
from actions.desk import Now
from actions.escalating import Escalating
from actions.lookups import Lookups
from actions.rulebook import Rulebook
from actions.standing_in import StandingIn
from actions.subscribing import Subscribing
from bot.announcer import Announcer
from bot.board import Board
from bot.foretelling import EVERY as BEFORE, Foretelling
from bot.handing import Handing
from bot.listeners.delegating import Delegating
from bot.news import News
from bot.people import SlackPeople
from bot.posting import Posting
from bot.progressing import EVERY, Progressing
from bot.reminding import Reminding
from bot.results import Results
from bot.settings import Settings
from bot.stops import Stops
from bot.stories import Stories
from bot.subscribed import EVERY as LOOK, Subscribed
from bot.witness import Witness
from store.db import Store
from store.secrets import Vault

BEAT = 0.5


@dataclass(frozen=True)
class Outgoing:
    """What listeners and the clock need of it."""

    board: Board
    announcer: Announcer
    stories: Stories
    results: Results
    handing: Handing
    reminding: Reminding
    delegating: Delegating
    escalating: Escalating
    stops: Stops
    progressing: Progressing
    foretelling: Foretelling
    subscribing: Subscribing
    subscribed: Subscribed
    witness: Witness

    @property
    def jobs(self) -> dict[str, tuple[Callable[[], None], float]]:
        """What is to be called again and again, and every how many seconds."""
        return {
            "announce": (self.announcer.send_queued, BEAT),
            "count": (self.announcer.count_down, 10.0),
            "escalate": (self.escalating.escalate_due, 10.0),
            "stand in": (self.delegating.tell_over, 60.0),
            "stops": (self.stops.tell, 2.0),
            "progress": (self.progressing.show, EVERY),
            "foretell": (self.foretelling.tell, BEFORE),
            "subscriptions": (self.subscribed.tell, LOOK),
            "remind": (self.reminding.remind, 300.0),
            "witness": (self.witness.tell, 5.0),
        }


def outgoing(
    store: Store,
    vault: Vault,
    client: WebClient,
    people: SlackPeople,
    rulebook: Rulebook,
    settings: Settings,
    lookups: Lookups,
    now: Now,
) -> Outgoing:
    """Everything that writes to Slack unasked."""
    channel, board = settings.vouchdesk_approvals_channel, Board(store, client)
    stories, results = Stories(store, CATALOG, vault, now), Results(store, CATALOG, vault, now)
    news = News(board, people, lambda: rulebook.current.no_ping)
    handing = Handing(store, board, now, settings.vouchdesk_file_mb * 1_000_000)
    posting = Posting(store, board, handing, people, now)
    return Outgoing(
        board,
        Announcer(store, board, stories, news, results, handing, posting, channel, now),
        stories,
        results,
        handing,
        Reminding(store, board, stories, people, lambda: rulebook.current, channel, now),
        Delegating(StandingIn(store, people, now), people, board),
        Escalating(store, now),
        Stops(store, board, vault, channel, now),
        Progressing(store, CATALOG, vault, board, now),
        Foretelling(store, CATALOG, board, stories, now),
        Subscribing(store, vault, people, now),
        Subscribed(store, board, lookups.campaign_name, now),
        Witness(store, board, settings.vouchdesk_audit_channel, settings.vouchdesk_audit_file, now),
    )
