"""`vouchdesk demo --check`: plays the main job through as two people, and says how it went."""

import csv
import io
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.app import Bot
from store import queries

PATIENCE = 30.0
TEMPLATE, CAMPAIGN = "cam_100001", "cam_123456"
CONTENT = {"issuer": "Stone Bakery", "title": "10% off", "discount_value": "10"}
LOOK = {"background_color": "#FFFFFF", "button_color": "#1F4E3D", "amount_limitation": "500"}
TRAIL = ["asked", "waiting", "declined", "granted", "ready", "spent", "running", "done"]

Given = dict[str, Any]


class Failed(Exception):
    """Something is not as it has to be."""


@dataclass
class Stage:
    """The two sandboxes and the bot, as seen from outside."""

    slack: str
    api: str
    http: httpx.Client
    checks: list[Given] = field(default_factory=list)

    def does(self, act: str, **wish: Any) -> Given:
        answer: Given = self.http.post(f"{self.slack}/_/{act}", json=wish).json()
        if not answer.get("ok"):
            raise Failed(f"{act}: {answer.get('error')}")
        return answer

    def submits(self, user: str, values: Mapping[str, Any]) -> Given:
        answer = self.does("submit", user=user, values=dict(values))
        if answer.get("errors"):
            raise Failed(f"the form says: {answer['errors']}")
        return answer

    def shows(self, user: str, block: str) -> None:
        """Wait until the open form of that person asks for it."""

        def asked() -> bool:
            mine = [v for v in self.slack_state()["views"] if v["user"] == f"U0{user.upper()}"]
            return bool(mine) and any(b["block_id"] == block for b in mine[-1]["blocks"])

        self.until(f"a form that asks for {block}", asked)

    def presses(self, user: str, card: Given, verb: str) -> Given:
        """A button of a card in the approvers' channel."""
        return self.does("press", user=user, channel="approvals", ts=card["ts"], action_id=verb)

    def pushes(self) -> list[Given]:
        pushed: list[Given] = self.http.get(f"{self.api}/_/state").json()["pushes"]
        return pushed

    def slack_state(self) -> Given:
        state: Given = self.http.get(f"{self.slack}/_/state").json()
        return state

    def creates(self) -> list[Given]:
        calls = self.http.get(f"{self.api}/_/calls").json()
        return [call["body"] for call in calls if call["path"] == "/v3/coupon/create"]

    def card(self) -> Given:
        """The newest card in the approvers' channel."""
        cards = [
            message
            for message in self.slack_state()["messages"]
            if message["channel"] == "C0APPROVALS" and not message.get("thread_ts")
        ]
        return cards[-1] if cards else {}

    def until(self, what: str, true: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := true():
                return found
            time.sleep(0.1)
        raise Failed(f"not within {PATIENCE:.0f} s: {what}")

    def check(self, name: str, true: Any, detail: str = "") -> None:
        self.checks.append(
            {"check": name, "ok": bool(true)} | ({"detail": detail} if detail else {})
        )
        if not true:
            raise Failed(f"{name} {detail}".strip())


def rehearse(bot: Bot, slack: str, api: str) -> int:
    """Play it; prints one JSON object, gives the exit code."""
    began, problem = time.monotonic(), ""
    with httpx.Client(timeout=60) as http:
        stage = Stage(slack, api, http)
        try:
            campaign(stage, bot)
            launch(stage)
            codes(stage)
            push(stage)
        except (Failed, httpx.HTTPError, KeyError, IndexError) as error:
            problem = f"{type(error).__name__}: {error}"
    told = {
        "ok": not problem,
        "checks": stage.checks,
        "seconds": round(time.monotonic() - began, 1),
    } | ({"problem": problem} if problem else {})
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return 1 if problem else 0


def fill_campaign(stage: Stage, name: str, when: Mapping[str, Any]) -> None:
    """As Ana, the form page by page."""
    text = f"campaign create template={TEMPLATE}"
    stage.does("command", user="ana", channel="marketing", command="/coupon", text=text)
    stage.shows("ana", "name")
    stage.submits("ana", {"name": name})
    stage.submits("ana", CONTENT)
    stage.does("press", user="ana", action_id="kind", block_id="expiry_date_kind", value="flexible")
    stage.shows("ana", "expiry_date")
    stage.submits("ana", {"expiry_date": "1month"})
    if when:
        stage.does("press", user="ana", action_id="when", value="at")
        stage.shows("ana", "when_at")
    stage.submits("ana", {**LOOK, **when})


def waiting_card(stage: Stage, text: str) -> Given:
    """The card of the request about `text`, once it can be decided."""

    def ready() -> Given | None:
        card = stage.card()
        shown = json.dumps(card, ensure_ascii=False)
        return card if text in shown and '"approve' in shown else None

    found: Given = stage.until(f"a card about {text}", ready)
    return found


def approve(stage: Stage, user: str, card: Given) -> Given:
    return stage.presses(user, card, "approve")


def campaign(stage: Stage, bot: Bot) -> None:
    """Asked by Ana, who may not approve it; approved by Bo; made once, exactly as approved."""
    name = "Rehearsal voucher"
    fill_campaign(stage, name, {})
    card = waiting_card(stage, name)
    approve(stage, "ana", card)
    told = stage.until("Ana is refused", lambda: whispered(stage, "U0ANA", "You asked for this"))
    stage.check("Ana cannot approve what she asked for", told)
    stage.check("nothing was sent before approval", stage.creates() == [])
    approve(stage, "bo", card)
    stage.until("the campaign is made", lambda: done(stage, card))
    wanted: Given = {"template": TEMPLATE, "name": name, **CONTENT, **LOOK, "expiry_date": "1month"}
    wanted |= {"amount_limitation": 500}
    stage.check("Coupontools received one create", len(stage.creates()) == 1)
    received = stage.creates()[0]
    stage.check("with exactly the approved parameters", received == wanted, str(received))
    stage.check("the card says done", done(stage, card))
    with bot.office.store.look() as tx:
        asked = queries.requests_of(tx, "U0ANA")[0]
        trail = [entry.kind for entry in queries.audit_of(tx, asked.id)]
    stage.check("the record has every move", trail == TRAIL, " · ".join(trail))


def launch(stage: Stage) -> None:
    """Asked for three seconds from now; fires then, and once."""
    name, at = "Scheduled voucher", int(time.time()) + 3
    fill_campaign(stage, name, {"when_at": at})
    card = waiting_card(stage, name)
    approve(stage, "bo", card)
    stage.until("the launch fires", lambda: len(stage.creates()) == 2)
    stage.check("the launch did not fire early", time.time() >= at)
    stage.until("the launch is done", lambda: done(stage, card))
    time.sleep(2)
    stage.check("the launch fired once", len(stage.creates()) == 2)


def codes(stage: Stage) -> None:
    """A thousand single-use URLs, as a CSV in Ana's thread."""
    text = f"{CAMPAIGN} 1000"
    stage.does("command", user="ana", channel="marketing", command="/coupon-codes", text=text)
    stage.shows("ana", "amount")
    stage.submits("ana", {})
    card = waiting_card(stage, "1,000 single-use URLs")
    approve(stage, "bo", card)
    files = stage.until("the file arrives", lambda: stage.slack_state()["files"])
    stage.check("the file is in a thread", files[-1].get("thread_ts"))
    content = stage.http.get(files[-1]["url_private"]).text
    urls = [row["url"] for row in csv.DictReader(io.StringIO(content))]
    stage.check("1,000 distinct URLs", len(urls) == len(set(urls)) == 1000, f"{len(urls)} rows")


def push(stage: Stage) -> None:
    """To everybody: two type how many it reaches; it is stopped in its brake, and let go again."""
    text = f"{CAMPAIGN} message=Rehearsal"
    stage.does("command", user="ana", channel="marketing", command="/coupon-push", text=text)
    stage.shows("ana", "message")
    stage.submits("ana", {})
    card = waiting_card(stage, "Reaches 812 people")
    stage.presses("bo", card, "approve_with")
    stage.shows("bo", "reached")
    wrong = stage.does("submit", user="bo", values={"reached": "811"})
    stage.check("a wrong number approves nothing", "reached" in (wrong.get("errors") or {}))
    stage.submits("bo", {"reached": "812"})
    stage.until("one has agreed", lambda: says(stage, card, "1 of 2 agreed"))
    stage.presses("cy", card, "approve_with")
    stage.shows("cy", "reached")
    stage.submits("cy", {"reached": "812"})
    stage.until("the brake is on", lambda: says(stage, card, "Goes out in"))
    stage.presses("ana", card, "stop")
    stage.until("it is stopped", lambda: says(stage, card, "Stopped by Ana"))
    time.sleep(4)  # longer than its brake
    stage.check("nothing goes out once it is stopped", stage.pushes() == [])
    stage.presses("bo", card, "resume")
    stage.until("the push is sent", lambda: done(stage, card))
    sent = [(push["campaign"], push["message"]) for push in stage.pushes()]
    stage.check("the push went out once", sent == [(CAMPAIGN, "Rehearsal")], str(sent))


def whispered(stage: Stage, user: str, words: str) -> bool:
    return any(
        whisper["user"] == user and words in whisper["text"]
        for whisper in stage.slack_state()["ephemerals"]
    )


def done(stage: Stage, card: Given) -> bool:
    """Whether that card, edited in place, says that it is done."""
    return says(stage, card, "*Done*")


def says(stage: Stage, card: Given, words: str) -> bool:
    """Whether that card says so by now."""
    now = next(m for m in stage.slack_state()["messages"] if m["ts"] == card["ts"])
    return words in json.dumps(now["blocks"], ensure_ascii=False)
