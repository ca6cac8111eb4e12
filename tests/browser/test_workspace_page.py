"""The workspace page in a real browser, with the real sandbox and a small app behind it."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workspace_stage import World, opened, running


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with running() as world:
        yield world


@pytest.fixture
def world(stage: World) -> World:
    stage.heard.clear()
    stage.calls.clear()
    return stage


@pytest.fixture
def page(world: World, window: Page) -> Iterator[Page]:
    with opened(window, world) as page:
        yield page


def run(page: Page, text: str) -> None:
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("composer").press("Enter")


def test_a_guest_sees_only_the_channels_they_are_in(page: Page) -> None:
    expect(page.get_by_test_id("channel-approvals")).to_be_visible()
    page.get_by_test_id("persona-gil").click()
    expect(page.get_by_test_id("channel-approvals")).to_have_count(0)
    expect(page.get_by_test_id("channel-marketing")).to_have_attribute("aria-current", "page")


def test_alt_and_a_number_look_through_other_eyes(page: Page) -> None:
    page.keyboard.press("Alt+2")
    expect(page.get_by_test_id("persona-bo")).to_have_attribute("aria-checked", "true")
    expect(page.get_by_test_id("persona-ana")).to_have_attribute("aria-checked", "false")


def test_an_empty_channel_says_how_to_begin(page: Page) -> None:
    expect(page.get_by_text("No messages yet.")).to_be_visible()


def test_a_slash_shows_the_commands_and_tab_completes_one(page: Page) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill("/")
    hints = page.get_by_test_id("command-hints")
    expect(hints.get_by_role("option")).to_have_count(2)
    expect(hints).to_contain_text("[push | help]")
    composer.press("ArrowDown")
    composer.press("Tab")
    expect(composer).to_have_value("/couponstop ")
    expect(hints).to_be_hidden()


def test_a_command_is_answered_to_its_person_alone(page: Page) -> None:
    run(page, "/coupon help")
    expect(page.get_by_text("You asked for help.")).to_be_visible()
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    page.get_by_test_id("persona-bo").click()
    expect(page.get_by_text("You asked for help.")).to_have_count(0)


def test_arrow_up_recalls_the_last_command(page: Page) -> None:
    run(page, "/coupon help")
    expect(page.get_by_text("You asked for help.")).to_be_visible()
    page.get_by_test_id("composer").press("ArrowUp")
    expect(page.get_by_test_id("composer")).to_have_value("/coupon help")


def test_a_silent_app_is_said_to_be_silent_and_the_text_is_kept(page: Page) -> None:
    run(page, "/coupon slow")
    expect(page.get_by_test_id("composer-error")).to_have_text("Vouchdesk did not answer in time.")
    expect(page.get_by_test_id("composer")).to_have_value("/coupon slow")


def test_an_unknown_command_is_not_sent(page: Page, world: World) -> None:
    run(page, "/nothing")
    expect(page.get_by_test_id("composer-error")).to_contain_text("/nothing is not a command")
    assert world.heard == []


def test_words_are_shown_as_words_and_never_as_markup(page: Page, world: World) -> None:
    run(page, "<img src=x onerror=alert(1)> & *bold* for @bo")
    message = page.get_by_test_id("message")
    expect(message).to_contain_text("<img src=x onerror=alert(1)> & bold for @Bo Lindqvist")
    world.client.chat_postMessage(channel="C0MARKETING", text="<javascript:alert(1)|press me>")
    expect(page.get_by_test_id("message")).to_have_count(2)
    expect(page.locator("#log img, #log script, #log a")).to_have_count(0)
    expect(page.locator("#log strong")).to_have_text("bold")


def test_a_form_is_filled_searched_corrected_and_sent(page: Page, world: World) -> None:
    run(page, "/coupon push")
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("error-campaign")).to_contain_text("required")
    campaign = page.get_by_test_id("field-campaign").get_by_role("combobox")
    expect(campaign).to_be_focused()
    campaign.press_sequentially("su")
    expect(page.get_by_role("option")).to_have_count(2)
    page.get_by_role("option", name="Summer nights").click()
    page.get_by_test_id("field-title").get_by_role("textbox").fill("Tonight!!")
    page.get_by_test_id("field-when").locator("input").fill("2026-07-01T18:00")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("error-title")).to_have_text("One exclamation mark is enough.")
    title = page.get_by_test_id("field-title").get_by_role("textbox")
    expect(title).to_be_focused()
    title.fill("Tonight")
    expect(page.get_by_test_id("error-title")).to_be_empty()
    title.press("Enter")
    expect(modal).to_have_count(0)
    expect(page.get_by_test_id("composer")).to_be_focused()
    name, values = world.heard[-1]
    assert name == "push"
    assert values["campaign"]["campaign_pick"]["selected_option"]["value"] == "Summer nights"
    assert values["when"]["at"]["selected_date_time"] == 1782921600  # 18:00 in Brussels


def test_a_form_that_changes_keeps_what_was_typed_and_tells_it(page: Page, world: World) -> None:
    run(page, "/coupon push")
    title = page.get_by_test_id("field-title").get_by_role("textbox")
    title.fill("Half a sen")
    page.get_by_test_id("field-audience").get_by_label("Segment").check()
    expect(page.get_by_test_id("field-segment")).to_be_visible()
    expect(title).to_have_value("Half a sen")
    assert ("typed", "Half a sen") in world.heard
    segment = page.get_by_test_id("field-segment").get_by_role("combobox")
    segment.click()
    segment.press_sequentially("ne")
    expect(page.get_by_role("option")).to_have_count(1)
    segment.press("Enter")
    expect(segment).to_have_value("New")


def test_each_person_has_their_own_dialog(page: Page) -> None:
    run(page, "/coupon push")
    page.get_by_test_id("field-title").get_by_role("textbox").fill("Mine")
    page.keyboard.press("Alt+2")
    expect(page.get_by_test_id("modal")).to_have_count(0)
    page.keyboard.press("Alt+1")
    expect(page.get_by_test_id("field-title").get_by_role("textbox")).to_have_value("Mine")


def test_the_focus_stays_in_a_dialog_and_escape_leaves_it(page: Page) -> None:
    run(page, "/coupon push")
    expect(page.get_by_test_id("modal")).to_be_visible()
    for _ in range(15):
        page.keyboard.press("Tab")
        inside = "document.querySelector('[data-testid=modal]').contains(document.activeElement)"
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("modal")).to_have_count(0)
    expect(page.get_by_test_id("composer")).to_be_focused()


def test_an_approver_decides_with_a_button(page: Page, world: World) -> None:
    world.asked()
    page.get_by_test_id("persona-bo").click()
    page.get_by_test_id("channel-approvals").click()
    page.get_by_test_id("button-approve").click()
    expect(page.get_by_test_id("message")).to_contain_text("Approved by @Bo Lindqvist.")
    expect(page.get_by_test_id("button-approve")).to_have_count(0)
    expect(page.get_by_test_id("message")).to_contain_text("(edited)")


def test_a_dangerous_button_asks_first(page: Page, world: World) -> None:
    world.asked()
    page.get_by_test_id("channel-approvals").click()
    page.get_by_test_id("button-reject").click()
    expect(page.get_by_test_id("confirm-dialog")).to_contain_text("Ana will be told.")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("confirm-dialog")).to_have_count(0)
    assert world.heard == []
    page.get_by_test_id("button-reject").click()
    page.get_by_test_id("confirm-ok").click()
    expect(page.get_by_test_id("button-reject")).not_to_have_attribute("aria-busy", "true")
    assert world.heard == [("reject", "U0ANA")]


def test_a_thread_has_its_own_panel_and_its_own_composer(page: Page, world: World) -> None:
    ts = world.asked()
    page.get_by_test_id("channel-approvals").click()
    message = page.locator(f'#log [data-ts="{ts}"]')
    message.hover()
    message.get_by_test_id("reply-in-thread").click()
    thread = page.get_by_test_id("thread-panel")
    thread.get_by_test_id("thread-composer").fill("Is this final?")
    thread.get_by_test_id("thread-composer").press("Enter")
    expect(thread.get_by_test_id("message")).to_have_count(2)
    expect(message.get_by_test_id("thread-link")).to_contain_text("1 reply")
    thread.get_by_test_id("thread-close").click()
    expect(thread).to_be_hidden()


def test_a_channel_with_news_has_a_dot_until_it_is_opened(page: Page, world: World) -> None:
    world.asked()
    expect(page.get_by_test_id("unread-approvals")).to_be_visible()
    page.get_by_test_id("channel-approvals").click()
    expect(page.get_by_test_id("unread-approvals")).to_have_count(0)


def test_opening_the_home_tab_tells_the_app(page: Page) -> None:
    page.get_by_test_id("app-home").click()
    expect(page.get_by_test_id("home-view")).to_contain_text("Good morning U0ANA")
    page.get_by_test_id("persona-cy").click()
    expect(page.get_by_test_id("home-view")).to_contain_text("Good morning U0CY")
    page.get_by_test_id("tab-messages").click()
    expect(page.get_by_test_id("composer")).to_be_visible()


def test_a_message_shortcut_looks_at_its_message(page: Page) -> None:
    run(page, "XK-42")
    page.get_by_test_id("message").hover()
    page.get_by_test_id("message-shortcuts").click()
    page.get_by_test_id("shortcut-find_coupon").click()
    expect(page.get_by_text("Looking for XK-42")).to_be_visible()


def test_a_shared_file_is_a_card_that_can_be_fetched(page: Page, world: World) -> None:
    world.client.files_upload_v2(
        channel="C0MARKETING", filename="codes.csv", content="code\nXK-42\n", title="Codes"
    )
    card_ = page.locator('[data-testid^="file-"]')
    expect(card_).to_contain_text("CSV · 11 bytes")
    with page.expect_download() as download:
        card_.get_by_role("link", name="Download Codes").click()
    assert download.value.path().read_text() == "code\nXK-42\n"


def test_the_panel_shows_what_coupontools_received(page: Page, world: World) -> None:
    path = "/v3/coupon/pushnotification/all"
    call = {"at": time.time(), "method": "POST", "path": path, "body": {"title": "Hi"}}
    world.calls += [{**call, "status": 200}, {**call, "status": 500}]
    shown = page.get_by_test_id("call")
    expect(shown).to_have_count(2)
    expect(page.get_by_test_id("count-pushes")).to_have_attribute("data-value", "1")
    expect(shown.first).to_have_attribute("data-status", "500")
    shown.first.locator("summary").click()
    expect(shown.first).to_contain_text('"title": "Hi"')
    page.get_by_test_id("calls-close").click()
    expect(page.get_by_test_id("calls-panel")).to_be_hidden()
    page.reload()
    expect(page.get_by_test_id("calls-toggle")).to_be_visible()
    expect(page.get_by_test_id("calls-panel")).to_be_hidden()


def test_a_push_is_asked_for_and_approved_without_a_mouse(page: Page) -> None:
    press, write = page.keyboard.press, page.keyboard.type
    expect(page.get_by_test_id("composer")).to_be_focused()
    write("/coup")
    press("Tab")
    write("push")
    press("Enter")
    expect(page.get_by_test_id("field-campaign").get_by_role("combobox")).to_be_focused()
    write("win")
    expect(page.get_by_role("option", name="Winter sale")).to_be_visible()
    press("Enter")
    press("Tab")
    page.get_by_test_id("field-title").get_by_role("textbox").focus()
    write("Winter is here")
    press("Enter")
    expect(page.get_by_test_id("modal")).to_have_count(0)
    press("Alt+2")
    page.get_by_test_id("channel-approvals").focus()
    press("Enter")
    expect(page.get_by_test_id("button-approve")).to_be_visible()
    page.get_by_test_id("button-approve").focus()
    press("Enter")
    expect(page.get_by_test_id("message")).to_contain_text("Approved by @Bo Lindqvist.")


def test_a_narrow_window_hides_the_sidebar_until_it_is_asked_for(page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 780})
    expect(page.get_by_test_id("persona-bo")).to_be_hidden()
    page.get_by_test_id("sidebar-toggle").click()
    page.get_by_test_id("persona-bo").click()
    page.get_by_test_id("channel-audit").click()
    expect(page.get_by_test_id("persona-bo")).to_be_hidden()
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide
