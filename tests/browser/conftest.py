"""One browser for all stories that are told through it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.demo import POLICY
from tests.browser.workspace_stage import SWITCHES
from tests.world import Api, Slack, World, settings_for


@pytest.fixture(scope="package")
def browser(sqlite_model: Path) -> Iterator[Browser]:
    """Closed with the last test of this folder: while it is open, this thread has a loop."""
    assert sqlite_model.exists()  # made before, for the same reason
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """A window that tests of the page alone use one after another."""
    window = browser.new_page()
    window.set_default_timeout(8000)
    yield window
    window.close()


@pytest.fixture
def world(
    slack_server: str, api_server: str, http: httpx.Client, front: Any, database: str
) -> Iterator[World]:
    """The bot under the demo's rules, on a thread of its own: the engine wants none with a loop."""
    api, chat = Api(api_server, http), Slack(slack_server, http)
    api.reset()
    chat.does("reset")
    settings = settings_for(slack_server, api_server, database, vouchdesk_policy=POLICY)
    made = World(chat, api, settings, front[0])
    with ThreadPoolExecutor(1) as beside:
        beside.submit(made.starts).result()
        yield made
        beside.submit(made.stops).result()
