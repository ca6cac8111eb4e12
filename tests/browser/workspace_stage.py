"""The stage of the browser tests: the real sandbox, and a small app behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page, expect
from slack_bolt import App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.slack.app import create
from sandbox.slack.world import Timing
from tests.servers import serving

SECRET = "a secret of the tests"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CAMPAIGNS = ["Summer sale", "Summer nights", "Winter sale", "Été à la plage"]
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Vouchdesk"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "vouchdesk"},
        "slash_commands": [
            {
                "command": "/coupon",
                "description": "Coupons, pushes and codes",
                "usage_hint": "[push | help]",
                "should_escape": True,
            },
            {"command": "/couponstop", "description": "Stop everything outgoing"},
        ],
        "shortcuts": [
            {
                "name": "New campaign",
                "type": "global",
                "callback_id": "new_campaign",
                "description": "Start one",
            },
            {
                "name": "Find this coupon",
                "type": "message",
                "callback_id": "find_coupon",
                "description": "Look it up",
            },
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "files:write", "users:read"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.capitalize()), "value": value}


def field_of(block: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block, "label": plain(label), "element": element, **more}


def push_form(segment: bool = False) -> dict[str, Any]:
    """A modal with one field of most kinds; the audience decides about one of them."""
    picker = {"type": "external_select", "action_id": "campaign_pick", "min_query_length": 2}
    title = {"type": "plain_text_input", "action_id": "text", "max_length": 30}
    body = {"type": "plain_text_input", "action_id": "text", "multiline": True}
    who = {
        "type": "radio_buttons",
        "action_id": "audience_pick",
        "options": [option("all"), option("segment")],
        "initial_option": option("all"),
    }
    kind = {
        "type": "static_select",
        "action_id": "kind",
        "options": [option("vip"), option("new")],
    }
    blocks = [
        field_of("campaign", "Campaign", picker),
        field_of("title", "Title", title),
        field_of("body", "Message", body, optional=True),
        field_of("audience", "Audience", who, dispatch_action=True),
        *([field_of("segment", "Segment", kind)] if segment else []),
        field_of("when", "When", {"type": "datetimepicker", "action_id": "at"}, optional=True),
    ]
    return {
        "type": "modal",
        "callback_id": "push",
        "title": plain("Send a push"),
        "submit": plain("Ask"),
        "close": plain("Cancel"),
        "blocks": blocks,
    }


def card(state: str) -> list[dict[str, Any]]:
    """A request that waits, or one that was decided."""
    sure = {
        "title": plain("Reject it?"),
        "text": marked("Ana will be *told*."),
        "confirm": plain("Reject"),
        "deny": plain("Keep"),
        "style": "danger",
    }
    approve = {
        "type": "button",
        "action_id": "approve",
        "text": plain("Approve"),
        "style": "primary",
        "value": "R-7",
    }
    reject = {
        "type": "button",
        "action_id": "reject",
        "text": plain("Reject"),
        "style": "danger",
        "value": "R-7",
        "confirm": sure,
    }
    blocks: list[dict[str, Any]] = [
        {"type": "header", "block_id": "head", "text": plain("Push to everybody")},
        {"type": "section", "block_id": "what", "text": marked(state)},
    ]
    if "waits" in state:
        buttons = [approve, reject]
        blocks.append({"type": "actions", "block_id": "decide", "elements": buttons})
    return blocks


@dataclass
class World:
    """The sandbox, the app behind it, and what reached the app."""

    url: str = ""
    heard: list[tuple[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)

    @property
    def client(self) -> WebClient:
        return WebClient(token="xoxb-sandbox", base_url=f"{self.url}/api/")

    def asked(self) -> str:
        """Put a request that waits into #approvals."""
        answer = self.client.chat_postMessage(
            channel="C0APPROVALS", text="A push waits", blocks=card("It *waits* for two approvals.")
        )
        return str(answer["ts"])


def small_app(world: World) -> App:
    """The app behind the page: a command, a form, a card, a home tab, a shortcut."""
    client, name = world.client, "small"
    app = App(client=client, signing_secret=SECRET, token_verification_enabled=False, name=name)
    for part in (commands, form, form_changes, decisions, places):
        part(app, world)
    return app


def commands(app: App, world: World) -> None:
    @app.command("/coupon")
    def coupon(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        world.heard.append(("command", body["text"]))
        if body["text"] == "slow":
            return
        ack("You asked for help." if body["text"] == "help" else "")
        if body["text"] == "push":
            client.views_open(trigger_id=body["trigger_id"], view=push_form())


def form(app: App, world: World) -> None:
    @app.options("campaign_pick")
    def campaigns(ack: Any, payload: dict[str, Any]) -> None:
        world.heard.append(("options", payload["value"]))
        found = [name for name in CAMPAIGNS if payload["value"].lower() in name.lower()]
        ack(options=[{"text": plain(name), "value": name} for name in found])

    @app.view("push")
    def push(ack: Any, view: dict[str, Any], client: WebClient) -> None:
        values = view["state"]["values"]
        title = values["title"]["text"]["value"]
        if title.endswith("!!"):
            ack(response_action="errors", errors={"title": "One exclamation mark is enough."})
            return
        world.heard.append(("push", values))
        ack()
        client.chat_postMessage(channel="C0APPROVALS", text=title, blocks=card("It waits."))


def form_changes(app: App, world: World) -> None:
    @app.action("audience_pick")
    def audience(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        view = body["view"]
        world.heard.append(("typed", view["state"]["values"]["title"]["text"]["value"]))
        ack()
        segment = body["actions"][0]["selected_option"]["value"] == "segment"
        client.views_update(view_id=view["id"], view=push_form(segment))


def decisions(app: App, world: World) -> None:
    @app.action("approve")
    def approve(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        place = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        who = body["user"]["id"]
        client.chat_update(**place, text="Approved", blocks=card(f"Approved by <@{who}>."))

    @app.action("reject")
    def reject(ack: Any, body: dict[str, Any]) -> None:
        world.heard.append(("reject", body["user"]["id"]))
        ack()


def places(app: App, _: World) -> None:
    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        blocks = [{"type": "header", "text": plain(f"Good morning {event['user']}")}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.shortcut("find_coupon")
    def find(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        ack()
        respond(f"Looking for {body['message']['text']}")


@contextmanager
def running() -> Iterator[World]:
    """Two servers on loopback: the app with Coupontools' list of calls, and the sandbox."""
    world = World()
    handler: list[SlackRequestHandler] = []

    async def events(request: Request) -> Response:
        return await handler[0].handle(request)

    async def calls(_: Request) -> Response:
        return JSONResponse(world.calls)

    routes = [Route("/slack/events", events, methods=["POST"]), Route("/_/calls", calls)]
    with serving(Starlette(routes=routes)) as bot:
        address, brief = f"{bot}/slack/events", Timing(answer=2.0)
        sandbox = create(address, SECRET, MANIFEST, bot, rate_limits=False, timing=brief)
        with serving(sandbox) as world.url:
            handler.append(SlackRequestHandler(small_app(world)))
            yield world


@contextmanager
def opened(window: Page, world: World) -> Iterator[Page]:
    """The page as Ana opens it in #marketing; it must not complain on its console."""
    complaints: list[str] = []

    def heard(line: ConsoleMessage) -> None:
        if line.type == "error":
            complaints.append(line.text)

    def thrown(error: Error) -> None:
        complaints.append(str(error))

    window.set_viewport_size({"width": 1280, "height": 800})
    window.emulate_media(color_scheme="light", reduced_motion="reduce")
    window.goto("about:blank")
    window.request.post(f"{world.url}/_/reset", data={})
    window.on("console", heard)
    window.on("pageerror", thrown)
    window.goto(f"{world.url}/#ana/marketing")
    expect(window.get_by_test_id("composer")).to_be_focused()
    yield window
    window.evaluate("localStorage.clear()")
    window.remove_listener("console", heard)
    window.remove_listener("pageerror", thrown)
    assert complaints == []
