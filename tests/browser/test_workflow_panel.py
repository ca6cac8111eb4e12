"""The panel of the workspace page that runs a workflow by hand, and shows what became of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.hands import SOON, at_work, go, own_messages, picture, press_approve
from tests.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with at_work(browser, world) as page:
        page.get_by_test_id("persona-ana").click()
        page.get_by_test_id("flows-toggle").click()
        yield page


def panel(page: Page) -> Locator:
    return page.get_by_test_id("flows-panel")


def chooses(page: Page, name: str, typed: str, label: str) -> None:
    """In a menu of the panel: type, and take what is offered."""
    menu = panel(page).get_by_test_id(f"field-{name}").get_by_role("combobox")
    menu.click()
    menu.fill(typed)
    page.get_by_role("option", name=label).first.click()


def last_run(page: Page) -> Locator:
    return page.get_by_test_id("flow-run").first


def test_a_step_is_run_by_hand_and_waits_until_somebody_else_has_agreed(
    page: Page, world: World
) -> None:
    expect(panel(page)).to_contain_text("No workflow has run yet.")
    chooses(page, "step", "new camp", "New campaign")
    chooses(page, "in-template", "", "Percentage off")
    panel(page).get_by_test_id("field-in-name").locator("input").fill("Spring")
    expect(panel(page)).to_contain_text("Runs as Ana Costa.")
    page.get_by_test_id("flows-run").click()
    expect(last_run(page)).to_have_attribute("data-status", "running")
    expect(last_run(page)).to_contain_text("Ana Costa")
    picture(page, "workflow-waits")

    go(page, "bo", "approvals")
    expect(page.get_by_test_id("messages")).to_contain_text("through a workflow", timeout=SOON)
    press_approve(page, "Spring")
    expect(last_run(page)).to_have_attribute("data-status", "completed", timeout=SOON)
    last_run(page).click()
    expect(last_run(page)).to_contain_text("Campaign “Spring” is made")
    picture(page, "workflow-completed")
    assert len(world.api.created) == 1


def test_a_step_that_fails_says_why_and_what_is_missing_is_asked_for(page: Page) -> None:
    chooses(page, "step", "single-use", "Single-use URLs")
    page.get_by_test_id("flows-run").click()
    expect(page.get_by_test_id("error-in-campaign")).to_contain_text("Please complete this")
    chooses(page, "in-campaign", "", "Summer splash")
    panel(page).get_by_test_id("field-in-amount").locator("input").fill("3")
    page.get_by_test_id("flows-run").click()
    expect(last_run(page)).to_have_attribute("data-status", "failed", timeout=SOON)
    expect(last_run(page)).to_contain_text("How many: At least 10.")
    picture(page, "workflow-failed")


def test_a_guest_is_shown_no_menu_and_may_ask_for_nothing(page: Page) -> None:
    page.get_by_test_id("persona-gil").click()
    chooses(page, "step", "show a loyalty", "Show a loyalty card")
    expect(panel(page)).to_contain_text("Runs as Gil Guest.")
    menu = panel(page).get_by_test_id("field-in-loyaltycard").get_by_role("combobox")
    menu.click()
    expect(page.get_by_role("option")).to_have_count(0)


def test_the_panel_gives_way_to_that_of_the_calls_and_keys_close_it(page: Page) -> None:
    expect(panel(page)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    page.get_by_test_id("flows-toggle").click()
    page.get_by_test_id("calls-toggle").click()
    expect(panel(page)).to_be_hidden()
    own_messages(page, "ana")
