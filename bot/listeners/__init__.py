"""What people do in Slack, each handed to the desk."""

from slack_bolt import App

from actions.desk import Now
from actions.drafts import Drafts
from actions.lookups import Lookups
from bot.announcer import Announcer
from bot.listeners import commands, home, lookups, members, pages, sheets, submissions, telling
from bot.listeners.approvals import Decisions
from bot.listeners.commands import Commands
from bot.listeners.counter import Counter
from bot.listeners.home import Home
from bot.listeners.opening import Opener
from bot.listeners.pages import Pages
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
    options: Lookups,
    drafts: Drafts,
    now: Now,
) -> None:
    """Listen to everything people can do."""
    desk, launches = counter.desk, counter.launches
    opener, tab = Opener(desk, options, drafts), Home(desk, stories)
    turning, lifting = Pages(desk, drafts, options, now), Sheets(desk, drafts)
    telling.register(app)
    commands.register(app, Commands(desk, opener, stories, lifting))
    submissions.register(app, Submissions(desk, launches, turning))
    pages.register(app, turning)
    sheets.register(app, lifting)
    Decisions(counter, announcer, tab).register(app)
    lookups.register(app, desk, options)
    home.register(app, tab, opener)
    members.register(app, people)
