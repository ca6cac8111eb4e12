"""The world of a test: a bot, a Slack, a Coupontools, and people who use them."""

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import col, select

from bot.app import Bot, build
from bot.settings import Settings
from bot.watching import Threads
from store.tables import Consent, Operation, Progress, Request

SIGNING_SECRET = "sandbox-signing-secret"
TOKEN = "xoxb-sandbox"
KEY = "0" * 43 + "="
POLICY = Path(__file__).parent / "policy.yml"
"""The built-in rules without brake and quiet hours: stories about those name their own."""
PATIENCE = 60.0


class Workers(Threads):
    """Bolt's listener threads, which can be waited for."""

    def __init__(self) -> None:
        super().__init__(16, "listener")

    def rest(self) -> None:
        """Wait until no listener is at work."""
        deadline = time.monotonic() + PATIENCE
        while self.at_work:
            assert time.monotonic() < deadline, "a listener hangs"
            time.sleep(0.002)


@dataclass
class Api:
    """The Coupontools sandbox, asked over its control API."""

    url: str
    http: httpx.Client

    def reset(self, **size: Any) -> None:
        self.http.post(f"{self.url}/_/reset", json=size).raise_for_status()

    def fails(self, path: str, times: int = 1, **how: Any) -> None:
        wish = {"path": path, "times": times, **how}
        self.http.post(f"{self.url}/_/faults", json=wish).raise_for_status()

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.http.get(f"{self.url}/_/state").json())

    def calls(self, path: str = "") -> list[dict[str, Any]]:
        found = self.http.get(f"{self.url}/_/calls").json()
        return [call for call in found if path in call["path"]]

    @property
    def pushed(self) -> list[dict[str, str]]:
        pushes = self.state["pushes"]
        return [{"campaign": push["campaign"], "message": push["message"]} for push in pushes]

    @property
    def created(self) -> list[dict[str, Any]]:
        return list(self.state["created"])


@dataclass
class Slack:
    """The Slack sandbox, asked over its control API."""

    url: str
    http: httpx.Client

    def does(self, act: str, **wish: Any) -> dict[str, Any]:
        answer = self.http.post(f"{self.url}/_/{act}", json=wish)
        return dict(answer.json())

    def fails(self, method: str, times: int = 1, **how: Any) -> None:
        self.does("faults", method=method, times=times, **how)

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.http.get(f"{self.url}/_/state").json())

    @property
    def deliveries(self) -> list[dict[str, Any]]:
        return list(self.http.get(f"{self.url}/_/deliveries").json())

    def messages(self, channel: str) -> list[dict[str, Any]]:
        named = {room["name"]: room["id"] for room in self.state["channels"]}
        wanted = named.get(channel, channel)
        return [message for message in self.state["messages"] if message["channel"] == wanted]

    def card(self, channel: str = "approvals") -> dict[str, Any]:
        """The newest card of a channel: no reply."""
        return [m for m in self.messages(channel) if not m.get("thread_ts")][-1]

    def file(self, id: str) -> bytes:
        file = next(file for file in self.state["files"] if file["id"] == id)
        return self.http.get(file["url_private"]).content


