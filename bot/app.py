"""build(): the only module that knows all the others, and the only one that makes a clock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from slack_bolt import App
from slack_sdk import WebClient
from starlette.applications import Starlette

from actions.approvals import Approvals
from actions.catalog import CATALOG
from actions.desk import Desk, Now
from actions.drafts import Drafts
from actions.exporting import Exporting
from actions.gate import Gate
from actions.lookups import Lookups
from actions.policy import People
from actions.preparer import Preparer
from actions.rulebook import Rulebook
from actions.rules import OPERATOR
from actions.runner import Runner
from actions.weighing import Weighing
from bot import listeners
from bot.listeners.counter import open_counter
from bot.outgoing import outgoing
from bot.people import SlackPeople, at_the_console, roles
from bot.settings import Settings
from bot.web import Door, web
from coupontools.client import Client, Keys
from coupontools.endpoints import load_overrides
from schedules.clock import Clock
from schedules.engine import Engine
from schedules.launches import Launches
from schedules.pacing import pace_of
from schedules.pruning import Pruning
from schedules.stopping import Stopping
from store import queries, schema
from store.db import Store
from store.lifecycle import note
from store.retention import Retention
from store.secrets import Vault
from store.tables import Account

BEAT = 0.5
GRACE = 20
"""Seconds that calls at work have to end at a stop: supervisors allow thirty, often."""
MAIN = "main"
"""The name of the account that the settings describe."""


def utc_now() -> datetime:
    """The clock of the running bot."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Office:
    """What needs no Slack: enough for the command line."""

    settings: Settings
    store: Store
    vault: Vault
    http: httpx.Client
    clients: Callable[[Account], Client]
    rulebook: Rulebook
    now: Now

    @property
    def weighing(self) -> Weighing:
        """What the policy asks of requests."""
        return Weighing(CATALOG, self.vault, lambda: self.rulebook.current, self.now)

    def close(self) -> None:
        """Let go of all connections."""
        self.http.close()
        self.store.close()

    def desk(self, people: People, surface: str = "slack") -> Desk:
        """The desk, for people as this surface knows them."""
        return Desk(
            self.store,
            CATALOG,
            self.vault,
            people,
            self.clients,
            self.now,
            self.weighing,
            surface,
        )

    def approvals(self, people: People, surface: str = "slack") -> Approvals:
        """Decisions, by people as this surface knows them."""
        return Approvals(self.store, CATALOG, people, self.weighing, self.now, surface)

    def stopping(self, people: People, surface: str = "slack") -> Stopping:
        """Stopping and letting go again, by people as this surface knows them."""
        return Stopping(self.store, people, self.weighing, self.now, surface)

    def exporting(self, desk: Desk) -> Exporting:
        """Whole lists, for the people of that desk."""
        return Exporting(desk, self.store, self.vault, self.clients, self.now)


@dataclass(frozen=True)
class Bot:
    """Everything, wired; nothing runs before `start`."""

    office: Office
    desk: Desk
    approvals: Approvals
    launches: Launches
    engine: Engine
    runner: Runner
    jobs: dict[str, tuple[Callable[[], None], float]]
    clock: Clock
    lookups: Lookups
    people: SlackPeople
    client: WebClient
    bolt: App
    threads: ThreadPoolExecutor
    door: Door
    http: Starlette

    def start(self, *, beat: bool = True) -> None:
        """Open for work. Without `beat` the jobs run when somebody calls them."""
        self.engine.start(self.runner)
        if beat:
            self.lookups.warm(self.desk.account())
            self.clock.start()

    def rest(self) -> None:
        """Begin nothing more by itself, and let what is at work end; people are still served."""
        self.clock.stop()
        self.engine.rest(grace=GRACE)

    def stop(self, *, beat: bool = True) -> None:
        """Close; what is unfinished goes on at the next start."""
        if beat:
            self.rest()
            self.threads.shutdown()
        self.engine.stop()
        self.lookups.close()
        self.office.close()


def open_office(settings: Settings, now: Now = utc_now) -> Office:
    """Store, keys and clients; brings the schema up to date and keeps the account's keys sealed."""
    store, vault = Store(settings.database_url), Vault(settings.secret_keys)
    schema.upgrade(store)
    _keep_account(store, vault, settings)
    http = httpx.Client(
        base_url=settings.coupontools_url,
        limits=httpx.Limits(max_connections=50),
        headers={"User-Agent": "Vouchdesk"},
    )
    rulebook = Rulebook(settings.vouchdesk_policy, _noting(store, now))
    clients = _clients(settings, store, vault, http)
    return Office(settings, store, vault, http, clients, rulebook, now)


