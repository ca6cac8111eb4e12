"""Links in the Slack sandbox: who shares one, and which cards it takes."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from test_sandbox_slack_scene import MANIFEST, Scene, bolt, section, stage

from sandbox.slack.manifest import check

URL = "https://links.example.test/p/abc123"
SHARING: dict[str, Any] = {
    "features": {**MANIFEST["features"], "unfurl_domains": ["example.test"]},
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "links:read", "links:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["link_shared"]}},
}


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Scene, SimpleNamespace]]:
    with stage(SHARING) as running:
        yield running


@pytest.fixture
def scene(running: tuple[Scene, SimpleNamespace]) -> Scene:
    running[0].does("reset")
    return running[0]


@pytest.fixture
def events(scene: Scene, running: tuple[Scene, SimpleNamespace]) -> list[dict[str, Any]]:
    """What a bot of this story's own is told."""
    told: list[dict[str, Any]] = []
    running[1].app = bolt(scene.url)
    running[1].app.event("link_shared")(lambda event: told.append(event))
    return told


def shares(scene: Scene, events: list[dict[str, Any]], text: str = f"See {URL}.") -> dict[str, Any]:
    scene.does("say", user="ana", channel="marketing", text=text)
    return events[-1]


def refused(scene: Scene, **how: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        scene.web.api_call("chat.unfurl", json=how)
    return str(caught.value.response["error"])


def test_a_link_on_a_domain_of_the_app_makes_an_event(scene, events):
    event = shares(scene, events, f"See <{URL}|this>, {URL} and https://elsewhere.test/x")
    assert event["links"] == [{"domain": "example.test", "url": URL}]
    assert (event["source"], event["channel"]) == ("conversations_history", "C0MARKETING")
    assert event["is_bot_user_member"]
    scene.does("say", user="ana", channel="marketing", text="https://notexample.test/")
    assert len(events) == 1


def test_a_card_lands_under_the_message_and_is_replaced(scene, events):
    event = shares(scene, events)
    for words in ("One", "Two"):
        card = {URL: {"blocks": [section(words)]}}
        scene.web.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=card)
    [message] = scene.state["messages"]
    [attachment] = message["attachments"]
    assert attachment["blocks"][0]["text"]["text"] == "Two" and attachment["from_url"] == URL


def test_while_it_is_written_it_is_known_by_its_id_alone(scene, events):
    id = scene.does("compose", user="ana", text=URL)["unfurl_id"]
    assert (events[-1]["source"], events[-1]["channel"]) == ("composer", "COMPOSER")
    card = {URL: {"blocks": [section("One")]}}
    place = {"channel": "COMPOSER", "ts": events[-1]["message_ts"]}
    assert refused(scene, **place, unfurls=card) == "cannot_find_channel"
    scene.web.chat_unfurl(unfurl_id=id, source="composer", unfurls=card)
    assert scene.state["previews"][id][0]["from_url"] == URL


def test_what_slack_refuses_is_refused(scene, events):
    event = shares(scene, events)
    place = {"channel": event["channel"], "ts": event["message_ts"]}
    card = {"blocks": [section("One")]}
    plain = scene.does("say", user="ana", channel="marketing", text="Hello")["message"]["ts"]
    assert refused(scene, unfurls={URL: card}) == "missing_channel"
    assert refused(scene, channel=place["channel"], unfurls={URL: card}) == "missing_ts"
    assert refused(scene, unfurl_id="x", unfurls={URL: card}) == "missing_source"
    assert refused(scene, source="composer", unfurls={URL: card}) == "missing_unfurl_id"
    assert refused(scene, unfurl_id="x", source="mail", unfurls={URL: card}) == "invalid_source"
    wrong = {"unfurl_id": event["unfurl_id"], "source": "composer"}
    assert refused(scene, **wrong, unfurls={URL: card}) == "invalid_unfurl_id"
    assert refused(scene, **place) == "missing_unfurls"
    assert refused(scene, **place, unfurls=[card]) == "invalid_unfurls_format"
    assert refused(scene, **place, unfurls={f"{URL}/x": card}) == "cannot_unfurl_url"
    assert refused(scene, **place, unfurls={URL: {"colour": "red"}}) == "cannot_parse_attachment"
    assert refused(scene, **place, unfurls={URL: {"blocks": [section("")]}}) == "invalid_blocks"
    assert refused(scene, **(place | {"ts": "1.2"}), unfurls={URL: card}) == "cannot_find_message"
    assert refused(scene, **(place | {"ts": plain}), unfurls={URL: card}) == "cannot_unfurl_message"
    assert "attachments" not in scene.state["messages"][0]


def test_a_manifest_names_its_domains_and_asks_to_read_links():
    settings = {"event_subscriptions": {"bot_events": ["link_shared"]}}
    found = check({"display_information": {"name": "X"}, "settings": settings})
    assert any("link_shared needs the scope links:read" in words for words in found)
    assert any(words.startswith("features.unfurl_domains") for words in found)
