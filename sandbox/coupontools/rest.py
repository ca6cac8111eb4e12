"""The second dialect: v4 in the style of REST, with verbs, bare JSON and keys of its own.

Guessed throughout, as the reference shows hardly an answer: a refusal is `{"message": …}` with
404 or 422, what is made or changed is answered as it now stands, with 200.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.responses import Response

from sandbox.coupontools import rest_directories, rest_loyalty
from sandbox.coupontools.account import Account
from sandbox.coupontools.answers import Failure, NotThere

Handler = Callable[[Account, list[str], Any], Any]
READ, WRITE, REMOVE = ("GET",), ("POST",), ("DELETE",)
UNKNOWN_VERB = ("POST", "PATCH", "PUT")  # two calls whose verb the reference does not show
KEYS = ("x-api-key", "x-api-secret")
CLIENT_KEYS = ("x-client-id", "x-client-secret")  # which one client sends here too
CARDS = "/v4/loyalty/loyalty-cards"
USER = "/v4/directory/{id}/users/{userId}"

# Typed from the reference by hand, as those of v3 are.
CALLS: tuple[tuple[tuple[str, ...], str, Handler], ...] = (
    (READ, CARDS, rest_loyalty.list_cards),
    (WRITE, CARDS + "/{id}/copy", rest_loyalty.copy_card),
    (READ, CARDS + "/{loyaltyCardId}/stats", rest_loyalty.list_users),
    (WRITE, CARDS + "/{id}/stats", rest_loyalty.create_user),
    (WRITE, CARDS + "/{id}/stats/bulk", rest_loyalty.create_users),
    (READ, CARDS + "/{loyaltyCardId}/stats/{userId}", rest_loyalty.get_user),
    (UNKNOWN_VERB, CARDS + "/{loyaltyCardId}/stats/{userId}", rest_loyalty.update_user),
    (UNKNOWN_VERB, CARDS + "/{loyaltyCardId}/stats/{userId}/stamps", rest_loyalty.add_stamps),
    (READ, "/v4/directory", rest_directories.list_directories),
    (READ, "/v4/directory/{id}", rest_directories.get_directory),
    (READ, "/v4/directory/{id}/users", rest_directories.list_users),
    (WRITE, "/v4/directory/{id}/users", rest_directories.create_user),
    (READ, USER, rest_directories.get_user),
    (WRITE, USER, rest_directories.update_user),
    (WRITE, USER + "/access", rest_directories.give_access),
    (REMOVE, USER + "/access", rest_directories.revoke_access),
    (WRITE, USER + "/sso", rest_directories.sign_on),
)


class Match(NamedTuple):
    verbs: tuple[str, ...]
    handler: Handler
    ids: list[str]


def matches(path: str) -> list[Match]:
    """The calls that live at this path; the most literal first, so `bulk` is not a user."""
    found = []
    for verbs, template, handler in CALLS:
        shape = re.sub(r"\{\w+\}", "([^/]+)", template)
        if match := re.fullmatch(shape, path):
            found.append(Match(verbs, handler, [*match.groups()]))
    return sorted(found, key=lambda match: len(match.ids))


def called(found: list[Match], verb: str) -> Match | None:
    return next((match for match in found if verb in match.verbs), None)


def keys(headers: Mapping[str, str], *, client_keys: bool) -> tuple[str, str]:
    id, secret = CLIENT_KEYS if client_keys else KEYS
    return headers.get(id, ""), headers.get(secret, "")


def carried_out(account: Account, match: Match, given: Any) -> Response:
    try:
        if given is None:
            raise Failure((300, "The body is not JSON"))
        return answer(match.handler(account, match.ids, given))
    except NotThere as missing:
        return answer({"message": str(missing)}, 404)
    except Failure as wrong:
        return answer({"message": " ".join(words for _, words in wrong.problems)}, 422)


def unauthorized() -> Response:
    return Response("Unauthorized", 401, media_type="text/plain")


def answer(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, media_type="application/json")


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """A query as parameters; `filter[search]=ada` is an object."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        inside = re.fullmatch(r"(\w+)\[(\w+)\]", name)
        if inside is None:
            found[name] = value
        elif isinstance(group := found.setdefault(inside[1], {}), dict):
            group[inside[2]] = value
    return found
