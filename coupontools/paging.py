"""Answers that come in pages: one after another, none of them kept."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from coupontools.endpoint import Endpoint
from coupontools.errors import ApiError, Refused

PAGE = 5000
PAUSE = 0.6
"""Seconds before the last try; those before it come sooner."""

Call = Callable[[Endpoint, Mapping[str, Any]], Any]


def pages(
    call: Call, endpoint: Endpoint, payload: Mapping[str, Any], *, size: int = PAGE
) -> Iterator[Any]:
    """One answer after another, each asked for when it is wanted, until a page is not full."""
    page, before = 1, None
    while True:
        answer = call(endpoint, {**payload, "page": page})
        found = rows(answer)
        count, ends = len(found), found[:1] + found[-1:]
        del found
        if count and (count, ends) == before:  # `page` is not heeded: this is the same one again
            return
        yield answer
        del answer
        # One client of the API takes 100 for a full page where the reference says 5000:
        # exactly so many may be all or may be the first of more, and asking once more tells.
        if not count or (count < size and count != 100):
            return
        page, before = page + 1, (count, ends)


def rows(answer: Any) -> list[Any]:
    """The records of an answer: its longest list, or the answer itself if it is one."""
    if isinstance(answer, list):
        return answer
    values = answer.values() if isinstance(answer, dict) else ()
    lists = [each for each in values if isinstance(each, list)]
    return max(lists, key=len, default=[])


def stubborn(call: Call, tries: int) -> Call:
    """The same call, tried so often; only for what may be repeated. A clear no is one."""

    def called(endpoint: Endpoint, payload: Mapping[str, Any]) -> Any:
        for left in range(tries - 1 if endpoint.repeatable else 0, 0, -1):
            try:
                return call(endpoint, payload)
            except Refused:
                raise
            except ApiError:
                time.sleep(PAUSE / left)
        return call(endpoint, payload)

    return called
