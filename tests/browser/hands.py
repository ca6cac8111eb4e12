"""What people do on the workspace page, for stories that go through a real browser."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, expect

from tests.world import World

PICTURES = Path(__file__).parent.parent.parent / "artifacts"
SOON = 15_000  # milliseconds: work is done beside the page


@contextmanager
def at_work(browser: Browser, world: World) -> Iterator[Page]:
    """The page before a bot that beats by itself; it must not complain on its console."""
    complaints: list[str] = []

    def heard(line: ConsoleMessage) -> None:
        if line.type == "error":
            complaints.append(line.text)

    def thrown(error: Error) -> None:
        complaints.append(str(error))

    world.bot.clock.start()
    page = browser.new_page(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page.on("console", heard)
    page.on("pageerror", thrown)
    page.goto(f"{world.slack.url}/")
    try:
        yield page
    finally:
        page.close()
        world.bot.clock.stop()
    assert complaints == []


def picture(page: Page, name: str) -> None:
    """What the page looks like now, by day and by night, to be looked at by people."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=PICTURES / f"{name}-dark.png", animations="disabled")
    page.emulate_media(color_scheme="light")


def go(page: Page, person: str, channel: str) -> None:
    page.get_by_test_id(f"persona-{person}").click()
    page.get_by_test_id(f"channel-{channel}").click()


def own_messages(page: Page, person: str) -> None:
    """Their direct messages with the app."""
    page.get_by_test_id(f"persona-{person}").click()
    page.get_by_test_id("app-messages").click()
    page.get_by_test_id("tab-messages").click()


def modal(page: Page) -> Locator:
    return page.get_by_test_id("modal")


def type_command(page: Page, text: str) -> None:
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("composer").press("Enter")
    expect(modal(page)).to_be_visible()


def field(page: Page, name: str, value: str, *, kind: str = "input, textarea") -> None:
    page.get_by_test_id(f"field-{name}").locator(kind).first.fill(value)


def ask(page: Page) -> None:
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_have_count(0)


def card(page: Page, text: str) -> Locator:
    return page.locator("#log").get_by_test_id("message").filter(has_text=text)


def press_approve(page: Page, text: str) -> None:
    card(page, text).get_by_test_id("button-approve").click()


def is_done(page: Page) -> None:
    says_done = page.locator("#log").get_by_text("Done", exact=True)
    expect(says_done.first).to_be_visible(timeout=SOON)


def thread_file(page: Page, text: str) -> Locator:
    """The file in the thread under the message that says this."""
    card(page, text).get_by_test_id("thread-link").click(timeout=SOON)
    link = page.get_by_test_id("thread-panel").locator("[data-testid^=file-]").first
    expect(link).to_be_visible(timeout=SOON)
    return link


def downloaded(page: Page, link: Locator, folder: Path) -> list[dict[str, str]]:
    """The rows of a CSV file that is offered on the page."""
    with page.expect_download() as download:
        link.get_by_role("link").click()
    download.value.save_as(folder / "saved.csv")
    with (folder / "saved.csv").open(newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]
