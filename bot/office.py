"""What needs no listeners: store, keys, clients, people; enough for the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from slack_sdk import WebClient

from actions.approvals import Approvals
from actions.catalog import CATALOG
from actions.completeness import Completeness
from actions.counting import Counting
from actions.desk import Desk, Now
from actions.erasing import Erasing
from actions.exporting import Exporting
from actions.inbox import Inbox
from actions.origins import Origins
from actions.policy import People
from actions.polling import Polling
from actions.rulebook import Rulebook
from actions.rules import OPERATOR
from actions.weighing import Weighing
from bot.hooks import Addresses
from bot.people import SlackPeople, at_the_console, roles
from bot.settings import Settings
from coupontools.client import Client, Keys
from coupontools.endpoints import load_overrides
from coupontools.watch import UNWATCHED, Watch
from schedules.foresight import Foresight
from schedules.pacing import pace_of
from schedules.shifting import Shifting
from schedules.stopping import Stopping
from store import queries, schema
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import record
from store.secrets import BadKey, Vault
from store.shelf import Shelf
from store.signing import Signer
from store.tables import Account

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
    signer: Signer

    @property
    def weighing(self) -> Weighing:
        """What the policy asks of requests."""
        return Weighing(CATALOG, self.vault, lambda: self.rulebook.current, self.now)

    @property
    def foresight(self) -> Foresight:
        """What comes of a plan."""
        return Foresight(self.store, CATALOG, self.weighing, self.now)

    @property
    def erasing(self) -> Erasing:
        """What is private of one person goes."""
        return Erasing(self.store, self.vault, self.now)

    @property
    def completeness(self) -> Completeness:
        """Whether the record is whole."""
        return Completeness(self.store, self.vault, self.clients, self.now)

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

    def shifting(self, people: People, surface: str = "slack") -> Shifting:
        """Moving to another time, by people as this surface knows them."""
        return Shifting(self.store, people, self.weighing, self.now, surface)

    @property
    def inbox(self) -> Inbox:
        """Where webhooks are kept and checked."""
        given = self.settings
        return Inbox(
            self.store,
            self.vault,
            self.clients,
            Counting(self.store, self.clients, self.now),
            self.now,
            way=given.vouchdesk_webhook_check,
            own_secret=given.coupontools_webhook_secret.get_secret_value(),
            budget=given.vouchdesk_webhook_calls,
        )

    @property
    def polling(self) -> Polling:
        """Asks for what webhooks do not tell."""
        minutes = self.settings.vouchdesk_poll_minutes
        return Polling(self.store, self.inbox, self.clients, self.now, minutes=minutes)

    @property
    def addresses(self) -> Addresses:
        """Where Coupontools is to tell what happens."""
        return Addresses(self.store, self.vault, self.settings.vouchdesk_public_url)

    def origins(self, desk: Desk) -> Origins:
        """Where codes come from, told by name as that desk knows people."""
        shelf = Shelf(self.store, self.vault, self.now)
        return Origins(self.store, CATALOG, self.vault, desk.person, shelf)

    def exporting(self, desk: Desk) -> Exporting:
        """Whole lists, for the people of that desk."""
        return Exporting(desk, self.store, self.vault, self.clients, self.now)


def open_office(settings: Settings, now: Now = utc_now, watch: Watch = UNWATCHED) -> Office:
    """Store, keys and clients; brings the schema up to date and keeps the account's keys sealed."""
    vault, signer = Vault(settings.secret_keys), Signer(settings.audit_keys)
    store = Store(settings.database_url)
    schema.upgrade(store)
    _keep_account(store, vault, settings, now)
    http = httpx.Client(
        base_url=settings.coupontools_url,
        limits=httpx.Limits(max_connections=80),
        headers={"User-Agent": "Vouchdesk"},
    )
    rulebook = Rulebook(settings.vouchdesk_policy, _noting(store, now))
    clients = _clients(settings, store, vault, http, watch)
    return Office(settings, store, vault, http, clients, rulebook, now, signer)


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


def _keep_account(store: Store, vault: Vault, settings: Settings, now: Now) -> None:
    """As the settings describe it; that it is new or has changed is on record, its keys are not."""
    client_id = settings.coupontools_client_id.get_secret_value()
    if not client_id:
        return
    keys, zone = (client_id, _secret_of(settings)), settings.vouchdesk_timezone
    with store.begin() as tx:
        known = queries.account(tx, MAIN)
        changes = _changes(known, keys, zone, vault) if known else ()
        account = known or Account(name=MAIN, client_id="", client_secret="")
        account.client_id, account.client_secret = map(vault.seal, keys)
        account.timezone = zone
        tx.add(account)  # whether it is stopped is no setting: a restart lets nothing go
        kind = Kind.ACCOUNT_CHANGED if known else Kind.ACCOUNT_ADDED
        if changes or not known:
            words = ", ".join(changes)
            note(tx, kind, actor=OPERATOR, at=now(), account=MAIN, because=words)


def _secret_of(settings: Settings) -> str:
    return settings.coupontools_client_secret.get_secret_value()


def _changes(known: Account, keys: tuple[str, str], zone: str, vault: Vault) -> list[str]:
    """What of an account is not as it was; keys that cannot be opened any more count as others."""
    try:
        same = (vault.open(known.client_id), vault.open(known.client_secret)) == keys
    except BadKey:
        same = False
    moved = f"zone {known.timezone} → {zone}"
    return [*([] if same else ["other keys"]), *([moved] if known.timezone != zone else [])]


def _clients(
    settings: Settings, store: Store, vault: Vault, http: httpx.Client, watch: Watch
) -> Callable[[Account], Client]:
    """A client for each account; all its calls share one pace, those of other processes too."""
    corrected = settings.coupontools_endpoints
    overrides = load_overrides(corrected) if corrected else {}
    known: dict[str, Client] = {}

    def client(account: Account) -> Client:
        if account.name not in known:
            keys = Keys(vault.open(account.client_id), vault.open(account.client_secret))
            pace = pace_of(store, account.name, settings.vouchdesk_pace)
            known.setdefault(account.name, Client(http, keys, pace, overrides, watch))
        return known[account.name]

    return client


def _noting(store: Store, now: Now) -> Callable[[Kind, str], None]:
    """What becomes of the policy is on record."""

    def changed(kind: Kind, words: str) -> None:
        was, _, became = words.partition(" → ") if kind is Kind.POLICY_CHANGED else ("", "", "")
        with store.begin() as tx:
            if became:
                record.remember(tx, kind, became, now())
            note(tx, kind, actor=OPERATOR, at=now(), because=words, was=was, became=became)

    return changed
