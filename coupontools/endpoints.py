"""Every endpoint of the Coupontools API, one a line, under the id it has in the API reference.

Where the reference does not show a verb (two calls), POST is taken, as its siblings do.
`load_overrides` reads the file in which an operator corrects what is only inferred here.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from coupontools.endpoint import Endpoint, Override, v3_read, v3_write, v4_read, v4_write

# subaccount
SUBACCOUNT_LIST = v3_read("subaccount_list", "/v4/subaccount/list")
SUBACCOUNT_INFO = v3_read("subaccount_info", "/v4/subaccount")
SUBACCOUNT_CREATE = v3_write("subaccount_create", "/v4/subaccount/create", repeatable=False)
SUBACCOUNT_UPDATE = v3_write(
    "subaccount_update", "/v4/subaccount/update", repeatable=True, inferred=True
)
SUBACCOUNT_PASSWORD_RESET_URL = v3_write(
    "subaccount_password_reset_url", "/v3/subaccount/reset/url", repeatable=False
)
SUBACCOUNT_SSO = v3_write("subaccount_sso", "/v3/subaccount/sso", repeatable=False)

# other
ACCOUNT_SSO = v3_write("account_sso", "/v3/account/sso", repeatable=False)
TEAMMATE_SSO = v3_write("teammate_sso", "/v3/teammate/sso", repeatable=False)

# campaign
CAMPAIGN_CREATE = v3_write("campaign_create", "/v3/coupon/create", repeatable=False)
CAMPAIGN_LIST = v3_read("campaign_list", "/v3/coupon/list")
CAMPAIGN_INFO = v3_read("campaign_info", "/v3/coupon/info")
CAMPAIGN_DATA = v3_read("campaign_data", "/v3/campaign/data")
CAMPAIGN_OPENS = v3_read("campaign_opens", "/v3/campaign/opens")
CAMPAIGN_CLAIMS = v3_read("campaign_claims", "/v3/campaign/claims")
CAMPAIGN_VALIDATIONS = v3_read("campaign_validations", "/v3/campaign/validations")
SESSION_DATA = v3_read("session_data", "/v3/couponsession/data")
SESSION_UPDATE = v3_write("session_update", "/v3/couponsession/update", repeatable=True)
SESSION_UPDATE_MULTIPLE = v3_write(
    "session_update_multiple", "/v3/multiplecouponsession/update", repeatable=True, inferred=True
)
SESSION_SEARCH = v3_read("session_search", "/v3/couponsession/search")
CAMPAIGN_SESSION_SEARCH = v3_read("campaign_session_search", "/v3/campaign/search", inferred=True)
CAMPAIGN_PUSH_SINGLE = v3_write(
    "campaign_push_single", "/v3/coupon/pushnotification/single", repeatable=False
)
CAMPAIGN_PUSH_ALL = v3_write(
    "campaign_push_all", "/v3/coupon/pushnotification/all", repeatable=False, inferred=True
)

# loyalty_card
LOYALTY_LIST = v3_read("loyalty_list", "/v3/loyalty/list")
LOYALTY_INFO = v3_read("loyalty_info", "/v3/loyalty/info")
LOYALTY_USERS_LIST = v3_read("loyalty_users_list", "/v3/loyaltyusers/list")
LOYALTY_USERS_UPDATE = v3_write("loyalty_users_update", "/v3/loyaltyusers/update", repeatable=False)
LOYALTY_USERS_CREATE = v3_write("loyalty_users_create", "/v3/loyaltyusers/create", repeatable=False)
LOYALTY_USERS_LINK = v3_write("loyalty_users_link", "/v3/loyaltyusers/link", repeatable=True)
LOYALTY_USERS_SEARCH = v3_read("loyalty_users_search", "/v3/loyaltyusers/search")
LOYALTY_PUSH_SINGLE = v3_write(
    "loyalty_push_single", "/v3/loyalty/pushnotification/single", repeatable=False, inferred=True
)
LOYALTY_PUSH_ALL = v3_write(
    "loyalty_push_all", "/v3/loyalty/pushnotification/all", repeatable=False, inferred=True
)
V4_LOYALTY_LIST = v4_read("v4_loyalty_list", "/v4/loyalty/loyalty-cards")
V4_LOYALTY_COPY = v4_write(
    "v4_loyalty_copy", "/v4/loyalty/loyalty-cards/{id}/copy", repeatable=False
)
V4_LOYALTY_USERS_LIST = v4_read(
    "v4_loyalty_users_list", "/v4/loyalty/loyalty-cards/{loyaltyCardId}/stats"
)
V4_LOYALTY_USER_GET = v4_read(
    "v4_loyalty_user_get", "/v4/loyalty/loyalty-cards/{loyaltyCardId}/stats/{userId}"
)
V4_LOYALTY_USER_CREATE = v4_write(
    "v4_loyalty_user_create", "/v4/loyalty/loyalty-cards/{id}/stats", repeatable=False
)
V4_LOYALTY_USERS_CREATE_BULK = v4_write(
    "v4_loyalty_users_create_bulk", "/v4/loyalty/loyalty-cards/{id}/stats/bulk", repeatable=False
)
V4_LOYALTY_USER_UPDATE = v4_write(
    "v4_loyalty_user_update",
    "/v4/loyalty/loyalty-cards/{loyaltyCardId}/stats/{userId}",
    repeatable=True,
    inferred=True,
)
V4_LOYALTY_ADD_STAMP = v4_write(
    "v4_loyalty_add_stamp",
    "/v4/loyalty/loyalty-cards/{loyaltyCardId}/stats/{userId}/stamps",
    repeatable=False,
    inferred=True,
)

# directory
DIRECTORY_LIST = v3_read("directory_list", "/v3/directory/list")
DIRECTORY_INFO = v3_read("directory_info", "/v3/directory/info")
DIRECTORY_CAMPAIGNS = v3_read("directory_campaigns", "/v3/directory/campaigns", inferred=True)
DIRECTORY_USERS_LIST = v3_read("directory_users_list", "/v3/directoryusers/list")
DIRECTORY_USERS_UPDATE = v3_write(
    "directory_users_update", "/v3/directoryusers/update", repeatable=True
)
CATEGORY_LIST = v3_read("category_list", "/v3/category/list")
CATEGORY_MAIN_LIST = v3_read("category_main_list", "/v3/category/main/list")
V4_DIRECTORY_LIST = v4_read("v4_directory_list", "/v4/directory")
V4_DIRECTORY_GET = v4_read("v4_directory_get", "/v4/directory/{id}")
V4_DIRECTORY_USERS_LIST = v4_read("v4_directory_users_list", "/v4/directory/{id}/users")
V4_DIRECTORY_USER_GET = v4_read("v4_directory_user_get", "/v4/directory/{id}/users/{userId}")
V4_DIRECTORY_USER_CREATE = v4_write(
    "v4_directory_user_create", "/v4/directory/{id}/users", repeatable=False
)
V4_DIRECTORY_USER_UPDATE = v4_write(
    "v4_directory_user_update", "/v4/directory/{id}/users/{userId}", repeatable=True
)
V4_DIRECTORY_USER_ACCESS_GIVE = v4_write(
    "v4_directory_user_access_give", "/v4/directory/{id}/users/{userId}/access", repeatable=True
)
V4_DIRECTORY_USER_ACCESS_REVOKE = v4_write(
    "v4_directory_user_access_revoke",
    "/v4/directory/{id}/users/{userId}/access",
    repeatable=True,
    verb="DELETE",
)
V4_DIRECTORY_USER_SSO = v4_write(
    "v4_directory_user_sso", "/v4/directory/{id}/users/{userId}/sso", repeatable=False
)

# single_use
SINGLE_USE_CREATE = v3_write("single_use_create", "/v3/singleuse/create", repeatable=False)
SINGLE_USE_CREATE_MULTIPLE = v3_write(
    "single_use_create_multiple", "/v3/multiplesingleuse/create", repeatable=False, patience=300.0
)
SINGLE_USE_DELETE = v3_write(
    "single_use_delete", "/v3/singleuse/delete", repeatable=True, inferred=True
)

# message
SEND_EMAIL = v3_write("send_email", "/v3/send/email", repeatable=False)
SEND_SMS = v3_write("send_sms", "/v3/send/sms", repeatable=False)
SMS_GROUP_LIST = v3_read("sms_group_list", "/v3/smstool/grouplist")
SMS_GROUP_CONTACTS = v3_read("sms_group_contacts", "/v3/smstool/userlist")
SMS_GROUP_CREATE = v3_write("sms_group_create", "/v3/smstool/addgroup", repeatable=False)
SMS_CONTACT_ADD = v3_write("sms_contact_add", "/v3/smstool/addcontact", repeatable=False)
EMAIL_GROUP_LIST = v3_read("email_group_list", "/v3/emailtool/grouplist")

# webhook
WEBHOOK_CREATE = v3_write("webhook_create", "/v3/webhook/create", repeatable=False, inferred=True)
WEBHOOK_LIST = v3_read("webhook_list", "/v3/webhook/list", inferred=True)
WEBHOOK_DELETE = v3_write("webhook_delete", "/v3/webhook/delete", repeatable=True, inferred=True)
WEBHOOK_VERIFICATION = v3_read("webhook_verification", "/v3/webhook/verification")

ENDPOINTS: dict[str, Endpoint] = {
    known.id: known for known in tuple(vars().values()) if isinstance(known, Endpoint)
}

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class BadOverrides(ValueError):
    """The file of endpoint overrides cannot be used."""


def load_overrides(path: Path) -> Mapping[str, Override]:
    """Corrections by endpoint id: `path:`, `verb:` and `params: {our_name: their_name}`."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadOverrides(f"{path}: cannot be read as YAML: {error}") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadOverrides(f"{path}: must map endpoint ids to path, verb and params")
    return {id: _override(id, entry) for id, entry in found.items()}


