"""What Slack accepts as an app manifest: the schema, and the rules between its parts."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

from sandbox.slack.shapes import Json

EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "link_shared": "links:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "reaction_added": "reactions:read",
}


def check(manifest: Json) -> list[str]:
    """Everything wrong with a manifest."""
    found = [
        f"{'/'.join(map(str, error.absolute_path)) or '(top)'}: {error.message[:220]}"
        for error in _validator().iter_errors(manifest)
    ]
    parts = (_features, _events, _addresses, _functions)
    return found + [text for part in parts for text in part(manifest)]


@cache
def _validator() -> Draft7Validator:
    text = (Path(__file__).parent / "manifest.schema.json").read_text("utf-8")
    return Draft7Validator(json.loads(text))


def scopes(manifest: Json) -> set[str]:
    """The scopes every installation grants; optional ones may be declined, so they do not count."""
    return set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))


def events(manifest: Json) -> set[str]:
    subscriptions = manifest.get("settings", {}).get("event_subscriptions", {})
    return set(subscriptions.get("bot_events", []))


def _features(manifest: Json) -> Iterator[str]:
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    interactive = features.get("slash_commands") or features.get("shortcuts")
    if interactive and "commands" not in scopes(manifest):
        yield "oauth_config: slash commands and shortcuts need the `commands` scope"
    if features.get("shortcuts") and not settings.get("interactivity", {}).get("is_enabled"):
        yield "settings.interactivity: shortcuts need it on"
    if (events(manifest) or scopes(manifest)) and not features.get("bot_user"):
        yield "features.bot_user: bot scopes and bot events need a bot user"


def _events(manifest: Json) -> Iterator[str]:
    home = manifest.get("features", {}).get("app_home", {})
    if "app_home_opened" in events(manifest) and not home.get("home_tab_enabled"):
        yield "features.app_home.home_tab_enabled: app_home_opened is subscribed, the tab is off"
    domains = manifest.get("features", {}).get("unfurl_domains")
    if "link_shared" in events(manifest) and not domains:
        yield "features.unfurl_domains: link_shared is subscribed, and no domain is named"
    for event, scope in EVENT_SCOPES.items():
        if event in events(manifest) and scope not in scopes(manifest):
            yield f"oauth_config: event {event} needs the scope {scope}"


def _addresses(manifest: Json) -> Iterator[str]:
    settings = manifest.get("settings", {})
    if settings.get("socket_mode_enabled"):
        return
    for command in manifest.get("features", {}).get("slash_commands", []):
        if not command.get("url"):
            name = command.get("command")
            yield f"features.slash_commands {name}: `url` is needed without Socket Mode"
    if events(manifest) and not settings["event_subscriptions"].get("request_url"):
        yield "settings.event_subscriptions.request_url: needed without Socket Mode"
    interactivity = settings.get("interactivity", {})
    if interactivity.get("is_enabled") and not interactivity.get("request_url"):
        yield "settings.interactivity.request_url: needed without Socket Mode"


def _functions(manifest: Json) -> Iterator[str]:
    functions, settings = manifest.get("functions", {}), manifest.get("settings", {})
    if not functions:
        return
    if manifest.get("_metadata", {}).get("major_version") != 2:
        yield "_metadata.major_version: 2 is needed for functions with properties/required"
    if "function_executed" not in events(manifest):
        yield "settings.event_subscriptions: custom steps need the function_executed event"
    if not settings.get("org_deploy_enabled"):
        yield "settings.org_deploy_enabled: custom steps need an org-ready app"
    if settings.get("function_runtime") != "remote":
        yield "settings.function_runtime: must be `remote` for steps run by your own server"
    for name, function in functions.items():
        for side in ("input_parameters", "output_parameters"):
            where = f"functions.{name}.{side}"
            yield from _parameters(function.get(side) or {}, where, functions)


def _parameters(side: Json, where: str, functions: Json) -> Iterator[str]:
    declared = side.get("properties", {})
    for name in side.get("required", []):
        if name not in declared:
            yield f"{where}: required {name!r} is not declared"
    for name, parameter in declared.items():
        target = (parameter.get("dynamic_options") or {}).get("function", "")
        if target.startswith("#/functions/") and target.split("/")[-1] not in functions:
            yield f"{where}.{name}: dynamic_options points to an unknown step {target}"
