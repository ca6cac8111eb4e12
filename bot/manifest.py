"""The Slack app as a manifest, from the catalogue: `python -m bot.manifest` writes it.

With options it prints another variant instead: `--steps` with those of Workflow Builder, `--host`
with addresses over HTTP.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from actions.action import Catalog
from actions.catalog import CATALOG
from bot import steps
from bot.grammar import APPROVALS, AUDIT, CALENDAR, HINTS, SHORT_FORMS

FILE = Path(__file__).resolve().parent.parent / "manifest.yml"
FILE_WITH_STEPS = FILE.with_name("manifest.steps.yml")
HEAD = "# Written by `make regen` from the catalogue of actions: change that, not this.\n"
NAME = "Vouchdesk"
PURPOSE = "Coupon campaigns with a second pair of eyes, on time, on record"
STORY = (
    "Vouchdesk puts a Coupontools account into Slack for a marketing team: campaigns from "
    "templates, coupon sessions, push notifications and single-use URLs. What goes out to "
    "customers is agreed to by somebody else first, can be scheduled, and is on record: who "
    "asked, who agreed, what was sent and what came of it."
)
SCOPES = (
    *("commands", "chat:write", "users:read", "usergroups:read"),
    *("files:write", "files:read"),  # results go out as files, sheets come in as such
)
EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "tokens_revoked",
    "user_change",
    "subteam_updated",
    "subteam_members_changed",
)
PATH = "/slack/events"


def manifest(catalog: Catalog, *, host: str = "", with_steps: bool = False) -> dict[str, Any]:
    """The manifest in Socket Mode; or, when a host is named, with its addresses over HTTP.

    An app with steps cannot be distributed publicly, and they want a paid plan: without them it
    installs anywhere.
    """
    url = f"{host.rstrip('/')}{PATH}" if host else ""
    plain = _plain(catalog, url)
    return _with_steps(plain, catalog) if with_steps else plain


def written(catalog: Catalog, *, host: str = "", with_steps: bool = False) -> str:
    """The manifest as a file holds it."""
    made = manifest(catalog, host=host, with_steps=with_steps)
    return HEAD + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100)


def _plain(catalog: Catalog, url: str) -> dict[str, Any]:
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": PURPOSE,
            "long_description": STORY,
            "background_color": "#1f4e3d",
        },
        "features": _features(catalog, url),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": _settings(url),
    }


def _with_steps(plain: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """The same with a step of Workflow Builder for each action that is one."""
    events = plain["settings"]["event_subscriptions"]
    settings = plain["settings"] | {
        "event_subscriptions": events | {"bot_events": [*EVENTS, "function_executed"]},
        "org_deploy_enabled": True,
        "function_runtime": "remote",
    }
    return plain | {"settings": settings, "functions": steps.functions(catalog)}


def _features(catalog: Catalog, url: str) -> dict[str, Any]:
    create = catalog["campaign.create"]
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": NAME, "always_online": True},
        "shortcuts": [
            {
                "name": create.title,
                "type": "global",
                "callback_id": "new_campaign",
                "description": create.summary,
            }
        ],
        "slash_commands": [
            _command("/coupon", "Everything that can be done with coupons", url),
            *(_command(form, catalog[name].summary, url) for form, name in SHORT_FORMS.items()),
            _command(APPROVALS, "What waits for you, decided in place", url),
            _command(CALENDAR, "What comes, day by day; what waits and what is late", url),
            _command(AUDIT, "What is on record: who did what, and what came of it", url),
        ],
    }


def _command(command: str, description: str, url: str) -> dict[str, Any]:
    return {
        "command": command,
        "description": description,
        "usage_hint": HINTS[command],
        "should_escape": True,
        **({"url": url} if url else {}),
    }


def _settings(url: str) -> dict[str, Any]:
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if url:
        events["request_url"] = url
        interactivity |= {"request_url": url, "message_menu_options_url": url}
    return {
        "event_subscriptions": events,
        "interactivity": interactivity,
        "org_deploy_enabled": False,
        "socket_mode_enabled": not url,
        "token_rotation_enabled": False,
    }


def main() -> None:
    """Write the files that are committed; or print the variant that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bot.manifest")
    parser.add_argument("--steps", action="store_true", help="with steps for Workflow Builder")
    parser.add_argument("--host", default="", help="over HTTP at https://HOST, not Socket Mode")
    asked = parser.parse_args()
    if asked.steps or asked.host:
        sys.stdout.write(written(CATALOG, host=asked.host, with_steps=asked.steps))
        return
    FILE.write_text(written(CATALOG), encoding="utf-8")
    FILE_WITH_STEPS.write_text(written(CATALOG, with_steps=True), encoding="utf-8")


if __name__ == "__main__":
    main()
