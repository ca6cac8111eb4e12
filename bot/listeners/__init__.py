"""What people do in Slack, each handed to the desk."""

from collections.abc import Callable

from slack_bolt import App

from actions.desk import Now
from actions.drafts import Drafts
from actions.exporting import Exporting
from actions.lookups import Lookups
from actions.policy import Policy
from bot.agenda import Agenda
from bot.calendar_file import CalendarFiles
from bot.executions import Executions
from bot.listeners import (
    acknowledging,
    calendar,
    changing,
    commands,
    exports,
    home,
    lookups,
    pages,
    reports,
    sheets,
    submissions,
    telling,
    waiting,
)
from bot.listeners.answering import Answering
from bot.listeners.approvals import Decisions
from bot.listeners.calendar import CalendarModal
from bot.listeners.changing import Changes
from bot.listeners.commands import Commands, Launcher, Verb
from bot.listeners.counter import Counter
from bot.listeners.editing import Edits
from bot.listeners.exports import Exports
from bot.listeners.files import Files
from bot.listeners.finding import Finding
from bot.listeners.home import Home
from bot.listeners.links import Links
from bot.listeners.members import Members
from bot.listeners.moments import Ahead
from bot.listeners.opening import Begins, Opener
from bot.listeners.pages import Pages
from bot.listeners.pressing import Pressing
from bot.listeners.records import Records
from bot.listeners.rehearsing import Rehearsals
from bot.listeners.reports import Reports
from bot.listeners.sheets import Sheets
from bot.listeners.shifting import Shifts
from bot.listeners.steps import Steps
from bot.listeners.stopping import StopAll
from bot.listeners.submissions import Submissions
from bot.listeners.subscribing import Subscriptions
from bot.listeners.waiting import Waiting
from bot.outgoing import Outgoing
from bot.people import SlackPeople
from bot.record_files import RecordFiles
from bot.why import Whys
from schedules.foresight import Foresight
from store.db import Store


def register(
    app: App,
    store: Store,
    counter: Counter,
    people: SlackPeople,
    outgoing: Outgoing,
    options: Lookups,
    drafts: Drafts,
    exporting: Exporting,
    agenda: Agenda,
    files: CalendarFiles,
    foresight: Foresight,
    executions: Executions,
    now: Now,
    at_work: Callable[[], int],
    begins: Begins,
    policy: Callable[[], Policy],
) -> None:
    """Listen to everything people can do."""
    desk, stories = counter.desk, outgoing.stories
    changes, stops, queue = Changes(desk, drafts), outgoing.stops, Waiting(counter.voices, stories)
    tab = Home(desk, stories, outgoing, counter.voices, agenda)
    modal = CalendarModal(agenda, files, counter.voices)
    pressing = Pressing(counter, outgoing.announcer, stories, tab, queue, modal)
    ahead = Ahead(desk, foresight, counter.vault, now)
    opener = Opener(desk, options, drafts, changes, ahead, begins)
    turning, checked = Pages(desk, drafts, options, ahead), Reports(desk, drafts, ahead, now)
    lifting, answer = Sheets(desk, checked), _answering(counter, drafts, outgoing)
    acknowledging.register(app, at_work)
    telling.register(app)
    decisions = Decisions(counter, outgoing.announcer, pressing)
    # Before all others: Bolt asks one after the other. There is one for all forms; these are many.
    submissions.register(app, Submissions(desk, turning, answer, counter.vault, now))
    decisions.register(app)
    stopping, launcher = (
        StopAll(counter, stops, pressing),
        Launcher(desk, counter.voices, stories, stops),
    )
    channels = Subscriptions(outgoing.subscribing, desk, options, pressing)
    whys, taking = Whys(store, stories, outgoing.board.link), RecordFiles(store, now)
    records = Records(store, desk.catalog, people, whys, taking, pressing, now)
    commands.register(
        app,
        Commands(
            desk,
            opener,
            lifting,
            launcher,
            queue,
            modal,
            pressing,
            _verbs(stopping, decisions, outgoing, records) | channels.verbs,
        ),
    )
    pages.register(app, turning)
    changing.register(app, changes)
    sheets.register(app, lifting)
    reports.register(app, checked)
    exports.register(app, Exports(exporting, drafts))
    for each in (
        *(channels, stopping, Shifts(counter, stories, pressing, now), records),
        Members(people, counter.stopping, counter.deciding, policy, now),
        *(Edits(counter.editing, opener, pressing), Rehearsals(counter.rehearsing, pressing)),
        Files(counter, stories, outgoing.results, outgoing.handing, pressing),
        *(Steps(executions, desk, options), Links(desk, options), Finding(desk, answer, options)),
    ):
        each.register(app)
    waiting.register(app, queue)
    calendar.register(app, modal)
    lookups.register(app, desk, options)
    home.register(app, tab, opener)


def _answering(counter: Counter, drafts: Drafts, outgoing: Outgoing) -> Answering:
    return Answering(counter.desk, drafts, counter.origins, outgoing.board.card_of)


def _verbs(
    stopping: StopAll, decisions: Decisions, outgoing: Outgoing, records: Records
) -> dict[str, Verb]:
    """What `/coupon` does beside asking for actions."""
    return {
        "stop-all": stopping.stop,
        "resume-all": stopping.resume,
        "break-glass": decisions.ask_alone,
        "why": records.why,
        "delegate": outgoing.delegating.typed,
    }
