"""The record can be checked without trusting us: sealed, signed, told elsewhere, trimmed."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.doctor import examine
from store.chained import lines, verify_store
from store.checkpoints import EVERY, Broken, signed
from store.entries import AuditEntry
from store.ledger import Fault, Verdict
from store.lifecycle import note
from store.queries import chain
from store.signing import Signer, Sort, Statement, Trust, publics, read
from store.verifying import verify
from tests.flows.asking import agree, asks_campaign
from tests.recording import entries
from tests.world import World

KEY, OTHER = Signer.new_key(), Signer.new_key()
PUBLIC = publics(Signer([KEY]).public_keys)


def signs(world: World, *keys: str, **more: Any) -> World:
    world.starts_with(vouchdesk_audit_key=SecretStr(",".join(keys or (KEY,))), **more)
    return world


def happens(world: World, times: int = 1) -> None:
    """Something is put on record, so many times."""
    with world.bot.office.store.begin() as tx:
        for _ in range(times):
            note(tx, "read", actor="U0ANA", at=world.now(), because="looked")


def beats(world: World, *jobs: str) -> None:
    for job in jobs or ("seal", "sign", "witness"):
        world.bot.jobs[job][0]()


def judged(world: World) -> Verdict:
    return verify_store(world.bot.office.store, PUBLIC, at=world.now())[0]


def exported(world: World) -> list[bytes]:
    with world.bot.office.store.snapshot() as tx:
        return [*lines(tx, world.bot.office.signer, world.now())]


def posted(world: World) -> list[Statement]:
    """What somebody copies from the audit channel."""
    said = "\n".join(str(message) for message in world.slack.messages("audit"))
    return [read(each) for each in re.findall(r'\{"at":[^{}]*\}', said)]


def changes(world: World, statement: str) -> None:
    """Somebody who can write to the database, and has no key."""
    with world.bot.office.store.engine.begin() as connection:
        connection.execute(text(statement))


def test_what_people_do_is_sealed_and_the_chain_is_whole(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo", "cy")
    world.tick()
    beats(world, "seal")
    verdict = judged(world)
    assert verdict.is_whole
    with world.bot.office.store.look() as tx:
        assert not chain.is_open(tx)
    found = entries(world.bot.office.store)
    assert [entry.number for entry in found] == [*range(1, verdict.number + 1)]
    assert [entry.seq for entry in found] == sorted(entry.seq or 0 for entry in found)
    assert {"asked", "granted", "done"} <= {entry.kind for entry in found}


@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # elsewhere one writes at a time
def test_who_commits_late_is_not_left_out(world: World) -> None:
    store = world.bot.office.store
    with store.begin() as late:
        late.add(AuditEntry(at=world.now(), actor="U0LATE", kind="read"))
        late.flush()
        happens(world, 3)
        beats(world, "seal")
        assert judged(world).number == 3
    beats(world, "seal")
    found = entries(store)
    assert (found[-1].number, found[-1].actor) == (4, "U0LATE")
    assert found[-1].seq == min(entry.seq or 0 for entry in found)
    assert judged(world).is_whole


def test_without_a_key_nothing_is_signed_and_doctor_says_so(world: World) -> None:
    happens(world)
    beats(world)
    assert posted(world) == []
    assert judged(world).is_whole
    found = {each.what: each for each in examine(world.bot.office, world.settings)}
    assert "vouchdesk audit key" in found["record"].words


def test_a_checkpoint_is_posted_by_the_hour_if_anything_is_new(world: World) -> None:
    signs(world)
    beats(world)
    assert posted(world) == []
    happens(world)
    beats(world)
    [first] = posted(world)
    assert (first.number, first.trust(PUBLIC)) == (1, Trust.GOOD)

    happens(world)
    world.later(minutes=59)
    beats(world)
    assert len(posted(world)) == 1
    world.later(minutes=2)
    beats(world)
    assert [each.number for each in posted(world)] == [1, 2]
    world.later(hours=5)
    beats(world)
    assert len(posted(world)) == 2
    found = {each.what: each for each in examine(world.bot.office, world.settings)}
    assert found["checkpoint"].ok is True
    assert Signer([KEY]).public_keys[0] in found["record"].words


def test_so_is_one_after_many_entries(world: World) -> None:
    signs(world)
    happens(world)
    beats(world)
    happens(world, EVERY - 1)
    beats(world)
    assert [each.number for each in posted(world)] == [1]
    happens(world)
    beats(world)
    assert [each.number for each in posted(world)] == [1, EVERY + 1]


def test_an_export_is_verified_with_the_posted_checkpoints_and_the_public_key(world: World) -> None:
    signs(world)
    happens(world, 5)
    beats(world)
    happens(world, 5)
    world.later(hours=2)
    beats(world)
    file = exported(world)
    verdict = verify(file, PUBLIC, posted(world))
    assert (verdict.fault, verdict.covered, verdict.matched) == (None, 10, 5)
    assert verify(file[:9], PUBLIC, posted(world)).fault is Fault.CUT


def test_when_slack_is_away_a_checkpoint_is_told_later(world: World) -> None:
    signs(world)
    happens(world)
    world.slack.fails("chat.postMessage", error="internal_error")
    beats(world)
    assert posted(world) == []
    world.later(hours=2)
    happens(world)
    beats(world)
    assert [each.number for each in posted(world)] == [2], "it speaks of all before it"
    world.later(hours=2)
    beats(world)
    assert len(posted(world)) == 1


def test_checkpoints_are_added_to_a_file_and_a_line_that_broke_off_is_written_again(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoints.jsonl"
    signs(world, vouchdesk_audit_file=file)
    for _ in range(3):
        happens(world)
        world.later(hours=2)
        beats(world)
        beats(world, "witness")
    whole = file.read_text()
    assert [read(each).number for each in whole.splitlines()] == [1, 2, 3]

    file.write_text(whole[:-40])
    beats(world, "witness")
    lines = file.read_text().splitlines()
    assert [lines[0], lines[1], lines[-1]] == whole.splitlines()
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("change", "fault", "number"),
    [
        ("UPDATE app_audit_entry SET because = 'nothing' WHERE number = 4", Fault.EDITED, 4),
        ("UPDATE app_audit_entry SET at = '2026-01-01' WHERE number = 4", Fault.EDITED, 4),
        ("UPDATE app_audit_entry SET hash = 'ab' WHERE number = 9", Fault.EDITED, 9),
        ("DELETE FROM app_audit_entry WHERE number = 1", Fault.DELETED, 1),
        ("DELETE FROM app_audit_entry WHERE number IN (5, 6)", Fault.DELETED, 5),
        ("DELETE FROM app_audit_entry WHERE number > 7", Fault.CUT, 8),
        ("DELETE FROM app_audit_entry", Fault.CUT, 1),
        ("UPDATE app_audit_entry SET number = 12 WHERE number = 3", Fault.DELETED, 3),
        ("UPDATE app_signed SET number = 9, words = replace(words, '10', '9')", Fault.FORGED, 9),
    ],
)
def test_whatever_is_changed_in_the_database_is_named(
    world: World, change: str, fault: Fault, number: int
) -> None:
    signs(world)
    happens(world, 10)
    beats(world)
    assert judged(world).is_whole
    changes(world, change)
    verdict = judged(world)
    assert (verdict.fault, verdict.number) == (fault, number), verdict


def test_a_tail_that_is_cut_and_grown_again_is_not_signed(world: World) -> None:
    signs(world)
    happens(world, 10)
    beats(world)
    changes(world, "DELETE FROM app_audit_entry WHERE number > 7")
    happens(world, 5)
    beats(world, "seal")
    world.later(hours=2)
    with pytest.raises(Broken, match="Entry 10 is not that of its checkpoint"):
        beats(world, "sign")
    assert judged(world).fault is Fault.REWRITTEN
    found = {each.what: each for each in examine(world.bot.office, world.settings)}
    assert found["checkpoint"].ok is False


def test_when_the_key_is_changed_the_elder_one_is_named_too(world: World) -> None:
    signs(world)
    happens(world)
    beats(world)
    world.later(hours=2)
    elder = Signer([KEY]).public_keys
    signs(world, OTHER, *elder)
    happens(world)
    beats(world)
    said, both = posted(world), Signer([OTHER, *elder]).public_keys
    assert len({each.key for each in said}) == 2
    file = exported(world)
    assert verify(file, publics(both), said).is_whole
    verdict = verify(file, publics(both[:1]), said)
    assert (verdict.fault, verdict.number) == (Fault.FORGED, 1)
    assert "was not named" in verdict.words


def trimmed(world: World) -> None:
    """Ten old entries beside the one of the setting, and three young: the old are to be removed."""
    signs(world, vouchdesk_audit_days=30)
    happens(world, 10)
    beats(world)
    world.later(days=31)
    happens(world, 3)
    beats(world)
    beats(world, "prune", "seal", "sign", "witness")


def test_old_entries_are_removed_and_the_rest_is_still_whole(world: World) -> None:
    trimmed(world)
    verdict = judged(world)
    assert (verdict.fault, verdict.first) == (None, 12)
    [line] = [entry for entry in entries(world.bot.office.store) if entry.kind == "trimmed"]
    assert line.actor == "retention"
    assert line.because.startswith("11 entries up to number 11, ")

    [stub] = [each for each in posted(world) if each.kind is Sort.STUB]
    assert (stub.number, stub.said["removed"], stub.said["by"]) == (11, 11, "retention")
    file = exported(world)
    assert verify(file, PUBLIC, posted(world)).is_whole
    assert verify([file[0], *file[2:]], PUBLIC).fault is Fault.DELETED, "without its stub"
    changes(world, "DELETE FROM app_audit_entry WHERE number = 12")
    assert (judged(world).fault, judged(world).number) == (Fault.DELETED, 12)


def test_a_stub_that_somebody_else_has_put_there_removes_nothing(world: World) -> None:
    signs(world, vouchdesk_audit_days=30)
    happens(world, 10)
    beats(world)
    [newest] = posted(world)
    stub = Signer([OTHER]).sign(Sort.STUB, 11, newest.hash, world.now(), removed=11, by="retention")
    with world.bot.office.store.begin() as tx:
        tx.add(signed(stub))
    beats(world, "prune")
    assert len(entries(world.bot.office.store)) == 11
    assert judged(world).fault is Fault.FORGED


def test_it_is_removed_once_and_later_again_what_has_become_old(world: World) -> None:
    trimmed(world)
    beats(world, "prune")
    with world.bot.office.store.look() as tx:
        assert len(chain.signed(tx, Sort.STUB)) == 1
    world.later(days=31)
    happens(world)
    beats(world, "seal", "prune", "seal")
    verdict = judged(world)
    assert verdict.is_whole
    assert verdict.first > 12


def test_nothing_is_removed_of_a_chain_that_is_not_whole(world: World) -> None:
    signs(world, vouchdesk_audit_days=30)
    happens(world, 10)
    beats(world)
    changes(world, "UPDATE app_audit_entry SET actor = 'U0EVE' WHERE number = 4")
    world.later(days=31)
    happens(world)
    beats(world, "seal")
    with pytest.raises(Broken, match="Entry 4 is not as it was sealed"):
        beats(world, "prune")
    assert judged(world).number == 4


def test_nothing_is_removed_without_a_key(world: World) -> None:
    world.starts_with(vouchdesk_audit_days=30)
    happens(world, 10)
    world.later(days=31)
    happens(world)
    beats(world, "seal", "prune")
    assert judged(world).first == 1
    found = {each.what: each for each in examine(world.bot.office, world.settings)}
    assert found["VOUCHDESK_AUDIT_DAYS"].ok is False


def test_the_youngest_entry_is_never_removed(world: World) -> None:
    signs(world, vouchdesk_audit_days=30)
    happens(world, 4)
    beats(world)
    world.passes(days=40)
    beats(world, "prune", "seal")
    verdict = judged(world)
    assert verdict.is_whole
    assert verdict.first == 5
