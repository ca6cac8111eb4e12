"""The one door to the Coupontools API: sends a call, opens the answer, says what went wrong.

What a failure means for the world is decided here, and only here: what was never sent is
`Unreached`, what was sent and not answered in a known shape may have happened.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, TypeGuard

import httpx

from coupontools import heard
from coupontools.endpoint import Dialect, Endpoint, Override
from coupontools.errors import (
    ApiError,
    BadCredentials,
    BadInput,
    Busy,
    Garbled,
    Missing,
    Refused,
    Unanswered,
    Unreached,
    refusal,
)
from coupontools.pace import Pacing
from coupontools.paging import PAGE, pages
from coupontools.streaming import Take, records
from coupontools.watch import UNWATCHED, Watch

CONNECT = 5.0
HOLD = 5.0  # told to come back later, but not when
LATER = "Retry-After"
LONGEST_HOLD = 60.0  # then one call asks again, rather than all of them believing for hours

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
BY_STATUS: dict[int, type[Refused]] = {
    400: BadInput,
    401: BadCredentials,
    403: BadCredentials,
    404: Missing,
    422: BadInput,
}


@dataclass(frozen=True, repr=False)
class Keys:
    """What opens an account. Never shown, not even by accident."""

    client_id: str
    client_secret: str

    def __post_init__(self) -> None:
        for name in ("client_id", "client_secret"):
            if not re.fullmatch(r"[!-~]+", getattr(self, name)):
                raise ValueError(f"{name} must be plain characters without blanks")

    def __repr__(self) -> str:
        return "Keys(client_id='•••', client_secret='•••')"

    def hide(self, text: str) -> str:
        return text.replace(self.client_secret, "•••").replace(self.client_id, "•••")


class Client:
    """One account's way to the API, safe to share between threads."""

    def __init__(
        self,
        http: httpx.Client,
        keys: Keys,
        pace: Pacing,
        overrides: Mapping[str, Override] | None = None,
        watch: Watch = UNWATCHED,
    ) -> None:
        self._http, self._keys, self._pace = http, keys, pace
        self._overrides, self._watch = overrides or {}, watch

    def call(
        self, endpoint: Endpoint, payload: Mapping[str, Any], *, timeout: float | None = None
    ) -> Any:
        """What the API answers: of a V3 call without its `status`, of a V4 call as it comes."""
        return self._ask(endpoint, payload, timeout, lambda at, asked: read(at, self._send(asked)))

    def rows(self, endpoint: Endpoint, payload: Mapping[str, Any], take: Take) -> None:
        """Hand over each record of a long answer as it comes in; it is never there as a whole.

        There has to be one at least. When this raises, some may have been handed over before.
        """
        self._ask(endpoint, payload, None, lambda at, asked: self._handed_over(at, asked, take))

    def pages(
        self, endpoint: Endpoint, payload: Mapping[str, Any], *, size: int = PAGE
    ) -> Iterator[Any]:
        """One answer after another, until a page is not full."""
        return pages(self.call, endpoint, payload, size=size)

    def _ask(
        self,
        endpoint: Endpoint,
        payload: Mapping[str, Any],
        timeout: float | None,
        answered: Callable[[Endpoint, httpx.Request], Any],
    ) -> Any:
        """Ask when the pace allows it; a hold that the answer wants is kept."""
        override = self._overrides.get(endpoint.id, Override())
        endpoint, payload = override.endpoint(endpoint), override.payload(payload)
        request = self._request(endpoint, payload, timeout or endpoint.patience)
        with self._watch.waiting():
            self._pace.wait()
        try:
            with self._watch.calling(endpoint.id), heard.calling():
                return answered(endpoint, request)
        except Busy as busy:
            self._pace.hold(
                min(HOLD if busy.retry_after is None else busy.retry_after, LONGEST_HOLD)
            )
            raise
        except Refused as refused:
            raise self._without_keys(refused) from None

    def _handed_over(self, endpoint: Endpoint, request: httpx.Request, take: Take) -> None:
        answer = self._send(request, stream=True)
        try:
            count, status, head = records(answer, take)
        finally:
            answer.close()
        if not count:
            later = {name: answer.headers[name] for name in (LATER,) if name in answer.headers}
            read(endpoint, httpx.Response(answer.status_code, headers=later, content=head))
            raise Garbled("It says that it went well, but there is not one record in it.")
        if answer.status_code >= 300 or _word({"status": status}) != "ok":
            raise Garbled(
                f"There are {count:,} records in it, but it does not say that it went well."
            )

    def _request(
        self, endpoint: Endpoint, payload: Mapping[str, Any], patience: float
    ) -> httpx.Request:
        try:
            path, rest = endpoint.at(payload)
        except ValueError as error:
            raise BadInput((), (str(error),)) from error
        headers = endpoint.dialect.headers(self._keys.client_id, self._keys.client_secret)
        headers["Accept"] = "application/json"
        timeout = httpx.Timeout(patience, connect=CONNECT)
        if endpoint.verb in ("GET", "DELETE"):
            query = dict(_query(rest))
            return self._http.build_request(
                endpoint.verb, path, params=query or None, headers=headers, timeout=timeout
            )
        headers["Content-Type"] = "application/json"
        body = json.dumps(rest).encode()
        return self._http.build_request(
            endpoint.verb, path, content=body, headers=headers, timeout=timeout
        )

    def _send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        try:
            answer = self._http.send(request, stream=stream)
        except NEVER_SENT as error:
            raise Unreached() from error
        except httpx.DecodingError as error:
            raise Garbled() from error
        except httpx.RequestError as error:
            raise Unanswered() from error
        heard.status(answer.status_code)
        return answer

    def _without_keys(self, refused: Refused) -> Refused:
        """The same refusal, should the API have quoted our keys back at us."""
        return type(refused)(refused.codes, tuple(map(self._keys.hide, refused.messages)))


