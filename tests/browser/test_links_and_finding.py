"""A link gets its card on the page, and the menu of a message finds the coupon in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import SOON, at_work, go, picture
from tests.flows.asking import campaign_of
from tests.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with at_work(browser, world) as page:
        go(page, "ana", "marketing")
        yield page


def test_a_link_to_a_coupon_gets_a_card_and_the_coupon_is_found(page: Page, world: World) -> None:
    session = campaign_of("Summer splash").sessions[0]
    for text in (f"Ours: {session.campaign.url}", f"A guest shows {session.url} at the till"):
        world.slack.does("say", user="ana", channel="marketing", text=text)
    expect(page.get_by_test_id("unfurl")).to_have_count(2, timeout=SOON)
    expect(page.get_by_test_id("unfurl").first).to_contain_text("Summer splash")
    expect(page.get_by_test_id("unfurl").last).to_contain_text("one person's copy")
    picture(page, "unfurled")

    page.get_by_test_id("message").last.hover()
    page.get_by_test_id("message-shortcuts").last.click()
    page.get_by_test_id("shortcut-find_coupon").click()
    expect(page.get_by_role("dialog")).to_contain_text(session.code, timeout=SOON)
    picture(page, "found")
