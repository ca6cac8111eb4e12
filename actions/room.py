"""How much may be kept: said before anything is ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from actions.action import Step
from actions.batches import Told
from actions.errors import NoRoom
from actions.fields import Inputs
from store.queries import kept

LINE = 55
"""Bytes of a code, packed and sealed, and of what it is found by."""


@dataclass(frozen=True)
class Room:
    """So many bytes; None for no limit."""

    most: int | None = None

    def check(self, tx: Session, steps: Sequence[Step[Any]], asked: Inputs) -> None:
        """Raises `NoRoom` where what these calls bring would not fit in."""
        wanted = sum(lines_of(step, asked) for step in steps)
        if not wanted or self.most is None:
            return
        free = max(0, self.most // LINE - kept.lines_kept(tx))
        if wanted > free:
            raise NoRoom(
                f"There is room for {free:,} more codes, and this asks for {wanted:,}. Files make "
                "room when their days are over; your operator can give more (VOUCHDESK_KEEP_MB)."
            )


NO_LIMIT = Room()


def lines_of(step: Step[Any], asked: Inputs) -> int:
    """How many lines a call is to bring, if they are kept at all."""
    return Told.model_validate(step.intake(asked).told()).asked if step.intake else 0
