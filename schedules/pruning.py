"""What is over for long is removed: files by the hour, the rest and the engine's once a day."""

from datetime import datetime

from dbos import DBOS

from schedules.engine import ENDED
from store.checkpoints import Trimming
from store.db import Store
from store.retention import PART, PARTS, Retention


class Pruning:
    """A job; of several processes one does it."""

    def __init__(self, store: Store, retention: Retention, trimming: Trimming) -> None:
        self._store, self._retention, self._trimming = store, retention, trimming

    def prune(self) -> None:
        """Remove, if it was not done today, and put on record how much."""
        with self._store.claim("prune") as mine:
            if mine:
                self._retention.clear()
            if mine and self._retention.is_due():
                workflows = forget_workflows(self._retention.before)
                self._retention.note(self._retention.prune() | {"workflows": workflows})
            if mine:
                self._trimming.trim()


def forget_workflows(before: datetime) -> int:
    """Remove workflows that ended by then, with their steps; how many."""
    gone = 0
    for _ in range(PARTS):
        ended = DBOS.list_workflows(
            status=list(ENDED),
            completed_before=before.isoformat(),
            limit=PART,
            load_input=False,
            load_output=False,
        )
        if not ended:
            break
        DBOS.delete_workflows([each.workflow_id for each in ended])
        gone += len(ended)
    return gone
