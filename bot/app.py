"""build(): the only module that knows all the others."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt import App
from slack_sdk import WebClient
from starlette.applications import Starlette

from actions.approvals import Approvals
from actions.catalog import CATALOG
from actions.desk import Desk, Now
from actions.drafts import Drafts
from actions.gate import Gate
from actions.lookups import Lookups
from actions.preparer import Preparer
from actions.room import Room
from actions.runner import Runner
from bot import listeners, tracing
from bot.agenda import Agenda
from bot.board import Board
from bot.calendar_file import CalendarFiles
from bot.checking import Checking
from bot.digest import Digest
from bot.executions import Executions
from bot.finishing import Finishing
from bot.hooks import Doorkeeper, Intake
from bot.listeners.acknowledging import Prompt
from bot.listeners.counter import open_counter
from bot.noting import note_settings
from bot.office import Office, open_office, slack_client, slack_people, utc_now
from bot.outgoing import outgoing
from bot.people import SlackPeople
from bot.settings import Settings
from bot.tracing import Spans
from bot.watching import Threads, WatchedRunner, Watching
from bot.web import Door, web
from schedules.beating import Beating
from schedules.clock import Clock
from schedules.engine import Engine, at_once
from schedules.launches import Launches
from schedules.pruning import Pruning
from store.checkpoints import Checkpoints, Trimming
from store.retention import Retention
from store.sealing import Sealing

Job = tuple[Callable[[], None], float]
"""What is to be called again and again, and every how many seconds."""
BEAT = 0.5
GRACE = 20
"""Seconds that calls at work have to end at a stop: supervisors allow thirty, often."""


@dataclass(frozen=True)
class Bot:
    """Everything, wired; nothing runs before `start`."""

    office: Office
    desk: Desk
    approvals: Approvals
    launches: Launches
    engine: Engine
    runner: Runner
    jobs: dict[str, Job]
    clock: Clock
    lookups: Lookups
    executions: Executions
    people: SlackPeople
    client: WebClient
    bolt: App
    threads: Threads
    door: Door
    watching: Watching
    http: Starlette

    def start(self, *, beat: bool = True) -> None:
        """Open for work. Without `beat` the jobs run when somebody calls them."""
        note_settings(self.office)
        self.office.completeness.begin()
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
        self.watching.spans.close()


def build(
    settings: Settings,
    now: Now = utc_now,
    *,
    listener_threads: Threads | None = None,
    poll: float = 0.2,
    spans: Spans | None = None,
) -> Bot:
    """The whole bot from its settings; raises `HalfConfigured`."""
    settings.require()
    watching = Watching(spans or tracing.spans())
    office = open_office(settings, now, watching)
    watching.look_at(office.store, lambda: office.rulebook.current.version, now)
    client = slack_client(settings)
    people = slack_people(settings, client)
    store, vault = office.store, office.vault
    engine = Engine(store, now, poll=poll, at_once=at_once(settings.vouchdesk_pace))
    desk, approvals, weighing = office.desk(people), office.approvals(people), office.weighing
    watching.verbs("desk", desk, "ask", "read", "change", "withdraw")
    watching.verbs("desk", approvals, "approve", "refuse", "question", "break_glass")
    launches = Launches(store, people, engine.submit, now)
    room = Room(settings.vouchdesk_keep_mb * 1_000_000)
    preparer = Preparer(store, CATALOG, vault, office.clients, people, weighing, now, room)
    gate = Gate(store, people, preparer, weighing, now)
    runner = WatchedRunner(store, CATALOG, vault, gate, office.clients, now)
    runner.watching = watching
    lookups = Lookups(CATALOG, office.clients)
    telling = outgoing(store, vault, client, people, office.rulebook, settings, lookups, now)
    executions = Executions(store, vault, desk, now)
    finishing = Finishing(store, vault, client, telling.results, executions, now)
    retention = Retention(
        store, settings.vouchdesk_keep_days, now, file_days=settings.vouchdesk_file_days
    )
    trimming = Trimming(store, office.signer, settings.vouchdesk_audit_days, now)
    pruning, inbox = Pruning(store, retention, trimming), office.inbox
    jobs = {
        "prepare": (preparer.prepare_asked, BEAT),
        "mint": (launches.mint_due, BEAT),
        "release": (launches.release_due, BEAT),
        "policy": (office.rulebook.look_again, 2.0),
        "review": (preparer.look_again, 2.0),
        "prune": (pruning.prune, 3600.0),
        "webhooks": (inbox.check, BEAT),
        "poll": (office.polling.poll, 15.0),
        "compare": (office.polling.compare, 600.0),
        "seal": (Sealing(store).seal, BEAT),
        "sign": (Checkpoints(store, office.signer, now).sign_due, 10.0),
        "steps": (finishing.finish, BEAT),
        **engine.jobs,
        **telling.jobs,
        **_record_jobs(office, telling.board, now),
    }
    threads = listener_threads or Threads(40, "listener")
    bolt, door = _bolt(settings, client, threads), Door(store, lambda: engine.is_lost)
    listeners.register(
        bolt,
        store,
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
            shifting=office.shifting(people),
            launches=launches,
            clients=office.clients,
        ),
        people,
        telling,
        lookups,
        Drafts(store, vault, now),
        office.exporting(desk),
        Agenda(store, telling.stories, now),
        CalendarFiles(store, telling.stories, people, now),
        office.foresight,
        executions,
        now,
        lambda: threads.at_work,
        lambda name: office.addresses.fills(name, desk.account()),
        lambda: office.rulebook.current,
    )
    return Bot(
        office,
        desk,
        approvals,
        launches,
        engine,
        runner,
        jobs,
        Clock(Beating(store, now, watching.metrics.job_failed).jobs(jobs)),
        lookups,
        executions,
        people,
        client,
        bolt,
        threads,
        door,
        watching,
        web(bolt, door, watching, Intake(inbox, Doorkeeper(store, office.addresses)).route),
    )


def _record_jobs(office: Office, board: Board, now: Now) -> dict[str, Job]:
    """What is told of the record unasked: whether it is whole, and the week."""
    store, channel = office.store, office.settings.audit_channel
    checking = Checking(store, office.completeness, board, channel, now)
    digest = Digest(store, board, channel, office.settings.vouchdesk_timezone, now)
    return {"complete": (checking.check, 3600.0), "digest": (digest.tell, 300.0)}


def _bolt(settings: Settings, client: WebClient, threads: Threads) -> App:
    return App(
        name="vouchdesk",  # else it reads the source of everything on the stack to find one
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        listener_executor=Prompt(threads),
        token_verification_enabled=False,
        raise_error_for_unhandled_request=False,
    )
