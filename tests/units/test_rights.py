"""Rights as tables: whose say counts, for whom, and with which words they are told no."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions import rights
from actions.errors import NotAllowed, OwnRequest, SaidAlready, StaleCard
from actions.policy import Person
from actions.rules import APPROVER
from actions.terms import Escalation, Need, Terms
from actions.voices import Voice
from store.lifecycle import TooLate
from store.tables import Approval, Consent, Request

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NO_TIME = timedelta()
DAY = timedelta(days=1)


def person(name: str, *roles: str, member: bool = True) -> Person:
    return Person(name, name.title(), roles=frozenset(roles), member=member)


def voices(own: Person, *others: Person) -> list[Voice]:
    """Somebody's say, and that of those they stand in for."""
    return [Voice(own), *(Voice(other, deputy=True) for other in others)]


def terms(*needs: tuple[int, str]) -> Terms:
    """Approvals, and what heads may do after a day."""
    asked = tuple(Need(count, frozenset(groups.split()), "A rule") for count, groups in needs)
    return Terms("v1", asked, escalation=Escalation(DAY, frozenset({"heads"})))


def request(state: Consent = Consent.WAITING) -> Request:
    about: dict[str, Any] = {"account": "main", "action": "campaign.create", "inputs": [{}]}
    return Request(**about, actor="ana", asked_at=NOW, state=state, version=3)


def yes(who: str, *roles: str, behalf: str = "") -> Approval:
    return Approval(request="", version=3, person=who, at=NOW, on_behalf=behalf, roles=list(roles))


ONE, TWO = terms((1, APPROVER)), terms((1, APPROVER), (1, "finance"))
BO, CY = person("bo", APPROVER), person("cy", APPROVER)
DI, FI, HEAD = person("di"), person("fi", "finance"), person("head", "heads")
ANA = person("ana", APPROVER, "finance")
ABE = person("abe", APPROVER)
"""Somebody before Ana in the alphabet, and so on either side of whoever asked."""
GIL = person("gil", APPROVER, member=False)


def test_guests_may_not_ask() -> None:
    rights.to_ask(DI)
    with pytest.raises(NotAllowed, match=r"^Guests and people from outside cannot use this\. Ask"):
        rights.to_ask(GIL)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (voices(BO), ["bo"]),
        (voices(FI), ["fi"]),
        (voices(ABE), ["abe"]),
        (voices(BO, CY), ["bo", "cy"]),
        (voices(DI, CY), ["cy"]),
        (voices(DI, GIL, CY), ["cy"]),
        (voices(BO, ANA), ["bo"]),  # nobody brings the say of who asked
    ],
)
def test_who_may_decide(said: list[Voice], heard: list[str]) -> None:
    found = rights.to_decide(said, request(), 3, TWO, NO_TIME)
    assert [voice.of.id for voice in found] == heard


@pytest.mark.parametrize(
    ("said", "no", "words"),
    [
        (voices(ANA), OwnRequest, "You asked for this yourself"),
        (voices(ANA, BO), OwnRequest, "You asked for this yourself"),
        (voices(DI, ANA), NotAllowed, r"^Only approvers can decide this\.$"),
        (voices(DI), NotAllowed, r"^Only approvers can decide this\.$"),
        (voices(GIL), NotAllowed, r"^Only approvers can decide this\.$"),
        (voices(HEAD), NotAllowed, r"^Only approvers can decide this\.$"),
    ],
)
def test_who_may_not_decide(said: list[Voice], no: type[Exception], words: str) -> None:
    with pytest.raises(no, match=words):
        rights.to_decide(said, request(), 3, TWO, DAY - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (voices(ABE), ["abe"]),
        (voices(CY), ["cy"]),
        (voices(CY, BO), ["cy"]),  # nobody brings the say of who moved it
        (voices(BO), []),
        (voices(BO, CY), []),
    ],
)
def test_who_moved_it_does_not_decide(said: list[Voice], heard: list[str]) -> None:
    moved = request()
    moved.moved_by = "bo"
    if heard:
        found = rights.to_decide(said, moved, 3, ONE, NO_TIME)
        assert [voice.of.id for voice in found] == heard
        return
    with pytest.raises(OwnRequest, match="You have moved this to another time"):
        rights.to_decide(said, moved, 3, ONE, NO_TIME)


def test_after_a_day_others_may_decide_too() -> None:
    assert rights.to_decide(voices(HEAD), request(), 3, ONE, DAY) == voices(HEAD)
    assert rights.to_count(voices(HEAD), "head", [], ONE, DAY) == Voice(HEAD)


