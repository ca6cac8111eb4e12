"""What people do in Slack, each handed to the desk."""

from slack_bolt import App

from actions.desk import Now
from actions.drafts import Drafts
from actions.exporting import Exporting
from actions.lookups import Lookups
from bot.announcer import Announcer
from bot.listeners import (
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
)
from bot.listeners.answering import Answering
from bot.listeners.approvals import Decisions
from bot.listeners.changing import Changes
from bot.listeners.commands import Commands
from bot.listeners.counter import Counter
from bot.listeners.delegating import Delegating
from bot.listeners.exports import Exports
from bot.listeners.home import Home
from bot.listeners.opening import Opener
from bot.listeners.pages import Pages
from bot.listeners.reports import Reports
from bot.listeners.sheets import Sheets
from bot.listeners.submissions import Submissions
from bot.people import SlackPeople
from bot.stories import Stories


def register(
    app: App,
    counter: Counter,
    people: SlackPeople,
    announcer: Announcer,
    stories: Stories,
    delegating: Delegating,
    options: Lookups,
    drafts: Drafts,
    exporting: Exporting,
    now: Now,
) -> None:
    """Listen to everything people can do."""
    desk, launches = counter.desk, counter.launches
    changes, tab = Changes(desk, drafts), Home(desk, stories, delegating)
    opener = Opener(desk, options, drafts, changes)
    turning, checked = Pages(desk, drafts, options, now), Reports(desk, drafts, launches, now)
    lifting = Sheets(desk, checked)
    telling.register(app)
    commands.register(app, Commands(desk, opener, stories, lifting, delegating))
    submissions.register(app, Submissions(desk, launches, turning, Answering(desk, drafts)))
    pages.register(app, turning)
    changing.register(app, changes)
    sheets.register(app, lifting)
    reports.register(app, checked)
    exports.register(app, Exports(exporting, drafts))
    Decisions(counter, announcer, tab).register(app)
    lookups.register(app, desk, options)
    home.register(app, tab, opener)
    members.register(app, people)
