"""A workspace, a small real bot and a person, for the stories of the Slack sandbox."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import uvicorn
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.slack.app import create

SECRET = "signing-secret"
MANIFEST = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [
            {"command": "/coupon", "description": "Coupons", "should_escape": True},
        ],
        "shortcuts": [{"name": "Note", "type": "message", "callback_id": "note"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": "entry", **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id)} | {
        "element": element,
        **more,
    }


def button(action_id: str, value: str = "1", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "value": value, "text": plain("Go")} | more


def row(*elements: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    shell = {"type": "modal", "title": plain("Form"), "submit": plain("Send")}
    return {**shell, "callback_id": "form", "blocks": list(blocks), **more}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class Scene:
    """The workspace as its people see it, and the Web API as the bot sees it."""

    def __init__(self, url: str, app: Starlette) -> None:
        self.url = url
        self.sandbox = app.state.sandbox
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False)
        self.web = WebClient("xoxb-sandbox", base_url=f"{url}/api/")

    def does(self, act: str, **wish: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.http.post(f"/_/{act}", json=wish).json()
        return found

    def get(self, what: str) -> Any:
        return self.http.get(f"/_/{what}").json()

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("state")
        return found

    def trigger(self, user: str = "U0ANA", view_id: str | None = None) -> str:
        """A trigger id as if the person had just done something."""
        with self.sandbox.world.lock:
            name: str = self.sandbox.world.issue_trigger(user, "C0MARKETING", view_id)
            return name


@contextmanager
def workspace(bot: str | None = None, **options: Any) -> Iterator[Scene]:
    app = create(bot, SECRET, **options)
    with serving(app) as url:
        scene = Scene(url, app)
        with scene.http:
            yield scene


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    while not happened():
        time.sleep(0.005)


def bolt(api: str) -> App:
    return App(
        signing_secret=SECRET,
        client=WebClient("xoxb-sandbox", base_url=f"{api}/api/"),
        process_before_response=True,
        token_verification_enabled=False,
    )


def mounted(find: Any) -> Starlette:
    """A Bolt app behind /slack/events, each request on a thread of its own."""

    async def events(request: Request) -> Response:
        body = (await request.body()).decode()
        headers: Any = dict(request.headers)
        answer = await run_in_threadpool(find().dispatch, BoltRequest(body=body, headers=headers))
        return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


@contextmanager
def stage(manifest: Any = MANIFEST) -> Iterator[tuple[Scene, SimpleNamespace]]:
    """One workspace, and one address for whatever bot `.app` holds at the time."""
    holder = SimpleNamespace(app=None)
    with (
        serving(mounted(lambda: holder.app)) as bot_url,
        workspace(f"{bot_url}/slack/events", manifest=manifest, rate_limits=False) as scene,
    ):
        yield scene, holder


def opening(bot: App, view: dict[str, Any]) -> None:
    """Let /coupon open a view before it acknowledges."""

    @bot.command("/coupon")
    def opens(ack, body, client):
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()


def types(scene: Scene, text: str = "", user: str = "ana") -> dict[str, Any]:
    return scene.does("command", user=user, channel="marketing", command="/coupon", text=text)


def test_the_command_line_says_where_it_listens_and_serves_the_page():
    command = [sys.executable, "-m", "sandbox.slack", "--port", "0", "--signing-secret", "s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on http://127.0.0.1:")
            url = line.removeprefix("listening on ").strip()
            state = httpx.get(f"{url}/_/state", trust_env=False).json()
            assert [user["name"] for user in state["users"]] == [
                "ana",
                "bo",
                "cy",
                "gil",
                "vouchdesk",
            ]
            assert httpx.get(f"{url}/_/deliveries", trust_env=False).json() == []
        finally:
            process.terminate()
            process.wait()
