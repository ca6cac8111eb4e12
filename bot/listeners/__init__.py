"""What people do in Slack, each handed to the desk."""

from collections.abc import Callable

from slack_bolt import App

from actions.desk import Now
from actions.drafts import Drafts
from actions.exporting import Exporting
from actions.lookups import Lookups
from bot.listeners import (
    acknowledging,
    changing,
    commands,
    exports,
    home,
    lookups,
    members,
    pages,
    reports,
    sheets,
    submissions,
    telling,
    waiting,
)
from bot.listeners.answering import Answering
from bot.listeners.approvals import Decisions
from bot.listeners.changing import Changes
from bot.listeners.commands import Commands, Launcher, Verb
from bot.listeners.counter import Counter
from bot.listeners.editing import Edits
from bot.listeners.exports import Exports
from bot.listeners.files import Files
from bot.listeners.home import Home
from bot.listeners.opening import Opener
from bot.listeners.pages import Pages
from bot.listeners.pressing import Pressing
from bot.listeners.rehearsing import Rehearsals
from bot.listeners.reports import Reports
from bot.listeners.sheets import Sheets
from bot.listeners.stopping import StopAll
from bot.listeners.submissions import Submissions
from bot.listeners.waiting import Waiting
from bot.outgoing import Outgoing
from bot.people import SlackPeople


def register(
    app: App,
    counter: Counter,
    people: SlackPeople,
    outgoing: Outgoing,
    options: Lookups,
    drafts: Drafts,
    exporting: Exporting,
    now: Now,
    at_work: Callable[[], int],
) -> None:
    """Listen to everything people can do."""
    desk, launches, stories = counter.desk, counter.launches, outgoing.stories
    changes, stops = Changes(desk, drafts), outgoing.stops
    tab = Home(desk, stories, outgoing.delegating, counter.voices, stops)
    queue = Waiting(counter.voices, stories)
    pressing = Pressing(counter, outgoing.announcer, stories, tab, queue)
    opener = Opener(desk, options, drafts, changes)
    turning, checked = Pages(desk, drafts, options, now), Reports(desk, drafts, launches, now)
    lifting = Sheets(desk, checked)
    acknowledging.register(app, at_work)
    telling.register(app)
    decisions = Decisions(counter, outgoing.announcer, pressing)
    stopping = StopAll(counter, stops, pressing)
    verbs: dict[str, Verb] = {
        "stop-all": stopping.stop,
        "resume-all": stopping.resume,
        "break-glass": decisions.ask_alone,
        "delegate": outgoing.delegating.typed,
    }
    launcher = Launcher(desk, counter.voices, stories, stops)
    commands.register(app, Commands(desk, opener, lifting, launcher, queue, pressing, verbs))
    submissions.register(
        app, Submissions(desk, launches, turning, Answering(desk, drafts), counter.vault)
    )
    pages.register(app, turning)
    changing.register(app, changes)
    sheets.register(app, lifting)
    reports.register(app, checked)
    exports.register(app, Exports(exporting, drafts))
    for each in (decisions, stopping):
        each.register(app)
    Files(counter, stories, outgoing.results, outgoing.handing, pressing).register(app)
    Edits(counter.editing, opener, pressing).register(app)
    Rehearsals(counter.rehearsing, pressing).register(app)
    waiting.register(app, queue)
    lookups.register(app, desk, options)
    home.register(app, tab, opener)
    members.register(app, people)
