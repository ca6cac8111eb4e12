"""How a campaign does, and all of it in a file, through a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import SOON, at_work, go, modal, own_messages, picture, type_command
from tests.flows.asking import SPLASH
from tests.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with at_work(browser, world) as page:
        yield page


def test_a_chart_is_seen_and_the_whole_list_arrives(page: Page, world: World) -> None:
    go(page, "ana", "marketing")
    type_command(page, f"/coupon campaign usage campaign={SPLASH}")
    page.get_by_test_id("modal-submit").click()
    chart = modal(page).get_by_role("img", name="Coupons used by day")
    expect(chart).to_be_visible(timeout=SOON)
    page.wait_for_function("document.querySelector('.picture.wide img')?.naturalWidth > 500")
    picture(page, "usage-modal")
    modal(page).get_by_role("button", name="Whole list as CSV").click()
    expect(modal(page)).to_contain_text("The file comes into your messages with me.")
    page.get_by_test_id("modal-close").click()
    expect(chart).to_be_visible()
    page.get_by_test_id("modal-close").click()
    own_messages(page, "ana")
    expect(page.get_by_text("1,240 rows")).to_be_visible(timeout=SOON)
    picture(page, "usage-file")
