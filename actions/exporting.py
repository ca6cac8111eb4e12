"""Whole lists: a read to its last page, row by row, on record once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from actions import rights
from actions.action import AnyAction, Reads, Risk, Rows
from actions.card import Attachment
from actions.desk import Desk, Now
from actions.errors import BrokenOff, Declined, NotAllowed, UnknownThing
from actions.privacy import check_kept, opened
from coupontools.errors import ApiError, Garbled
from coupontools.paging import pages, stubborn
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.secrets import Vault
from store.tables import Account

TRIES = 4
Row = Sequence[object]


class Exporting:
    """Gives whole lists as files whose rows are fetched while they are written."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        vault: Vault,
        clients: Callable[[Account], Reads],
        now: Now,
    ) -> None:
        self._desk, self._store, self._vault = desk, store, vault
        self._clients, self._now = clients, now

    def __call__(
        self, name: str, raw: Mapping[str, Any], *, actor: str, surface: str = "slack"
    ) -> Attachment:
        """The whole list; raises `Declined`, and `BrokenOff` while it is written."""
        where = {"surface": surface, "action": name}
        try:
            account = self._desk.account()
            where["account"] = account.name
            action, rows = self._readable(name, account, actor)
            inputs = self._desk.check(name, raw, account)
        except Declined as error:
            self._note(Kind.DECLINED, actor, f"whole list: {error}", where)
            raise
        payload = action.steps[0].payload(inputs, {})
        return Attachment(
            f"{name.replace('.', '-')}-{self._now():%Y%m%d-%H%M}.csv",
            rows.columns,
            lambda: self._written(action, rows, account, payload, actor, where),
        )

    def of_run(self, operation: str, *, actor: str) -> Attachment:
        """The whole list that a run read a part of; for who asked, and for approvers."""
        with self._store.look() as tx:
            run = queries.operation_seen(tx, operation)
            request = queries.request_seen(tx, run.request) if run else None
        if run is None or request is None:
            raise UnknownThing(f"There is nothing on record as {operation[:80]}.")
        if request.actor != actor and not rights.is_approver(self._desk.person(actor)):
            error = NotAllowed("Only approvers and the person who asked may have this list.")
            place = {"surface": "slack", "action": run.action, "request": request.id}
            self._note(Kind.DECLINED, actor, f"whole list: {error}", place)
            raise error
        check_kept(run)
        return self(run.action, opened(run.inputs, self._vault), actor=actor)

    def _readable(self, name: str, account: Account, actor: str) -> tuple[AnyAction, Rows[Any]]:
        action = self._desk.catalog[name]
        self._desk.allow_read(action, account, actor)
        if action.risk is not Risk.READ or action.rows is None:
            raise Declined(f"“{action.title}” is not a list.")
        return action, action.rows

    def _written(
        self,
        action: AnyAction,
        rows: Rows[Any],
        account: Account,
        payload: Mapping[str, Any],
        actor: str,
        where: dict[str, str],
    ) -> Iterator[Row]:
        """Each row as it comes; the record says at the end how many they were."""
        count = 0
        try:
            for row in self._rows(action, rows, self._clients(account), payload):
                count += 1
                yield row
        except ApiError as error:
            self._note(Kind.BROKEN_OFF, actor, f"whole list: after {count:,} rows. {error}", where)
            raise BrokenOff(count, str(error)) from error
        self._note(Kind.EXPORTED, actor, f"{action.name}: {count:,} rows", where)

    def _rows(
        self, action: AnyAction, rows: Rows[Any], api: Reads, payload: Mapping[str, Any]
    ) -> Iterator[Row]:
        call, endpoint = stubborn(api.call, TRIES), action.steps[0].endpoint
        if not rows.paged:
            yield from _told(action, rows, call(endpoint, payload))
            return
        before: set[object] = set()
        for page in pages(call, endpoint, payload):
            # What is new at the top moves the rest on: the next page begins with rows of this one.
            ids: set[object] = set()
            for row in _told(action, rows, page):
                ids.add(row[0])
                if not row[0] or row[0] not in before:
                    yield row
            before = ids
            del page

    def _note(self, kind: Kind, actor: str, because: str, where: dict[str, str]) -> None:
        """`where` names surface, action, and what else there is of account and request."""
        also: dict[str, Any] = {**where}
        with self._store.begin() as tx:
            note(tx, kind, actor=actor, at=self._now(), because=because, **also)


def _told(action: AnyAction, rows: Rows[Any], answer: Any) -> Iterator[Row]:
    """The rows of one answer."""
    try:
        output = action.output.model_validate(answer)
    except ValidationError as error:
        raise Garbled(f"Its answer has another form ({error.title}).") from None
    del answer
    yield from rows.of(output)
