"""The workspace page for eyes, ears and hands of all kinds: names, contrast, keys, sizes."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workspace_stage import World, opened, running

NAMELESS = """() => [...document.querySelectorAll(
    'button, a, input, textarea, [role=combobox], [role=listbox], [role=dialog], [role=log]')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .filter((node) => !(node.getAttribute('aria-label') || node.textContent.trim() ||
    node.getAttribute('aria-labelledby') || node.closest('label')?.textContent.trim()))
  .map((node) => node.outerHTML.slice(0, 120))"""
STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth + 1;
  const scrolls = (node) => getComputedStyle(node).overflowX !== 'visible' &&
    node !== document.body && node.getBoundingClientRect().right <= wide;
  const held = (node) => { while ((node = node.parentElement)) if (scrolls(node)) return true; };
  return [...document.querySelectorAll('body *')]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .filter((node) => node.getBoundingClientRect().right > wide && !held(node))
    .map((node) => node.outerHTML.slice(0, 120));
}"""
FAINT = """() => {
  const channels = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((each) => each / 255)
    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
    .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const style = getComputedStyle(node);
      const found = channels(style.backgroundColor);
      if (style.backgroundImage !== 'none') return null;
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const ratio = (node) => {
    const back = behind(node);
    if (!back) return 21;
    const [low, high] = [light(back), light(channels(getComputedStyle(node).color))]
      .sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  return [...document.querySelectorAll('#main *, .dialog *, #calls *')]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .filter((node) => [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim()))
    .filter((node) => ratio(node) < 4.5)
    .map((node) => `${ratio(node).toFixed(1)} ${node.outerHTML.slice(0, 100)}`);
}"""


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with running() as world:
        yield world


@pytest.fixture
def page(stage: World, window: Page) -> Iterator[Page]:
    with opened(window, stage) as page:
        yield page


def run(page: Page, text: str) -> None:
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("composer").press("Enter")


def places(page: Page, stage: World) -> Iterator[str]:
    """A card in a channel, an answer to one person, the Home tab, a form with an objection."""
    stage.asked()
    page.get_by_test_id("channel-approvals").click()
    expect(page.get_by_test_id("button-approve")).to_be_visible()
    yield "card"
    run(page, "/coupon help")
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    yield "whisper"
    run(page, "/coupon push")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("error-campaign")).not_to_be_empty()
    yield "form"
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("modal")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_is_pressed_or_filled_has_a_name_and_can_be_read(
    page: Page, stage: World, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    for place in places(page, stage):
        assert page.evaluate(NAMELESS) == [], place
        assert page.evaluate(FAINT) == [], place


@pytest.mark.parametrize("size", [(720, 450), (360, 640), (320, 568)], ids=str)
def test_a_small_window_and_a_page_twice_as_large_lose_nothing(
    page: Page, stage: World, size: tuple[int, int]
) -> None:
    for place in places(page, stage):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert page.evaluate(STICKING_OUT) == [], place
        if place == "form":
            expect(page.get_by_test_id("modal-submit")).to_be_in_viewport(ratio=1)
            expect(page.get_by_test_id("modal-x")).to_be_in_viewport(ratio=1)
        page.set_viewport_size({"width": 1280, "height": 800})


def test_the_address_says_who_one_is_and_where(page: Page) -> None:
    page.evaluate("location.hash = '#bo/approvals'")
    expect(page.get_by_test_id("persona-bo")).to_have_attribute("aria-checked", "true")
    expect(page.get_by_test_id("channel-approvals")).to_have_attribute("aria-current", "page")


def test_the_box_to_write_in_is_whole_after_the_home_tab(page: Page) -> None:
    page.get_by_test_id("app-home").click()
    page.get_by_test_id("persona-bo").click()
    page.get_by_test_id("tab-messages").click()
    box = page.get_by_test_id("composer").bounding_box()
    assert box is not None
    assert box["height"] > 20


def test_a_dialog_that_is_closed_stays_closed(page: Page) -> None:
    run(page, "/coupon push")
    expect(page.get_by_test_id("modal")).to_be_visible()
    page.evaluate("""() => {
      window.opened = 0;
      const root = document.getElementById('modal-root');
      new MutationObserver(() => { window.opened += root.childElementCount; })
        .observe(root, { childList: true });
    }""")
    for _ in range(5):
        with page.expect_response("**/_/close"):
            page.keyboard.press("Escape")
        expect(page.get_by_test_id("modal")).to_have_count(0)
        expect(page.get_by_test_id("composer")).to_be_focused()
        run(page, "/coupon push")
        expect(page.get_by_test_id("modal")).to_be_visible()
    assert page.evaluate("window.opened") == 5
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("modal")).to_have_count(0)


def test_escape_closes_the_panel_of_calls(page: Page) -> None:
    panel, toggle = page.get_by_test_id("calls-panel"), page.get_by_test_id("calls-toggle")
    expect(panel).to_be_visible()
    page.get_by_test_id("calls-close").focus()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(toggle).to_be_focused()
