"""Who lives in the workspace: the same people, channels and groups every time."""

from sandbox.slack.shapes import Json

TEAM = {"id": "T0VOUCH", "name": "Northwind", "domain": "northwind"}
BOT = {"user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0VOUCH", "name": "vouchdesk"}
BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - opens nothing but this sandbox
APP_TOKEN = "xapp-sandbox"  # noqa: S105 - opens nothing but this sandbox
VERIFICATION = "sandbox-verification"

# What the app may do when no manifest says otherwise.
SCOPES = frozenset(
    [
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:read",
        "im:read",
        "im:write",
        "links:read",
        "links:write",
        "team:read",
        "usergroups:read",
        "users:read",
    ]
)
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_uninstalled",
        "function_executed",
        "link_shared",
        "subteam_members_changed",
        "subteam_updated",
        "tokens_revoked",
        "user_change",
    }
)

PEOPLE = ("U0ANA", "U0BO", "U0CY", "U0GIL")


def users() -> dict[str, Json]:
    everyone = [
        user("U0ANA", "ana", "Ana Costa", "Campaign manager", "Europe/Brussels"),
        user("U0BO", "bo", "Bo Lindqvist", "Approver", "Europe/Stockholm"),
        user("U0CY", "cy", "Cy Okafor", "Approver", "Europe/London"),
        user("U0GIL", "gil", "Gil Guest", "Guest", "Europe/Paris", is_restricted=True),
        user(BOT["user_id"], BOT["name"], "Vouchdesk", "", "UTC", is_bot=True),
    ]
    return {one["id"]: one for one in everyone}


def channels() -> dict[str, Json]:
    staff = ["U0ANA", "U0BO", "U0CY", BOT["user_id"]]
    rooms = [
        _channel("C0MARKETING", "marketing", [*staff, "U0GIL"]),
        _channel("C0APPROVALS", "approvals", staff),
        _channel("C0AUDIT", "audit", staff),
    ]
    direct = [direct_messages(person) for person in PEOPLE]
    return {channel["id"]: channel for channel in [*rooms, *direct]}


def direct_messages(person: str) -> Json:
    """The place where the app and one person write to each other."""
    return {
        "id": f"D0{person[2:]}",
        "name": "directmessage",
        "is_im": True,
        "user": person,
        "members": [person, BOT["user_id"]],
    }


def usergroups() -> dict[str, Json]:
    groups = [
        group("S0APPROVERS", "coupon-approvers", "Coupon approvers", ["U0BO", "U0CY"]),
        group("S0OPERATORS", "coupon-operators", "Coupon operators", ["U0ANA"]),
    ]
    return {one["id"]: one for one in groups}


def user(id: str, name: str, real_name: str, title: str, tz: str, **more: bool) -> Json:
    return {
        "id": id,
        "name": name,
        "real_name": real_name,
        "title": title,
        "tz": tz,
        "team_id": TEAM["id"],
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_stranger": False,
        "deleted": False,
        "is_bot": False,
        **more,
    }


def _channel(id: str, name: str, members: list[str]) -> Json:
    return {"id": id, "name": name, "is_im": False, "members": list(members)}


def group(id: str, handle: str, name: str, users: list[str]) -> Json:
    return {"id": id, "handle": handle, "name": name, "users": users}