def read(endpoint: Endpoint, answer: httpx.Response) -> Any:
    """The content of an answer, or the error that it is."""
    status = answer.status_code
    if status == 429 or (status == 503 and LATER in answer.headers):
        raise Busy(_retry_after(answer))
    if status >= 500:
        raise Garbled(f"Its servers failed (HTTP {status}).")
    try:
        body = json.loads(answer.content) if answer.content.strip() else None
    except (ValueError, RecursionError):
        body = answer
    if _is_failure(body):
        raise _refused(endpoint, body, status)
    if status >= 400:
        _refused_by_status(endpoint, body, status)
    if status >= 300 or body is answer:
        raise Garbled(f"It was not JSON as expected (HTTP {status}).")
    return _opened(body) if endpoint.dialect is Dialect.V3 else body


def _opened(body: Any) -> Any:
    """What a V3 envelope holds beside its status."""
    if not isinstance(body, dict) or _word(body) != "ok":
        raise Garbled("It did not say whether it went well.")
    return {name: value for name, value in body.items() if name != "status"}


def _word(body: dict[str, Any]) -> str:
    status = body.get("status")
    word = status.get("status") if isinstance(status, dict) else status
    return word.lower() if isinstance(word, str) else ""


def _errors(body: dict[str, Any]) -> dict[str, Any]:
    """The errors of an envelope: inside its status, or beside it."""
    status = body.get("status")
    for place in (status, body):
        if isinstance(place, dict) and isinstance(place.get("errors"), dict):
            return dict(place["errors"])
    return {}


def _is_failure(body: Any) -> TypeGuard[dict[str, Any]]:
    if not isinstance(body, dict):
        return False
    if _word(body) == "ok" and _errors(body):
        raise Garbled("It said both yes and no.")
    return isinstance(body.get("status"), dict) and _word(body) == "failed"


def _refused(endpoint: Endpoint, body: dict[str, Any], status: int) -> ApiError:
    errors = _errors(body)
    codes = tuple(_numbers(errors.get("error_code")))
    messages = tuple(_texts(errors.get("error_message_description")))
    if not messages and (summary := _texts(errors.get("error_message"))):
        said = re.sub(r"^HTTP/\S+ \d{3} [\w ]+\.\s*", "", summary[0])
        messages = (said,) if said else ()
    if codes:
        return refusal(codes, messages)
    return BY_STATUS.get(status, Refused)((), messages or _nowhere(endpoint, status))


def _refused_by_status(endpoint: Endpoint, body: Any, status: int) -> NoReturn:
    """HTTP itself says no; the rest is whatever words came with it."""
    if status == 408:
        raise Unanswered()
    words = [word for name in ("message", "error", "errors") for word in _texts(_get(body, name))]
    words = words or [*_nowhere(endpoint, status)] or [f"HTTP {status}"]
    raise BY_STATUS.get(status, Refused)((), tuple(words))


def _nowhere(endpoint: Endpoint, status: int) -> tuple[str, ...]:
    """Says which call was not there: its path may be one that is only inferred."""
    if status not in (404, 405):
        return ()
    return (f"It knows no {endpoint.verb} {endpoint.path} (HTTP {status})",)


def _get(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def _numbers(found: Any) -> list[int]:
    """Codes come as a number or as a list of them, and once in a while as text."""
    many = found if isinstance(found, list) else [found]
    return [int(one) for one in many if re.fullmatch(r"\d{1,9}", str(one))]


def _texts(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [text for value in found.values() for text in _texts(value)]
    many = found if isinstance(found, list) else [found]
    return [one for one in many if isinstance(one, str) and one.strip()]


def _query(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A GET has no body: objects become `name[key]`, what is not set is left out."""
    for name, value in payload.items():
        if isinstance(value, Mapping):
            yield from _query({f"{name}[{key}]": inner for key, inner in value.items()})
        elif value is not None:
            yield name, value


def _retry_after(answer: httpx.Response) -> float | None:
    said = answer.headers.get(LATER, "")
    try:
        return max(float(said), 0.0) if re.fullmatch(r"[\d.]+", said) else _until(said)
    except ValueError:
        return None


def _until(moment: str) -> float:
    return max(parsedate_to_datetime(moment).timestamp() - time.time(), 0.0)
