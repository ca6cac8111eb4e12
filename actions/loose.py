"""Answers whose form no page of the vendor shows: read for what is in them."""

from collections.abc import Mapping
from typing import Any

from pydantic import model_validator

from actions.fields import Reply


class Loose(Reply):
    """Whatever it is, what is read of it may be missing."""

    @model_validator(mode="before")
    @classmethod
    def _whatever(cls, answer: Any) -> Any:
        return answer if isinstance(answer, Mapping) else {}


class Listing(Reply):
    """A list under a name that is not known: the longest that there is."""

    @model_validator(mode="before")
    @classmethod
    def _longest(cls, answer: Any) -> Any:
        named = answer if isinstance(answer, Mapping) else {"rows": answer}
        lists = [each for each in named.values() if isinstance(each, list)]
        return {**named, "rows": max(lists, key=len, default=[])}
