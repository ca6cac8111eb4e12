"""Rows of a sheet that another action does all at once: what that would be asked with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.desk import Desk
from actions.errors import InvalidInputs

Row = Mapping[str, Any]
SAME_FOR_ALL = {"couponsession", "operation"}


@dataclass(frozen=True)
class Together:
    """The action that takes all rows at once, and its inputs."""

    action: str
    inputs: Mapping[str, Any]


def together(desk: Desk, name: str, rows: Sequence[Row]) -> Together | None:
    """The one call that does what all rows ask for; None where there is none for them."""
    find = KNOWN.get(name)
    found = find(rows) if find and len(rows) > 1 else None
    if found is None:
        return None
    try:
        desk.check(found.action, found.inputs)
    except InvalidInputs:  # more than one call takes, say: then row by row it is
        return None
    return found


def _sessions(rows: Sequence[Row]) -> Together | None:
    """The same for every session, and nothing that belongs to one of them alone."""
    said = {name for row in rows for name, value in row.items() if value not in (None, "")}
    operations = {row.get("operation") for row in rows}
    if said != SAME_FOR_ALL or len(operations) > 1:
        return None
    codes = ", ".join(str(row["couponsession"]) for row in rows)
    return Together("session.update_many", {"couponsessions": codes, "operation": operations.pop()})


KNOWN: Mapping[str, Callable[[Sequence[Row]], Together | None]] = {"session.update": _sessions}