@dataclass
class Human:
    """Somebody at the workspace."""

    name: str
    world: "World"
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"U0{self.name.upper()}"

    @property
    def dm(self) -> str:
        return f"D0{self.name.upper()}"

    def types(self, text: str, channel: str = "marketing") -> "Human":
        command, _, rest = text.partition(" ")
        return self._does("command", channel=channel, command=command, text=rest)

    def fills(self, **values: Any) -> "Human":
        """Enter values, one after the other; a picker is searched first."""
        for block_id, value in values.items():
            element = self.block(block_id)["element"]
            if element["type"] == "external_select" and value is not None:
                offered = self.offered(block_id, str(value))
                assert str(value) in offered, f"{value} is not among {offered[:5]}"
            where = {"view_id": self.view["id"], "block_id": block_id}
            self._does("press", **where, action_id=element["action_id"], value=value)
            assert self.answer.get("ok"), f"{block_id}: {self.answer}"
        return self

    def submits(self, **values: Any) -> "Human":
        return self.fills(**values)._does("submit", values={})

    def block(self, block_id: str) -> dict[str, Any]:
        """A block of the open modal."""
        found = [b for b in self.view["blocks"] if b.get("block_id") == block_id]
        assert found, f"no {block_id} among {[b.get('block_id') for b in self.view['blocks']]}"
        return dict(found[0])

    @property
    def filled(self) -> dict[str, Any]:
        """What the open modal holds now, by block."""
        held: dict[str, Any] = {}
        for block_id, states in self.view["state"]["values"].items():
            for state in states.values():
                slot = next(name for name in state if name not in ("type", "timezone"))
                value = state[slot]
                held[block_id] = value["value"] if isinstance(value, dict) else value
        return held

    def offered(self, block_id: str, query: str) -> list[str]:
        """The values a picker offers for what is typed."""
        block = self.block(block_id)
        answer = self.world.slack.does(
            "options",
            user=self.name,
            view_id=self.view["id"],
            block_id=block_id,
            action_id=block["element"]["action_id"],
            query=query,
        )
        assert answer["ok"], answer
        return [option["value"] for option in answer["options"]]

    def presses(self, action: str, **where: Any) -> "Human":
        return self._does("press", action_id=action, **where)

    def at_card(self, action: str, channel: str = "approvals", **where: Any) -> "Human":
        """Press on the newest card of a channel."""
        return self.presses(
            action, ts=self.world.slack.card(channel)["ts"], channel=channel, **where
        )

    def at_own_card(self, action: str, **where: Any) -> "Human":
        """Press on the newest card in the direct messages."""
        return self.at_card(action, self.dm, **where)

    def approves(self, reached: str = "", channel: str = "approvals", **said: str) -> "Human":
        """Approve the newest card; for a blast, type how many it reaches."""
        card = self.world.slack.card(channel)
        if '"approve"' in json.dumps(card) and not said:
            return self.at_card("approve", channel)
        self.at_card("approve_with", channel)
        if self.answer.get("ok") and self.has_modal and "callback_id" in self.view:
            asks = any(block.get("block_id") == "reached" for block in self.view["blocks"])
            reach = self.world.request().reach
            number = reached or ("unknown" if reach is None else str(reach))
            return self.submits(**({"reached": number} if asks else {}), **said)
        return self

    def opens_home(self) -> "Human":
        return self._does("home")

    @property
    def errors(self) -> dict[str, str]:
        return dict(self.answer.get("errors") or {})

    @property
    def view(self) -> dict[str, Any]:
        mine = [view for view in self.world.slack.state["views"] if view["user"] == self.id]
        assert mine, f"{self.name} has no modal open: {self.answer}"
        return dict(mine[-1])

    @property
    def home(self) -> str:
        """All text of the home tab, as it was drawn last."""
        return words_of(self.world.slack.state["homes"][self.id])

    @property
    def has_modal(self) -> bool:
        return any(view["user"] == self.id for view in self.world.slack.state["views"])

    @property
    def sees(self) -> str:
        """All that this person alone is shown: whispers, direct messages, the open modal, home."""
        state = self.world.slack.state
        mine = [e for e in state["ephemerals"] if e["user"] == self.id]
        mine += [m for m in state["messages"] if m["channel"] == self.dm]
        mine += [v for v in state["views"] if v["user"] == self.id]
        return words_of([mine, state["homes"].get(self.id)])

    def was_told(self, text: str) -> bool:
        return text in self.sees

    def _does(self, act: str, **wish: Any) -> "Human":
        self.answer = self.world.slack.does(act, user=self.name, **wish)
        self.world.workers.rest()
        return self


def words_of(shown: Any) -> str:
    """All text in something shown."""
    if isinstance(shown, dict):
        return "\n".join(words_of(value) for value in shown.values())
    if isinstance(shown, list):
        return "\n".join(words_of(value) for value in shown)
    return shown if isinstance(shown, str) else ""