@pytest.mark.parametrize("version", [2, 4])
def test_another_version_is_not_decided_on(version: int) -> None:
    with pytest.raises(StaleCard):
        rights.to_decide(voices(BO), request(), version, ONE, NO_TIME)


@pytest.mark.parametrize("state", [each for each in Consent if each is not Consent.WAITING])
def test_what_does_not_wait_is_not_decided_on(state: Consent) -> None:
    with pytest.raises(TooLate) as found:
        rights.to_decide(voices(BO), request(state), 2, ONE, NO_TIME)
    assert found.value.state == state


@pytest.mark.parametrize(
    ("said", "given", "asked", "counted"),
    [
        (voices(BO), [], ONE, "bo"),
        (voices(BO), [yes("cy", APPROVER)], terms((2, APPROVER)), "bo"),
        (voices(FI), [yes("cy", APPROVER)], TWO, "fi"),
        (voices(BO, CY), [], ONE, "bo"),
        (voices(BO, CY), [yes("cy", APPROVER)], terms((2, APPROVER)), "bo"),
        (voices(BO, FI), [yes("cy", APPROVER)], TWO, "fi"),  # the say that is still missing
        (voices(DI, CY), [], ONE, "cy"),
        (voices(DI, BO, CY), [yes("bo", APPROVER)], terms((2, APPROVER)), "cy"),
    ],
)
def test_whose_say_is_counted(
    said: list[Voice], given: Sequence[Approval], asked: Terms, counted: str
) -> None:
    voice = rights.to_count(said, said[0].of.id, given, asked, NO_TIME)
    assert voice.of.id == counted
    assert voice.deputy is (counted != said[0].of.id)


AGAIN = "You have agreed to this already"


@pytest.mark.parametrize(
    ("said", "given", "no", "words"),
    [
        (voices(BO), [yes("bo", APPROVER)], SaidAlready, AGAIN),
        (voices(BO), [yes("cy", APPROVER), yes("bo", APPROVER)], SaidAlready, AGAIN),
        (voices(BO), [yes("di", APPROVER, behalf="bo")], SaidAlready, AGAIN),
        (voices(DI, BO, CY), [yes("di", APPROVER, behalf="bo")], SaidAlready, AGAIN),
        (
            voices(CY),
            [yes("bo", APPROVER)],
            NotAllowed,
            r"^What is still missing is the yes of somebody else: finance or law\.$",
        ),
        (
            [Voice(CY, deputy=True)],
            [yes("cy", APPROVER)],
            SaidAlready,
            r"^Whom you stand in for has agreed to this already\.$",
        ),
    ],
)
def test_nobody_counts_twice_nor_for_what_is_there(
    said: list[Voice], given: Sequence[Approval], no: type[Exception], words: str
) -> None:
    asked = terms((1, APPROVER), (2, "finance law"))
    actor = "di" if said[0].deputy else said[0].of.id
    with pytest.raises(no, match=words):
        rights.to_count(said, actor, given, asked, NO_TIME)


@pytest.mark.parametrize(
    ("who", "again", "may"),
    [
        (person("ana"), False, True),
        (person("ana", member=False), False, False),
        (person("ana", APPROVER), True, False),
        (BO, False, True),
        (BO, True, True),
        (ABE, True, True),
        (person("abe"), False, False),
        (DI, False, False),
        (DI, True, False),
        (FI, False, False),
        (GIL, False, False),
    ],
)
def test_who_may_settle_what_is_unclear(who: Person, again: bool, may: bool) -> None:
    if may:
        rights.to_settle(who, "ana", again=again)
        return
    with pytest.raises((NotAllowed, OwnRequest)) as found:
        rights.to_settle(who, "ana", again=again)
    mine = "To send it again, somebody else has to look first."
    theirs = "Only approvers and the person who asked can settle this."
    assert str(found.value) == (mine if who.id == "ana" and again else theirs)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (person("ana"), True),
        (person("ana", member=False), False),
        (BO, True),
        (ABE, True),
        (DI, False),
        (person("abe"), False),
        (GIL, False),
    ],
)
def test_who_may_have_the_codes_of_a_batch(who: Person, may: bool) -> None:
    if may:
        rights.to_take(who, "ana")
        return
    with pytest.raises(NotAllowed, match="person who asked can have the file"):
        rights.to_take(who, "ana")


@pytest.mark.parametrize(("who", "so"), [(BO, True), (FI, False), (GIL, False)])
def test_who_is_an_approver_where_no_rule_speaks(who: Person, so: bool) -> None:
    assert rights.is_approver(who) is so
