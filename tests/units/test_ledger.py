"""An export of 10,000 entries: whatever is done to it is found, and where it was done."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as some

from store.ledger import Fault, NoChain, Verdict, body, line, link
from store.signing import Signer, Sort, publics
from store.verifying import verify
from tests.recording import START, Record

ENTRIES, PART = 10_000, 1_000
SHORT = 12
DAMAGED = (Fault.EDITED, Fault.INSERTED, Fault.CUT)
Lines = Sequence[bytes]


class Export:
    """The lines of a file, the public key, and the checkpoints that were posted."""

    def __init__(self, record: Record) -> None:
        self.lines = record.exported()
        self.posted = record.posted()
        self.publics = publics(record.signer.public_keys)
        self.place = {n: at for at, n in enumerate(map(number, self.lines)) if n}
        """Where each entry is among the lines, by its number."""

    def judged(self, lines: Lines, *, posted: bool = True) -> Verdict:
        return verify(lines, self.publics, self.posted if posted else ())

    def flipped(self, at: int, place: int, bit: int) -> list[bytes]:
        """One bit of one line is another; a line may fall in two, or be one with the next."""
        broken = bytearray(self.lines[at])
        broken[place] ^= 1 << bit
        whole = bytes(broken) + b"".join(self.lines[at + 1 : at + 2])
        here = [each + b"\n" for each in whole.split(b"\n")]
        here[-1] = here[-1][:-1]
        return [*self.lines[:at], *filter(None, here), *self.lines[at + 2 :]]


def number(line: bytes) -> int:
    """Of an entry; nought for what is said."""
    return int(json.loads(line)["entry"]["number"]) if b'"entry"' in line else 0


def export_of(url: Path, parts: int, part: int) -> Export:
    record = Record(f"sqlite:///{url}/vouchdesk.db")
    for _ in range(parts):
        record.grows(part)
    made = Export(record)
    record.store.close()
    return made


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return export_of(tmp_path_factory.mktemp("record"), ENTRIES // PART, PART)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return export_of(tmp_path_factory.mktemp("short"), 2, SHORT // 2)


numbers = some.integers(1, ENTRIES)


def test_an_untouched_one_is_whole(export: Export) -> None:
    assert len(export.lines) == 1 + ENTRIES + ENTRIES // PART
    verdict = export.judged(export.lines)
    assert verdict.is_whole
    assert (verdict.first, verdict.number, verdict.covered) == (1, ENTRIES, ENTRIES)
    assert verdict.matched == 1 + 2 * ENTRIES // PART


def test_an_empty_one_is_whole_too(tmp_path: Path) -> None:
    empty = export_of(tmp_path, 0, 0)
    assert len(empty.lines) == 1
    assert empty.judged(empty.lines).is_whole
    record = Record(f"sqlite:///{tmp_path}/vouchdesk.db")
    record.grows(1)
    assert verify(empty.lines, {}, record.posted()).fault is Fault.CUT
    record.store.close()


def test_it_is_whole_by_the_public_key_alone_and_by_hashes_alone(export: Export) -> None:
    assert export.judged(export.lines, posted=False).is_whole
    assert verify(export.lines, {}).is_whole


@settings(max_examples=200, deadline=None)
@given(some.data())
def test_any_bit_of_any_entry_that_is_flipped_is_found_there(
    export: Export, data: some.DataObject
) -> None:
    wrong = data.draw(numbers)
    at = export.place[wrong]
    place = data.draw(some.integers(0, len(export.lines[at]) - 1))
    verdict = export.judged(export.flipped(at, place, data.draw(some.integers(0, 7))))
    assert (verdict.number, verdict.line) == (wrong, at + 1), verdict
    assert verdict.fault in DAMAGED, verdict


def test_every_bit_of_an_entry_counts(export: Export) -> None:
    at = export.place[17]
    for place in range(len(export.lines[at])):
        for bit in range(8):
            verdict = export.judged(export.flipped(at, place, bit))
            assert (verdict.number, verdict.line) == (17, at + 1), (place, bit, verdict)
            assert verdict.fault in DAMAGED, (place, bit, verdict)


def test_every_byte_of_a_file_counts_its_head_and_checkpoints_too(short: Export) -> None:
    for at, words in enumerate(short.lines):
        for place in range(len(words)):
            lines = short.flipped(at, place, place % 8)
            verdict = short.judged(lines)
            assert not verdict.is_whole, (at, place)
            assert verdict.line == at + 1, (at, place, verdict)


@settings(max_examples=40, deadline=None)
@given(numbers)
def test_an_entry_that_is_gone_is_named(export: Export, wrong: int) -> None:
    at = export.place[wrong]
    verdict = export.judged([*export.lines[:at], *export.lines[at + 1 :]])
    assert verdict.number == wrong
    assert verdict.fault in (Fault.DELETED, Fault.CUT if wrong == ENTRIES else Fault.DELETED)


@settings(max_examples=20, deadline=None)
@given(numbers, some.integers(1, 500))
def test_of_many_that_are_gone_the_first_is_named(export: Export, wrong: int, many: int) -> None:
    gone = {export.place[n] for n in range(wrong, min(wrong + many, ENTRIES))}
    verdict = export.judged([each for at, each in enumerate(export.lines) if at not in gone])
    if gone:
        assert (verdict.fault, verdict.number) == (Fault.DELETED, wrong), verdict


@settings(max_examples=40, deadline=None)
@given(numbers, numbers)
def test_of_two_that_are_swapped_the_first_place_is_named(
    export: Export, one: int, other: int
) -> None:
    lines = [*export.lines]
    here, there = export.place[one], export.place[other]
    lines[here], lines[there] = lines[there], lines[here]
    verdict = export.judged(lines)
    if one != other:
        assert (verdict.fault, verdict.number) == (Fault.SWAPPED, min(one, other)), verdict
    else:
        assert verdict.is_whole


@pytest.mark.parametrize("one", [1, 999, 1_000, ENTRIES - 1])
def test_neighbours_that_are_swapped_are_named(export: Export, one: int) -> None:
    lines = [*export.lines]
    here, there = export.place[one], export.place[one + 1]
    lines[here], lines[there] = lines[there], lines[here]
    verdict = export.judged(lines)
    assert (verdict.fault, verdict.number) == (Fault.SWAPPED, one)


@settings(max_examples=40, deadline=None)
@given(numbers, numbers)
def test_a_copy_that_is_put_in_is_found_where_it_was_put(
    export: Export, before: int, copied: int
) -> None:
    at, copy = export.place[before], export.lines[export.place[copied]]
    verdict = export.judged([*export.lines[:at], copy, *export.lines[at:]])
    assert verdict.fault is Fault.INSERTED, verdict
    assert verdict.number in ({before, before + 1} if copied == before else {before}), verdict


@settings(max_examples=20, deadline=None)
@given(numbers)
@example(5_000)  # of which a checkpoint speaks
def test_a_new_one_that_is_made_to_fit_is_found_too(export: Export, before: int) -> None:
    hash = bytes(32)
    if before > 1:
        hash = bytes.fromhex(json.loads(export.lines[export.place[before - 1]])["hash"])
    fake = {"seq": 5, "number": before, "at": START, "actor": "U0EVE", "kind": "granted"}
    sealed = line(body(fake), link(hash, body(fake)).hex())
    at = export.place[before]
    verdict = export.judged([*export.lines[:at], sealed, *export.lines[at:]])
    assert (verdict.fault, verdict.number) == (Fault.INSERTED, before), verdict


@settings(max_examples=20, deadline=None)
@given(some.integers(2, ENTRIES), some.integers(0, 200))
def test_a_tail_that_is_cut_is_found(export: Export, wrong: int, rest: int) -> None:
    at = export.place[wrong]
    rest = min(rest, len(export.lines[at]) - 1)
    kept = [*export.lines[:at], export.lines[at][:rest]] if rest else export.lines[:at]
    for lines in (kept, kept[1:]):  # without its head, too
        verdict = export.judged(lines)
        assert (verdict.fault, verdict.number) == (Fault.CUT, wrong), verdict


def rewritten(export: Export, wrong: int) -> list[bytes]:
    """By somebody who has no key: one entry is another, and all hashes after it are new."""
    lines, before = [], bytes(32)
    for words in export.lines[1:]:
        if not number(words):
            continue
        entry = json.loads(words)["entry"]
        del entry["form"]
        if entry["number"] == wrong:
            entry["actor"] = "U0EVE"
        before = link(before, body(entry))
        lines.append(line(body(entry), before.hex()))
    return lines


@pytest.mark.parametrize(("wrong", "since"), [(1, 1), (4_321, 4_001), (5_000, 4_001)])
def test_hashes_that_are_all_made_anew_do_not_fit_the_checkpoints(
    export: Export, wrong: int, since: int
) -> None:
    lines = rewritten(export, wrong)
    assert verify(lines, export.publics).is_whole, "this is what checkpoints are for"
    verdict = export.judged(lines)
    assert (verdict.fault, verdict.number) == (Fault.REWRITTEN, since)
    assert "to 5,000" in verdict.words or wrong == 1


def test_signatures_of_somebody_else_are_worth_nothing(export: Export) -> None:
    eve = Signer([Signer.new_key()])
    lines = rewritten(export, 9_500)
    hash = json.loads(lines[-1])["hash"]
    head = eve.sign(Sort.EXPORT, ENTRIES, hash, START, first=1, count=ENTRIES, statements=0)
    verdict = export.judged([f"{head.words}\n".encode(), *lines], posted=False)
    assert verdict.fault is Fault.FORGED
    assert "was not named" in verdict.words


@pytest.mark.parametrize("change", ["dropped", "twice", "moved"])
def test_checkpoints_in_a_file_stand_where_they_belong(export: Export, change: str) -> None:
    lines = [*export.lines]
    at = export.place[3_000] + 1
    said = lines.pop(at)
    if change == "twice":
        lines[at:at] = [said, said]
    if change == "moved":
        lines.insert(at + 5, said)
    assert export.judged(lines).fault is Fault.FORGED


def test_a_choice_of_entries_is_not_taken_for_a_chain(export: Export) -> None:
    head = Signer(()).sign(Sort.EXPORT, 3, "0", START, first=1, count=1, filter={"person": "U0BO"})
    with pytest.raises(NoChain, match="holds a choice of entries \\(person: U0BO\\)"):
        export.judged([f"{head.words}\n".encode(), export.lines[5]])


@pytest.mark.parametrize("words", [b"", b"at,who,what\n", b'{"a":1}\n{"a":2}\n', b"\xff\xfe\n"])
def test_any_other_file_is_not_taken_for_one(export: Export, words: bytes) -> None:
    with pytest.raises(NoChain):
        export.judged(words.splitlines(keepends=True))