@dataclass
class World:
    """Everything, with a clock that can be put forward."""

    slack: Slack
    api: Api
    settings: Settings
    front: Any
    bot: Bot = field(init=False)
    workers: Workers = field(init=False)
    shift: timedelta = timedelta()
    is_up: bool = False
    rules_at: Path = POLICY
    forgiven: set[str] = field(default_factory=set)
    """Failures of deliveries that the story asked for."""

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def later(self, **ahead: float) -> None:
        self.shift += timedelta(**ahead)

    def person(self, name: str) -> Human:
        return Human(name, self)

    def starts(self, **how: Any) -> None:
        """Start the bot on the database as it is."""
        self.workers = Workers()
        self.bot = build(self.settings, self.now, listener_threads=self.workers, poll=0.02, **how)
        self.bot.start(beat=False)
        self.front.app, self.is_up = self.bot.http, True

    def stops(self) -> None:
        """Stop it, as at a deploy."""
        if self.is_up:
            self.front.app, self.is_up = None, False
            self.workers.rest()
            self.bot.stop(beat=False)
            self.workers.shutdown()

    def starts_with(self, **settings: Any) -> None:
        """Start it again, with other settings."""
        self.stops()
        self.settings = self.settings.model_copy(update=settings)
        self.starts()

    def under(self, rules: str) -> None:
        """Start it again under these rules."""
        self.rules_at = Path(tempfile.mkdtemp()) / "policy.yml"
        self.rules_at.write_text(rules)
        self.starts_with(vouchdesk_policy=self.rules_at)

    def passes(self, **ahead: float) -> None:
        """Let time pass, and everything happen that is due by then."""
        self.later(**ahead)
        self.tick()

    def tick(self) -> None:
        """Let everything happen that is to happen now."""
        self.workers.rest()
        for job in ("review", "prepare", "escalate", "mint", "release"):
            self.bot.jobs[job][0]()
        self.settles()
        self.bot.jobs["announce"][0]()
        self.bot.jobs["steps"][0]()

    def settles(self) -> None:
        """Wait until no operation is at work."""
        self.until(lambda: not self.operations(Progress.READY, Progress.RUNNING), "operations rest")

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait for something that happens by itself."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, f"never: {what}"
            time.sleep(0.01)

    def operations(self, *states: Progress) -> list[Operation]:
        with self.bot.office.store.look() as tx:
            asked = select(Operation).order_by(col(Operation.due))
            if states:
                asked = asked.where(col(Operation.state).in_(states))
            return list(tx.exec(asked).all())

    def requests(self) -> list[Request]:
        with self.bot.office.store.look() as tx:
            return list(tx.exec(select(Request).order_by(col(Request.asked_at))).all())

    def request(self) -> Request:
        """The newest."""
        return self.requests()[-1]

    def trail(self, request: str) -> list[tuple[str, str]]:
        """Kind and actor of each line of the record about a request."""
        from store import queries

        with self.bot.office.store.look() as tx:
            return [(entry.kind, entry.actor) for entry in queries.audit_of(tx, request)]

    def is_granted(self) -> bool:
        return self.request().state in (Consent.GRANTED, Consent.SPENT)


def settings_for(slack: str, api: str, database: str, **more: Any) -> Settings:
    """Settings of a bot between the two sandboxes."""
    given: Mapping[str, Any] = {
        "slack_bot_token": TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_url": f"{slack}/api/",
        "coupontools_url": api,
        "coupontools_client_id": "sandbox-id",
        "coupontools_client_secret": "sandbox-secret",
        "database_url": database,
        "vouchdesk_secret_key": KEY,
        "vouchdesk_approvals_channel": "C0APPROVALS",
        "vouchdesk_audit_channel": "C0AUDIT",
        "vouchdesk_timezone": "Europe/Brussels",
        "vouchdesk_policy": POLICY,
    }
    return Settings(_env_file=None, **{**given, **more})