def build(
    settings: Settings,
    now: Now = utc_now,
    *,
    listener_threads: ThreadPoolExecutor | None = None,
    poll: float = 0.2,
) -> Bot:
    """The whole bot from its settings; raises `HalfConfigured`."""
    settings.require()
    office = open_office(settings, now)
    client = slack_client(settings)
    people = slack_people(settings, client)
    store, vault = office.store, office.vault
    engine = Engine(store, now, poll=poll)
    desk, approvals, weighing = office.desk(people), office.approvals(people), office.weighing
    launches = Launches(store, people, engine.submit, now)
    preparer = Preparer(store, CATALOG, vault, office.clients, people, weighing, now)
    gate = Gate(store, people, preparer, weighing, now)
    runner = Runner(store, CATALOG, vault, gate, office.clients, now)
    telling = outgoing(store, vault, client, people, office.rulebook, settings, now)
    lookups = Lookups(CATALOG, office.clients)
    pruning = Pruning(store, Retention(store, settings.vouchdesk_keep_days, now))
    jobs = {
        "prepare": (preparer.prepare_asked, BEAT),
        "mint": (launches.mint_due, BEAT),
        "release": (launches.release_due, BEAT),
        "policy": (office.rulebook.look_again, 2.0),
        "review": (preparer.look_again, 2.0),
        "prune": (pruning.prune, 3600.0),
        **engine.jobs,
        **telling.jobs,
    }
    threads = listener_threads or ThreadPoolExecutor(40, "listener")
    bolt, door = _bolt(settings, client, threads), Door(store, lambda: engine.is_lost)
    listeners.register(
        bolt,
        open_counter(
            store,
            vault,
            people,
            weighing,
            CATALOG,
            engine.submit,
            now,
            desk=desk,
            approvals=approvals,
            stopping=office.stopping(people),
            launches=launches,
        ),
        people,
        telling,
        lookups,
        Drafts(store, vault, now),
        office.exporting(desk),
        now,
    )
    return Bot(
        office,
        desk,
        approvals,
        launches,
        engine,
        runner,
        jobs,
        Clock(jobs),
        lookups,
        people,
        client,
        bolt,
        threads,
        door,
        web(bolt, door),
    )


def slack_client(settings: Settings) -> WebClient:
    """The Web API as the bot uses it."""
    return WebClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)


def slack_people(settings: Settings, client: WebClient | None = None) -> SlackPeople:
    """People and their roles, as Slack knows them."""
    return SlackPeople(
        client or slack_client(settings),
        roles(settings.vouchdesk_approvers, settings.vouchdesk_operators),
        settings.vouchdesk_timezone,
    )


def console_desk(office: Office) -> Desk:
    """The desk as the command line has it: it asks and reads; a running bot carries out."""
    return office.desk(at_the_console)


def _bolt(settings: Settings, client: WebClient, threads: ThreadPoolExecutor) -> App:
    return App(
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        listener_executor=threads,
        token_verification_enabled=False,
        raise_error_for_unhandled_request=False,
    )


def _keep_account(store: Store, vault: Vault, settings: Settings) -> None:
    client_id = settings.coupontools_client_id.get_secret_value()
    if not client_id:
        return
    with store.begin() as tx:
        account = queries.account(tx, MAIN) or Account(name=MAIN, client_id="", client_secret="")
        account.client_id = vault.seal(client_id)
        account.client_secret = vault.seal(settings.coupontools_client_secret.get_secret_value())
        account.timezone = settings.vouchdesk_timezone
        tx.add(account)  # whether it is stopped is no setting: a restart lets nothing go


def _clients(
    settings: Settings, store: Store, vault: Vault, http: httpx.Client
) -> Callable[[Account], Client]:
    """A client for each account; all its calls share one pace, those of other processes too."""
    corrected = settings.coupontools_endpoints
    overrides = load_overrides(corrected) if corrected else {}
    known: dict[str, Client] = {}

    def client(account: Account) -> Client:
        if account.name not in known:
            keys = Keys(vault.open(account.client_id), vault.open(account.client_secret))
            pace = pace_of(store, account.name)
            known.setdefault(account.name, Client(http, keys, pace, overrides))
        return known[account.name]

    return client


def _noting(store: Store, now: Now) -> Callable[[str, str], None]:
    """What becomes of the policy is on record."""

    def changed(kind: str, words: str) -> None:
        with store.begin() as tx:
            note(tx, kind, actor=OPERATOR, at=now(), because=words)

    return changed
