"""The calendar through a real browser: opened, read by day, decided in place, taken along."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from actions.desk import When
from store.tables import Consent
from tests.browser.hands import SOON, at_work, go, modal, own_messages, picture, type_command
from tests.flows.asking import SPLASH
from tests.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with at_work(browser, world) as page:
        yield page


def plans(world: World) -> None:
    """A push in three days, another in four, and a report on every workday."""
    desk = world.bot.desk
    for days, message in ((3, "Summer starts today"), (4, "Last chance for <summer>")):
        when = When(world.now() + timedelta(days=days), timezone="Europe/Brussels")
        given = {"campaign": SPLASH, "message": message}
        desk.ask("campaign.push_all", given, actor="U0ANA", when=when)
    first = (world.now() + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    daily = When(first, "0 9 * * *", "Europe/Brussels")
    desk.ask("campaign.usage", {"campaign": SPLASH}, actor="U0BO", when=daily)


def test_what_comes_is_withdrawn_in_place_and_taken_along(page: Page, world: World) -> None:
    plans(world)
    go(page, "ana", "marketing")
    world.until(lambda: [r.state for r in world.requests()].count(Consent.WAITING) == 2, "two wait")
    type_command(page, "/coupon-schedule")
    shown = modal(page)
    expect(shown).to_contain_text("Waits for approval: 0 of 2 agreed", timeout=SOON)
    expect(shown).to_contain_text("Tomorrow, ")
    expect(shown).to_contain_text(f"Campaign: {SPLASH}")
    expect(shown).to_contain_text("“Last chance for <summer>”")
    picture(page, "calendar")
    shown.get_by_test_id("button-withdraw").last.click()
    page.get_by_role("button", name="Withdraw", exact=True).last.click()
    expect(shown).not_to_contain_text("Last chance", timeout=SOON)
    expect(shown).to_contain_text("“Summer starts today”")
    shown.get_by_test_id("button-calendar:file").click()
    expect(modal(page)).to_contain_text("The file comes into your messages", timeout=SOON)
    world.until(lambda: any(f["name"].endswith(".ics") for f in files(world)), "the file is there")
    [file] = [f for f in files(world) if f["name"].endswith(".ics")]
    events = Calendar.from_ical(world.slack.file(file["id"])).events
    said = {str(event["SUMMARY"]).partition(":")[0] for event in events}
    assert said == {"Push to everyone", "Usage of a campaign"}
    page.get_by_test_id("modal-close").click()
    expect(shown).to_contain_text("“Summer starts today”", timeout=SOON)
    page.get_by_test_id("modal-close").click()
    expect(shown).to_have_count(0)
    own_messages(page, "ana")
    page.get_by_test_id("tab-home").click()
    expect(page.get_by_text("Coming up", exact=True)).to_be_visible(timeout=SOON)
    picture(page, "calendar-home")


def files(world: World) -> list[dict[str, str]]:
    found: list[dict[str, str]] = world.slack.state["files"]
    return found
