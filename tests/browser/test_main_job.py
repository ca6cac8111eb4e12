"""The main job through a real browser: asked for by Ana, approved by Bo, done, on record."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.workspace_stage import SWITCHES
from tests.world import World

PICTURES = Path(__file__).parent.parent.parent / "artifacts"
BRUSSELS = ZoneInfo("Europe/Brussels")

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(world: World) -> Iterator[Page]:
    """The workspace page; the bot beats by itself."""
    world.bot.clock.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        shown = browser.new_page(viewport={"width": 1440, "height": 900}, accept_downloads=True)
        complaints: list[str] = []
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.goto(f"{world.slack.url}/")
        yield shown
        browser.close()
        assert complaints == []
    world.bot.clock.stop()


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def go(page: Page, person: str, channel: str) -> None:
    page.get_by_test_id(f"persona-{person}").click()
    page.get_by_test_id(f"channel-{channel}").click()


def type_command(page: Page, text: str) -> None:
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("composer").press("Enter")
    expect(page.get_by_test_id("modal")).to_be_visible()


def field(page: Page, name: str, value: str, *, kind: str = "input, textarea") -> None:
    page.get_by_test_id(f"field-{name}").locator(kind).first.fill(value)


def next_page(page: Page, number: int) -> None:
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("modal")).to_contain_text(f"Page {number} of 4")


def ask(page: Page) -> None:
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("modal")).to_have_count(0)


def fill_campaign(page: Page, name: str) -> None:
    """Template and name, content, period, and the beginning of the last page."""
    go(page, "ana", "marketing")
    type_command(page, "/coupon campaign create template=cam_100001")
    field(page, "name", name)
    next_page(page, 2)
    field(page, "title", "10% off")
    next_page(page, 3)
    page.get_by_test_id("field-expiry_date_kind").get_by_text("Flexible").click()
    page.get_by_test_id("field-expiry_date").get_by_role("combobox").click()
    page.get_by_role("option", name="after 1 month").click()
    next_page(page, 4)


def press_approve(page: Page, text: str) -> None:
    card = page.locator("#log").get_by_test_id("message").filter(has_text=text)
    card.get_by_test_id("button-approve").click()


def test_asked_in_the_browser_approved_by_another_and_made_once(page: Page, world: World) -> None:
    fill_campaign(page, "Spring voucher")
    field(page, "button_color", "green")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("error-button_color")).to_contain_text("A colour looks like")
    picture(page, "form-with-an-error")
    field(page, "button_color", "#1F4E3D")
    ask(page)

    go(page, "ana", "approvals")
    press_approve(page, "Spring voucher")
    whisper = page.locator("#log").get_by_text("You asked for this yourself")
    expect(whisper).to_be_visible()
    picture(page, "own-request")
    assert world.api.created == []

    go(page, "bo", "approvals")
    press_approve(page, "Spring voucher")
    expect(page.locator("#log").get_by_text("Done").first).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("count-creates")).to_have_attribute("data-value", "1")
    picture(page, "campaign-made")
    [made] = world.api.created
    assert made["parameters"] == {
        "template": "cam_100001",
        "name": "Spring voucher",
        "title": "10% off",
        "expiry_date": "1month",
        "button_color": "#1F4E3D",
    }


def test_a_launch_at_a_moment_fires_once(page: Page, world: World) -> None:
    fill_campaign(page, "Evening voucher")
    page.get_by_test_id("field-when").get_by_text("At a moment").click()
    then = (world.now() + timedelta(hours=2)).astimezone(BRUSSELS)
    moment = page.get_by_test_id("field-when_at").locator("input")
    moment.first.fill(then.strftime("%Y-%m-%dT%H:%M"))
    ask(page)
    go(page, "bo", "approvals")
    press_approve(page, "Evening voucher")
    expect(page.locator("#log").get_by_text("Agreed: scheduled").first).to_be_visible()
    assert world.api.created == []

    world.later(hours=2)
    expect(page.locator("#log").get_by_text("Done").first).to_be_visible(timeout=15_000)
    assert len(world.api.created) == 1


def test_codes_arrive_as_a_file_that_can_be_downloaded(
    page: Page, world: World, tmp_path: Path
) -> None:
    go(page, "ana", "marketing")
    type_command(page, "/coupon-codes cam_123456 1000")
    ask(page)
    go(page, "bo", "approvals")
    press_approve(page, "1,000 single-use URLs")
    expect(page.locator("#log").get_by_text("Done").first).to_be_visible(timeout=15_000)

    page.get_by_test_id("persona-ana").click()
    page.get_by_test_id("app-messages").click()
    page.locator("#log").get_by_test_id("thread-link").first.click()
    link = page.get_by_test_id("thread-panel").locator("[data-testid^=file-]").first
    expect(link).to_be_visible(timeout=15_000)
    picture(page, "codes-in-the-thread")
    with page.expect_download() as download:
        link.locator("a").first.click() if link.locator("a").count() else link.click()
    download.value.save_as(tmp_path / "codes.csv")
    with (tmp_path / "codes.csv").open(newline="", encoding="utf-8") as file:
        urls = [row["url"] for row in csv.DictReader(file)]
    assert len(urls) == len(set(urls)) == 1000


def test_a_push_shows_whom_it_reaches_and_waits_for_two(page: Page, world: World) -> None:
    go(page, "ana", "marketing")
    type_command(page, '/coupon-push cam_123456 message="Summer starts today: 20% off ice cream"')
    ask(page)
    for person in ("bo", "cy"):
        assert world.api.pushed == []
        go(page, person, "approvals")
        expect(page.locator("#log").get_by_text("Reaches 812 people").first).to_be_visible()
        if person == "cy":
            picture(page, "push-waits-for-one-more")
        press_approve(page, "Push to everyone")
        page.get_by_test_id("confirm-ok").click()
        expect(page.locator("#log").get_by_text(f"@{person.capitalize()}").first).to_be_visible()
    expect(page.locator("#log").get_by_text("Done").first).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("count-pushes")).to_have_attribute("data-value", "1")
    picture(page, "push-sent")
    assert len(world.api.pushed) == 1
