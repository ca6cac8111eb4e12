"""The main job through a real browser: asked for by Ana, approved by Bo, done, on record."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import (
    SOON,
    ask,
    at_work,
    card,
    downloaded,
    field,
    go,
    is_done,
    modal,
    own_messages,
    picture,
    press_approve,
    thread_file,
    type_command,
)
from tests.world import World

BRUSSELS = ZoneInfo("Europe/Brussels")

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with at_work(browser, world) as page:
        yield page


def next_page(page: Page, number: int) -> None:
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_contain_text(f"Page {number} of 4")


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
    is_done(page)
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
    is_done(page)
    assert len(world.api.created) == 1


def test_codes_arrive_as_a_file_that_can_be_downloaded(
    page: Page, world: World, tmp_path: Path
) -> None:
    go(page, "ana", "marketing")
    type_command(page, "/coupon-codes cam_123456 1000")
    ask(page)
    go(page, "bo", "approvals")
    press_approve(page, "1,000 single-use URLs")
    is_done(page)

    own_messages(page, "ana")
    link = thread_file(page, "1,000 single-use URLs")
    picture(page, "codes-in-the-thread")
    urls = [row["url"] for row in downloaded(page, link, tmp_path)]
    assert len(urls) == len(set(urls)) == 1000


def agree(page: Page, person: str, *numbers: str) -> None:
    """Type how many it reaches, until it is right."""
    go(page, person, "approvals")
    card(page, "Push to everyone").get_by_test_id("button-approve_with").click()
    for number in numbers:
        field(page, "reached", number)
        if number == numbers[-1]:
            ask(page)
        else:
            page.get_by_test_id("modal-submit").click()
            expect(page.get_by_test_id("error-reached")).to_contain_text("it reaches: 812.")
            picture(page, "push-wrong-number")


def test_a_push_through_its_whole_life(page: Page, world: World) -> None:
    go(page, "ana", "marketing")
    type_command(page, '/coupon-push cam_123456 message="Summer starts today: 20% off ice cream"')
    ask(page)
    go(page, "bo", "approvals")
    push = card(page, "Push to everyone")
    expect(push).to_contain_text("Reaches 812 people", timeout=SOON)
    expect(push).to_contain_text("still needed: 2 of the approvers")
    picture(page, "push-waits")
    agree(page, "bo", "821", "812")
    expect(push).to_contain_text("1 of 2 agreed: @Bo Lindqvist", timeout=SOON)
    picture(page, "push-waits-for-one-more")
    agree(page, "cy", "812")
    expect(push).to_contain_text("Goes out in 1", timeout=SOON)
    picture(page, "push-brakes")

    go(page, "ana", "approvals")
    push.get_by_test_id("button-stop").click()
    page.get_by_test_id("confirm-ok").click()
    expect(push).to_contain_text("Stopped by Ana Costa", timeout=SOON)
    picture(page, "push-stopped")
    world.later(seconds=60)
    go(page, "bo", "approvals")
    push.get_by_test_id("button-resume").click()
    expect(push).to_contain_text("Goes out in", timeout=SOON)
    assert world.api.pushed == []
    world.later(seconds=15)
    is_done(page)
    expect(page.get_by_test_id("count-pushes")).to_have_attribute("data-value", "1")
    picture(page, "push-sent")
    assert len(world.api.pushed) == 1