def _override(id: Any, entry: Any) -> Override:
    if id not in ENDPOINTS:
        raise BadOverrides(f"{id}: there is no such endpoint")
    if not isinstance(entry, dict) or not entry:
        raise BadOverrides(f"{id}: must hold path, verb or params")
    unknown = sorted(str(name) for name in entry.keys() - {"path", "verb", "params"})
    if unknown:
        raise BadOverrides(f"{id}: only path, verb and params are known, not {', '.join(unknown)}")
    return Override(
        _path(id, entry.get("path")),
        _verb(id, entry.get("verb")),
        _params(id, entry.get("params", {})),
    )


def _path(id: str, path: Any) -> str | None:
    if path is None:
        return None
    if not isinstance(path, str) or not path.startswith("/") or " " in path:
        raise BadOverrides(f"{id}: path must be text that starts with /, not {path!r}")
    if re.search(r"[{}]", re.sub(r"\{\w+\}", "", path)):
        raise BadOverrides(f"{id}: path has a brace that does not name a parameter: {path!r}")
    return path


def _verb(id: str, verb: Any) -> str | None:
    if verb is None or verb in VERBS:
        return verb if verb is None else str(verb)
    raise BadOverrides(f"{id}: verb must be one of {', '.join(VERBS)}, not {verb!r}")


def _params(id: str, params: Any) -> dict[str, str]:
    if not isinstance(params, dict):
        raise BadOverrides(f"{id}: params must map our names to theirs, not {params!r}")
    for ours, theirs in params.items():
        if not (isinstance(ours, str) and isinstance(theirs, str) and theirs):
            raise BadOverrides(f"{id}: params must map names to names, not {ours!r} to {theirs!r}")
    if len(set(params.values())) != len(params):
        raise BadOverrides(f"{id}: params gives two of our names the same name of theirs")
    return params
