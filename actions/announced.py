"""Results that are told in a channel besides: which field names it, and how it is written."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from actions.action import AnyAction, Catalog, Risk
from actions.fields import Inputs, Text, marks, said
from store.tables import Request

CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")
MARKED = re.compile(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>")


class Announced:
    """Marks a field: the channel in which the result is told."""


def channel_of(value: Any) -> Any:
    """The id of a channel, also as Slack writes a channel that somebody has typed."""
    match = MARKED.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[1] if match else value


def _a_channel(text: str) -> str:
    if not CHANNEL.fullmatch(text):
        raise said("Pick a channel, or type it as #marketing or by its id, like C0123ABCD.")
    return text


ChannelId = Annotated[
    str, BeforeValidator(channel_of), AfterValidator(_a_channel), Text(), Announced()
]
"""A channel, public or private; never the messages of a person."""


def announces(inputs: type[Inputs]) -> str:
    """The name of that field; empty, if there is none."""
    marked = (
        name
        for name, field in inputs.model_fields.items()
        if any(isinstance(mark, Announced) for mark in marks(field))
    )
    return next(marked, "")


def announced(inputs: type[Inputs], raw: Mapping[str, Any]) -> str:
    """The channel that is named in these inputs; empty, if none is."""
    return str(channel_of(raw.get(announces(inputs))) or "")


def is_read_now(action: AnyAction, raw: Mapping[str, Any]) -> bool:
    """Whether it only reads, and the answer is for who asks and for nobody else."""
    return action.risk is Risk.READ and not announced(action.inputs, raw)


def are_announced(catalog: Catalog, request: Request) -> bool:
    """Whether a channel is told the results of this request."""
    inputs = catalog[request.action].inputs
    return any(announced(inputs, row) for row in request.inputs)
