"""api.test, auth.test, team.info and apps.connections.open."""

import secrets

from sandbox.slack import cast
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.call import Call, Method


def api_test(call: Call) -> Json:
    if call.text("error"):
        raise Refused(str(call.text("error")), args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    if call.token == cast.APP_TOKEN:
        return {"app_name": cast.BOT["name"], "app_id": cast.BOT["app_id"]}
    return {
        "url": f"https://{cast.TEAM['domain']}.slack.com/",
        "team": cast.TEAM["name"],
        "team_id": cast.TEAM["id"],
        "user": cast.BOT["name"],
        "user_id": cast.BOT["user_id"],
        "bot_id": cast.BOT["bot_id"],
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> Json:
    wanted = call.text("team")
    if wanted and wanted != cast.TEAM["id"]:
        raise Refused("team_not_found")
    return {"team": {**cast.TEAM, "email_domain": "", "icon": {"image_default": True}}}


def open_connection(call: Call) -> Json:
    """An address for Socket Mode, good for one connection."""
    name = secrets.token_urlsafe(16)
    call.world.sockets.add(name)
    base = call.world.base_url.replace("http", "ws", 1)
    return {"url": f"{base}socket/{name}?app_id={cast.BOT['app_id']}"}


METHODS = {
    "api.test": Method(api_test, "special", caller="none"),
    "auth.test": Method(auth_test, "special", caller="any"),
    "team.info": Method(team_info, "3", "team:read"),
    "apps.connections.open": Method(
        open_connection,
        "1",
        caller="app",
    ),
}
