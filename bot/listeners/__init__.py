"""What people do in Slack, each handed to the desk."""

from slack_bolt import App

from actions.desk import Desk, Now
from actions.drafts import Drafts
from actions.exporting import Exporting
from actions.lookups import Lookups
from actions.revealing import Revealing
from bot.announcer import Announcer
from bot.listeners import (
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
)
from bot.listeners.answering import Answering
from bot.listeners.approvals import Decisions
from bot.listeners.changing import Changes
from bot.listeners.commands import Commands
from bot.listeners.exports import Exports
from bot.listeners.home import Home
from bot.listeners.opening import Opener
from bot.listeners.pages import Pages
from bot.listeners.reports import Reports
from bot.listeners.sheets import Sheets
from bot.listeners.submissions import Submissions
from bot.stories import Stories
from schedules.launches import Launches


def register(
    app: App,
    desk: Desk,
    launches: Launches,
    announcer: Announcer,
    stories: Stories,
    options: Lookups,
    drafts: Drafts,
    revealing: Revealing,
    exporting: Exporting,
    now: Now,
) -> None:
    """Listen to everything people can do."""
    changes, tab = Changes(desk, drafts), Home(desk, stories)
    opener = Opener(desk, options, drafts, changes)
    turning, checked = Pages(desk, drafts, options, now), Reports(desk, drafts, launches, now)
    lifting = Sheets(desk, checked)
    telling.register(app)
    commands.register(app, Commands(desk, opener, stories, lifting))
    submissions.register(app, Submissions(desk, launches, turning, Answering(desk, drafts)))
    pages.register(app, turning)
    changing.register(app, changes)
    sheets.register(app, lifting)
    reports.register(app, checked)
    exports.register(app, Exports(exporting, drafts))
    Decisions(desk, launches, revealing, announcer, tab).register(app)
    lookups.register(app, desk, options)
    home.register(app, tab, opener)
