"""Granting: when what everybody has agreed to goes out, and what was said with a yes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, SQLModel, create_engine

from actions.approvals import grant, said, waited_for
from actions.terms import Terms
from actions.weighing import kept
from store.ending import ending
from store.lifecycle import enter, move
from store.tables import Account, Approval, Consent, Request

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATENESS, SECOND = timedelta(minutes=15), timedelta(seconds=1)
BRAKE, NONE = timedelta(minutes=2), timedelta()


@pytest.fixture(scope="module")
def tx() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session, ending(session):
        session.add(Account(name="main", client_id="", client_secret=""))
        session.flush()
        yield session
    engine.dispose()


def waiting(tx: Session, planned: datetime | None, brake: timedelta) -> Request:
    """A request that waits for its last yes."""
    request = Request(
        account="main",
        action="campaign.push_all",
        inputs=[{}],
        actor="U0ANA",
        asked_at=NOW,
        state=Consent.ASKED,
        next_at=planned,
        lateness=int(LATENESS.total_seconds()),
        terms=kept(Terms("v1", brake=brake)),
    )
    enter(tx, request, actor="U0ANA", at=NOW)
    tx.flush()
    move(tx, request, Consent.WAITING, actor="runner", at=NOW, waiting_since=NOW)
    return request


@pytest.mark.parametrize(
    ("planned", "brake", "due"),
    [
        (None, NONE, NOW),
        (None, BRAKE, NOW + BRAKE),
        (NOW + SECOND, NONE, NOW + SECOND),
        (NOW + SECOND, BRAKE, NOW + BRAKE),
        (NOW + 2 * BRAKE, BRAKE, NOW + 2 * BRAKE),
        (NOW - SECOND, NONE, NOW - SECOND),  # its lateness counts from when it was asked for
        (NOW - SECOND, BRAKE, NOW + BRAKE),
        (NOW - LATENESS, BRAKE, NOW + BRAKE),
        (NOW - LATENESS - SECOND, BRAKE, NOW - LATENESS - SECOND),  # too late: it is held
    ],
)
def test_it_goes_out_when_it_is_due_and_never_within_its_brake(
    tx: Session, planned: datetime | None, brake: timedelta, due: datetime
) -> None:
    request = waiting(tx, planned, brake)
    grant(tx, request, actor="U0BO", at=NOW)
    assert (request.state, request.next_at, request.granted_at) == (Consent.GRANTED, due, NOW)


def test_how_long_it_has_waited_for_people(tx: Session) -> None:
    request = waiting(tx, None, NONE)
    assert waited_for(request, NOW + BRAKE) == BRAKE
    request.waiting_since = None
    assert waited_for(request, NOW + BRAKE) == NONE


@pytest.mark.parametrize(
    ("comment", "behalf", "words"),
    [
        ("", "", ""),
        ("Fine", "", "Fine"),
        ("", "U0CY", "for U0CY"),
        ("Fine", "U0CY", "for U0CY: Fine"),
    ],
)
def test_a_yes_says_for_whom_and_what(comment: str, behalf: str, words: str) -> None:
    yes = Approval(
        request="", version=1, person="U0BO", at=NOW, comment=comment, on_behalf=behalf, roles=[]
    )
    assert said(yes) == words
