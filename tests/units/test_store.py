"""The store: schema, questions, the one door, sealing, and the lock."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from inspect import Parameter, getmembers, isfunction, signature
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlmodel import SQLModel

from store import queries, schema
from store.db import DatabaseInUse, Store
from store.lifecycle import MOVES, TooLate, enter, move
from store.queries import surfaces
from store.secrets import BadKey, Vault
from store.tables import Account, Consent, Operation, Posted, Progress, Request

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    made = Store(database)
    schema.upgrade(made)
    yield made
    made.close()


def a_request(store: Store) -> Request:
    request = Request(
        account="main",
        action="campaign.list",
        inputs=[{}],
        actor="U0ANA",
        asked_at=NOW,
        state=Consent.ASKED,
    )
    with store.begin() as tx:
        tx.merge(Account(name="main", client_id="", client_secret=""))
        tx.flush()
        enter(tx, request, actor="U0ANA", at=NOW)
    return request


def test_the_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or name.startswith("app_")}
        context = MigrationContext.configure(connection, opts={**ours, "compare_type": True})
        drift = [
            change
            for change in compare_metadata(context, SQLModel.metadata)
            if "app_schema" not in str(change)
        ]
    assert drift == []
    assert len(set(schema.revision(store))) == 1


def test_an_upgrade_may_run_twice(store: Store) -> None:
    a_request(store)
    schema.upgrade(store)
    with store.look() as tx:
        assert len(queries.requests_of(tx, "U0ANA")) == 1


QUESTIONS = [
    (name, question)
    for name, question in getmembers(queries, isfunction)
    if question.__module__ == "store.queries"
]
ANSWERS: dict[str, Any] = {
    "now": NOW,
    "moment": NOW,
    "ids": [1],
    "requests": ["x"],
    "states": Progress.READY,
    "query": "x",
}


@pytest.mark.parametrize(("name", "question"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_every_question_can_be_asked(store: Store, name: str, question: Any) -> None:
    request = a_request(store)
    given = [
        request
        if parameter.name == "request" and "Request" in str(parameter.annotation)
        else ANSWERS.get(parameter.name, "x")
        for parameter in list(signature(question).parameters.values())[1:]
        if parameter.default is Parameter.empty and parameter.kind is not Parameter.KEYWORD_ONLY
    ]
    with store.begin() as tx:
        question(tx, *given)


def test_a_state_changes_once_and_the_second_is_told_so(store: Store) -> None:
    request = a_request(store)
    with store.begin() as tx:
        move(tx, queries.request(tx, request.id), Consent.WITHDRAWN, actor="U0ANA", at=NOW)  # type: ignore[arg-type]
    with pytest.raises(TooLate) as late, store.begin() as tx:
        move(tx, request, Consent.WAITING, actor="runner", at=NOW)
    assert late.value.state == "asked"
    with store.look() as tx:
        assert [entry.kind for entry in queries.audit_of(tx, request.id)] == ["asked", "withdrawn"]


def test_a_move_that_is_not_allowed_changes_nothing(store: Store) -> None:
    request = a_request(store)
    with pytest.raises(TooLate), store.begin() as tx:
        move(tx, request, Consent.SPENT, actor="calendar", at=NOW)
    with store.look() as tx:
        seen = queries.request_seen(tx, request.id)
        assert seen is not None
        assert seen.state is Consent.ASKED


def test_every_state_is_reachable_and_only_final_ones_end() -> None:
    reached = {to for allowed in MOVES.values() for to in allowed}
    begins = {Consent.ASKED, Progress.READY, Progress.HELD}
    assert reached | begins == {*Consent, *Progress}
    assert {*Consent, *Progress} - set(MOVES) == {
        Consent.VOID,
        Consent.REFUSED,
        Consent.WITHDRAWN,
        Consent.EXPIRED,
        Progress.DONE,
        Progress.DROPPED,
    }


def test_an_operation_is_minted_once(store: Store) -> None:
    request = a_request(store)
    given = {"request": request.id, "due": NOW, "run_at": NOW, "account": "main"}
    given |= {"action": "campaign.list", "inputs": {}, "state": Progress.READY}
    with store.begin() as tx:
        tx.add(Operation(id="one", **given))
    with pytest.raises(Exception, match=r"(?i)unique"), store.begin() as tx:
        tx.add(Operation(id="two", **given))


def test_what_is_sealed_is_opened_by_an_elder_key_and_by_no_other() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Vault([old]).seal({"email": "mia@example.test"})
    assert "mia" not in sealed
    assert Vault([new, old]).open(sealed) == {"email": "mia@example.test"}
    with pytest.raises(BadKey):
        Vault([new]).open(sealed)
    with pytest.raises(BadKey, match="doctor --new-key"):
        Vault(["not a key"])


def test_one_process_at_a_time_on_a_file_which_is_nobody_elses_business(tmp_path: Path) -> None:
    file = tmp_path / "vouchdesk.db"
    store = Store(f"sqlite:///{file}")
    schema.upgrade(store)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    what_to_do = pytest.raises(DatabaseInUse, match="Stop it first, or use PostgreSQL")
    with store.alone(), what_to_do, store.alone():
        raise AssertionError("two at once")
    with store.alone():
        assert file.exists()
    store.close()


def test_a_reply_under_a_card_is_not_taken_for_the_card(store: Store) -> None:
    with store.begin() as tx:
        tx.add(Posted(key="notice:7:approvers", channel="C1", ts="1.1"))
        tx.flush()
        tx.add(Posted(key="req_1:approvers", channel="C1", ts="1.1"))
    with store.look() as tx:
        assert surfaces.request_at(tx, "C1", "1.1") == "req_1"
