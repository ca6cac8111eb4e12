"""What is committed gets through a power cut: one sync of the log for all who have committed."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Condition


class Syncing:
    """Those who come while a sync is under way share the next one."""

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync, self._change = sync, Condition()
        self._begun = self._done = 0
        self._is_at_work = False

    def wait(self) -> None:
        """Until all is safe that was written before; raises `OSError` if it cannot be made so."""
        with self._change:
            mine = self._begun + 1  # the one under way may have begun too early
            while self._is_at_work and self._done < mine:
                self._change.wait()
            if self._done >= mine:
                return
            self._is_at_work = True
            self._begun += 1
            number = self._begun
        try:
            self._sync()
        except BaseException:  # whatever it is, the next one has to try
            number = self._done
            raise
        finally:
            with self._change:
                self._is_at_work, self._done = False, number
                self._change.notify_all()


def sync_log(database: str) -> None:
    """The write-ahead log of that SQLite file; without one, nothing is waiting to be synced."""
    log = Path(f"{database}-wal")
    try:
        file = os.open(log, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fdatasync(file)
    finally:
        os.close(file)
