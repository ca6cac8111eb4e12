"""Which entry of a chain is the first that is wrong: read once, in constant memory."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain

from store.ledger import ENDS, GENESIS, HEAD, TAIL, Fault, NoChain, Verdict, link
from store.signing import Public, Sort, Statement, Trust, Unreadable, read

SAID = b'{"at":'
"""How a line begins that is no entry but a statement."""
NEVER = 10**18

FILTERED = (
    "This export holds a choice of entries ({}). The hash of each needs the one before it, so only"
    " an export without a filter can be verified."
)


def verify(
    lines: Iterable[bytes], publics: Mapping[str, Public], posted: Sequence[Statement] = ()
) -> Verdict:
    """Whether these lines are the chain that the keys have signed, and which is wrong first.

    `posted` are statements from elsewhere, such as the channel. Raises `NoChain`.
    """
    return _Reading(publics, posted).read(iter(lines))


class _Wrong(Exception):
    def __init__(self, fault: Fault, number: int, words: str) -> None:
        self.fault, self.number = fault, number
        super().__init__(words)


class _Reading:
    """How far it has come, and what has to fit yet."""

    def __init__(self, publics: Mapping[str, Public], posted: Sequence[Statement]) -> None:
        self._publics = publics
        self._number, self._first = 1, 1  # of the entry that is expected
        self._before = self._earlier = GENESIS  # hashes of the one before it, and before that
        self._line = 0
        self._head: Statement | None = None
        self._matched = self._covered = self._statements = 0
        self._stubs: dict[int, Statement] = {}
        self._marks: list[Statement] = []  # the nearest one last
        self._mark = NEVER
        for each in posted:
            self._expect(each)

    def read(self, lines: Iterator[bytes]) -> Verdict:
        try:
            entries = self._begin(lines)
            for found in entries:
                self._line += 1
                try:
                    fits = self._fits(found)
                except _Wrong as wrong:
                    raise self._put_in(next(entries, b"")) or wrong from None
                if not fits:
                    self._odd(found, entries)
            self._end()
        except _Wrong as wrong:
            return self._verdict(wrong.fault, wrong.number, str(wrong))
        words = f"{self._number - self._first:,} entries are as they were sealed"
        return self._verdict(None, self._number - 1, words)

    def _verdict(self, fault: Fault | None, number: int, words: str) -> Verdict:
        return Verdict(fault, number, words, self._line, self._first, self._matched, self._covered)

    def _fits(self, line: bytes) -> bool:
        """Whether it is the entry that is expected; if so, the next one is."""
        body = line[9:-ENDS]
        seal = sha256(self._before + body)
        if (
            line[-ENDS:] != TAIL % seal.hexdigest().encode()
            or line[:9] != HEAD
            or b'"number":%d,' % self._number not in body
        ):
            return False
        self._earlier, self._before = self._before, seal.digest()
        self._number += 1
        if self._number > self._mark:
            self._pass()
        return True

    def _begin(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        """Head and stub, and where the chain begins; gives the lines after them."""
        first = next(lines, b"")
        if first.startswith(HEAD):
            return self._start(first, lines)
        self._line = 1
        try:
            self._head = _statement(first)
        except Unreadable:
            if not next(lines, b"").startswith((HEAD, SAID)):
                raise NoChain from None
            raise _Wrong(Fault.FORGED, 1, "The head of the export is damaged") from None
        if self._head.kind is not Sort.EXPORT:
            raise NoChain
        if choice := self._head.said.get("filter"):
            raise NoChain(FILTERED.format(", ".join(f"{k}: {v}" for k, v in choice.items())))
        if self._head.signature:
            self._trust(self._head)
        self._expect(self._head)
        return self._after_stub(lines)

    def _after_stub(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        found = next(lines, b"")
        if found.startswith(SAID):
            self._line += 1
            self._expect(self._said(found))
            self._statements += 1
            found = next(lines, b"")
        return self._start(found, lines)

    def _start(self, first: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
        """At the very first entry, or after those of which a stub says that they were removed."""
        number = _number(first)
        stub = self._stubs.get(number - 1) if number else None
        if stub is None and number != 1 and self._stubs:
            stub = self._stubs[max(self._stubs)]
        if stub:
            self._trust(stub)
            self._number = self._first = stub.number + 1
            self._before = bytes.fromhex(stub.hash)
            while self._marks and self._marks[-1].number < stub.number:
                self._trust(self._marks.pop())
        self._pass()
        return chain([first], lines) if first else lines

    def _expect(self, said: Statement) -> None:
        """It has to fit when its entry comes."""
        if said.kind is Sort.STUB:
            self._stubs[said.number] = said
        self._marks.append(said)
        self._marks.sort(key=lambda mark: -mark.number)
        self._mark = self._marks[-1].number

    def _pass(self) -> None:
        """Hold what was said of the newest entry against it."""
        number = self._number - 1
        while self._marks and self._marks[-1].number == number:
            said = self._marks.pop()
            is_signed = said is not self._head or bool(said.signature)
            if is_signed:
                self._trust(said)
            if said.hash != self._before.hex():
                since = max(self._covered + 1, self._first)
                words = f"Entries {since:,} to {number:,} are not those that the {said.kind} knows"
                raise _Wrong(Fault.REWRITTEN, since, words)
            if is_signed:
                self._matched, self._covered = self._matched + 1, number
        self._mark = self._marks[-1].number if self._marks else NEVER

    def _trust(self, said: Statement) -> None:
        match said.trust(self._publics):
            case Trust.FORGED:
                words = f"The {said.kind} at entry {said.number:,} is not signed by its key"
            case Trust.STRANGE:
                key = f"the key {said.key}, which was not named"
                words = f"The {said.kind} at entry {said.number:,} is signed by {key}"
            case _:
                return
        raise _Wrong(Fault.FORGED, max(said.number, 1), words)

    def _odd(self, line: bytes, lines: Iterator[bytes]) -> None:
        """A statement; or else the first entry that is wrong."""
        later = (each for each in lines if not each.startswith(SAID))
        if not line.startswith(SAID):
            raise self._wrong(line, later)
        said, last = self._said(line), self._number - 1
        if said.number > last and not _is(after := next(later, b""), self._before, last + 1):
            raise self._wrong(after, later) if after else self._cut(said.number)
        if said.number != last or said.kind is not Sort.CHECKPOINT:
            words = f"The {said.kind} of entry {said.number:,} stands after entry {last:,}"
            raise _Wrong(Fault.FORGED, max(last, 1), words)
        self._statements += 1
        self._expect(said)
        self._pass()

    def _said(self, line: bytes) -> Statement:
        try:
            return _statement(line)
        except Unreadable:
            number = max(self._number - 1, 1)
            words = f"What is said after entry {number:,} is damaged"
            raise _Wrong(Fault.FORGED, number, words) from None

    def _wrong(self, line: bytes, later: Iterator[bytes]) -> _Wrong:
        """What has become of the entry that is expected."""
        here, said, after = self._number, _number(line), next(later, b"")
        if not line.endswith(b"\n"):
            return _Wrong(Fault.CUT, here, f"Entry {here:,} breaks off")
        if _is(after, self._before, here):
            return self._before_its_turn(said, next(later, b""))
        if made := self._put_in(line):
            return made
        is_here = said in (None, here) or _is(_renumbered(line, here), self._before, here)
        next_one = _number(after)
        if not is_here and (next_one == here or any(_number(each) == here for each in later)):
            words = f"Entry {said:,} is in the place of entry {here:,}, which comes later"
            return _Wrong(Fault.SWAPPED, here, words)
        if said is None or is_here or said < here or next_one == here + 1:
            words = f"Entry {here:,} is not as it was sealed, or does not follow on {here - 1:,}"
            return _Wrong(Fault.EDITED, here, words)
        words = f"Entry {here:,} is missing"
        if said > here + 1:
            words = f"Entries {here:,} to {said - 1:,} are missing"
        return _Wrong(Fault.DELETED, here, words)

    def _put_in(self, line: bytes) -> _Wrong | None:
        """Whether that line would have fitted in the place of the newest entry, which fits too."""
        last = self._number - 1
        if last < self._first or not _is(line, self._earlier, last):
            return None
        words = f"Something was put before entry {last:,}, and made to fit"
        return _Wrong(Fault.INSERTED, last, words)

    def _before_its_turn(self, said: int | None, third: bytes) -> _Wrong:
        """Something stands before the entry that is expected: the one after it, or anything."""
        here = self._number
        if said == here + 1 and _number(third) != here + 1:
            return _Wrong(Fault.SWAPPED, here, f"Entries {here:,} and {here + 1:,} are swapped")
        return _Wrong(Fault.INSERTED, here, f"Something was put before entry {here:,}")

    def _end(self) -> None:
        """Nothing may be missing that something was said about."""
        last, head = self._number - 1, self._head
        for said in reversed(self._marks):
            if said is not head or said.signature:
                self._trust(said)
            raise self._cut(self._marks[0].number)
        if head is None:
            return
        counted = {"first": self._first, "count": last - self._first + 1}
        counted["statements"] = self._statements
        for name, number in counted.items():
            if head.said.get(name) != number:
                words = f"The head says {name} {head.said.get(name)}, but it is {number:,}"
                raise _Wrong(Fault.FORGED, max(last, 1), words)

    def _cut(self, last: int) -> _Wrong:
        here = self._number
        words = f"Entries {here:,} to {last:,} are missing at the end"
        return _Wrong(Fault.CUT, here, words if last > here else f"Entry {here:,} is missing")


def _statement(line: bytes) -> Statement:
    """The statement that this line is, to the byte; raises `Unreadable`."""
    try:
        if not line.endswith(b"\n"):
            raise Unreadable
        return read(line[:-1].decode())
    except UnicodeDecodeError:
        raise Unreadable from None


def _number(line: bytes) -> int | None:
    """Which entry a line says it is."""
    try:
        number = json.loads(line)["entry"]["number"]
    except (ValueError, KeyError, TypeError):
        return None
    return number if isinstance(number, int) else None


def _renumbered(line: bytes, number: int) -> bytes:
    return line.replace(b'"number":%d,' % (_number(line) or 0), b'"number":%d,' % number)


def _is(line: bytes, before: bytes, number: int) -> bool:
    """Whether that line would be that entry, after one of that hash."""
    seal = link(before, line[9:-ENDS]).hex().encode()
    return line[-ENDS:] == TAIL % seal and b'"number":%d,' % number in line
