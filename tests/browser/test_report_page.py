"""A report as a channel sees it, through a real browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import SOON, at_work, go, modal, picture, type_command
from tests.flows.asking import SPLASH
from tests.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    world.shift -= timedelta(days=60)  # when much was used
    with at_work(browser, world) as page:
        yield page


def test_a_report_is_asked_for_and_posted_in_a_channel(page: Page, world: World) -> None:
    go(page, "ana", "marketing")
    type_command(page, f"/coupon campaign report campaign={SPLASH} channel=#marketing")
    expect(modal(page)).to_contain_text("Post it in")
    picture(page, "report-form")
    page.get_by_test_id("modal-submit").click()
    report = page.get_by_test_id("message").last
    expect(report).to_contain_text("Asked for by Ana Costa", timeout=SOON)
    expect(report).to_contain_text("of opened")
    picture(page, "report-channel")
    type_command(page, "/coupon campaign report")
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_contain_text("All active campaigns", timeout=SOON)
    chart = modal(page).get_by_role("img", name="Coupons used by day")
    expect(chart).to_be_visible(timeout=SOON)
    expect(chart).to_have_js_property("complete", True)
    picture(page, "report-of-all")
