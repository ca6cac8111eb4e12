"""The same over Socket Mode: no address of ours is known to Slack."""

from collections.abc import Iterator

import httpx
import pytest
import yaml
from slack_bolt.adapter.socket_mode import SocketModeHandler

from sandbox.slack.app import create
from tests.conftest import ROOT
from tests.servers import Front, serving
from tests.world import SIGNING_SECRET, Api, Slack, World, settings_for


@pytest.fixture
def world(api_server: str, http: httpx.Client, database: str) -> Iterator[World]:
    """A bot that is connected by a socket."""
    manifest = yaml.safe_load((ROOT / "manifest.steps.yml").read_text())
    app = create(None, SIGNING_SECRET, manifest, api_server, rate_limits=False)
    with serving(app) as address:
        api = Api(api_server, http)
        api.reset()
        settings = settings_for(address, api_server, database, slack_app_token="xapp-sandbox")
        made = World(Slack(address, http), api, settings, Front())
        made.starts()
        handler = SocketModeHandler(made.bot.bolt, "xapp-sandbox")
        handler.connect()  # type: ignore[no-untyped-call]
        yield made
        handler.close()  # type: ignore[no-untyped-call]
        made.stops()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_campaign_is_asked_for_and_approved_over_the_socket(world: World) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    ana.types("/coupon-codes cam_123456 10")
    world.until(lambda: ana.has_modal, "the form is open")
    ana.submits()
    world.until(world.requests, "it is on record")
    world.tick()
    bo.presses("approve")
    world.until(world.is_granted, "it is approved")
    world.tick()
    assert [batch["amount"] for batch in world.api.state["batches"]] == [10]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_workflow_asks_and_is_told_how_it_ended_over_the_socket(world: World) -> None:
    inputs = {"template": "cam_100001", "name": "Spring"}
    ran = world.slack.does("step", user="ana", callback_id="campaign_create", inputs=inputs)
    world.until(world.requests, "it is on record")
    world.tick()
    world.person("bo").at_card("approve")
    world.until(world.is_granted, "it is approved")
    world.tick()
    [execution] = world.slack.state["executions"]
    assert (execution["id"], execution["status"]) == (ran["execution"]["id"], "completed")
    menu = {"callback_id": "campaign_create", "input": "template", "query": "free coffee"}
    offered = world.slack.does("menu", user="ana", **menu)["options"]
    assert [option["value"] for option in offered] == ["cam_100002"]
