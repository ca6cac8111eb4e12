"""An Action: something Coupontools can do for us, declared once as a value."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

from actions.batches import KeptBatch
from actions.card import Card, Preview
from actions.errors import UnknownAction
from actions.fields import Inputs, Option, Reply
from actions.undo import Undo
from coupontools.endpoint import Endpoint


class Risk(StrEnum):
    """How much harm a mistake does; approvals follow from it (`actions/policy.py`)."""

    READ = "read"
    CHANGE = "change"
    LAUNCH = "launch"
    BLAST = "blast"


class Reads(Protocol):
    """The part of the API that a preview may use: what only reads."""

    def call(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Any:
        """The answer of one read."""

    def pages(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Iterator[Any]:
        """The answers of a paged read, one page after the other."""


class Looks(Reads, Protocol):
    """What a preview, and a step that looks first, may see: codes that are kept, too."""

    def batch(self, id: str) -> KeptBatch:
        """A batch of which codes are kept; raises `NotKept`."""

    def codes(self, batch: KeptBatch, begin: int, most: int) -> Sequence[Sequence[Any]]:
        """So many lines of it, from that one on; raises `NotKept`."""

    def used(self, batch: KeptBatch, code: str, ways: Sequence[str]) -> str:
        """Which of these has happened to a code; nothing, if none has."""

    def count_used(self, batch: KeptBatch, ways: Sequence[str]) -> int:
        """To how many of its codes one of these has happened."""


Send = Callable[[Mapping[str, Any]], Any]
"""Makes the call with that payload; its answer."""


I = TypeVar("I", bound=Inputs)  # noqa: E741  the I of Action[I, O]: inputs
O = TypeVar("O", bound=Reply)  # noqa: E741  the O of Action[I, O]: output
Taken = TypeVar("Taken", bound=Inputs, contravariant=True)
"""Inputs that are only read: what takes those of a base does for all that derive from it."""
Done = Mapping[str, Any]


class Intake(Protocol):
    """Reads a long answer, of which only its lines are kept, not the whole."""

    def line(self, record: Any) -> Sequence[Any]:
        """What is kept of the next record."""

    def names(self, line: Sequence[Any]) -> Iterable[str]:
        """By what that line can be found again."""

    def told(self) -> dict[str, Any]:
        """What the records so far amount to: this is the reply."""


@dataclass(frozen=True, eq=False)
class Step(Generic[Taken]):
    """One call; its payload comes from the inputs and the replies of the steps before it."""

    name: str
    endpoint: Endpoint
    payload: Callable[[Taken, Done], Mapping[str, Any]]
    intake: Callable[[Taken], Intake] | None = None
    """How its answer is read, where that is too long to be there as a whole."""
    work: Callable[[Taken, Looks, Send], Iterator[Any]] | None = None
    """How it is made where somebody has to look first; gives the records, as an answer would."""
    gather: Callable[[Taken, Reads, datetime], Any] | None = None
    """How the answer of a read that takes several calls is put together, as of that moment."""
    parts: Callable[[Taken], "tuple[Step[Taken], ...]"] | None = None
    """The calls that do it, where one may not suffice; none needs the answer of another."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Example:
    """Inputs that are valid and a reply that can be read; every surface is tested with it."""

    inputs: Mapping[str, Any]
    reply: Any


@dataclass(frozen=True)
class Today:
    """What a read tells of the fields of a change, and what else is worth seeing beside them."""

    values: Mapping[str, Any]
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Prefill(Generic[O]):
    """The read with whose answer the form of a change begins (`actions/changing.py`).

    `names` are the fields that say what is meant; `asks` has those that the read needs, and what
    it calls them. `today` finds the rest in its answer; it is given those names, as they were said.
    """

    read: "Action[Any, O]"
    names: tuple[str, ...]
    asks: Mapping[str, str]
    today: Callable[[O, Mapping[str, Any]], Today]


@dataclass(frozen=True, eq=False)
class Rows(Generic[O]):
    """A read as a whole list: its columns, and the rows of an answer; the first cell is an id."""

    columns: tuple[str, ...]
    of: Callable[[O], Iterable[Sequence[object]]]
    paged: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Action(Generic[I, O]):
    """A declaration; everything people see and everything that runs is derived from it.

    `name` is kept in rows and typed by people: it is never changed without an alias. `title` has
    at most 24 characters (it heads a modal), `summary` at most 75 (it fits a menu).
    """

    name: str
    title: str
    summary: str
    risk: Risk
    inputs: type[I]
    output: type[O]
    steps: tuple[Step[I], ...]
    present: Callable[[O], Card]
    example: Example
    preview: Callable[[I, Looks], Preview] | None = None
    options: Callable[[O], Sequence[Option]] | None = None
    secrets: Callable[[O], Sequence[tuple[str, str]]] | None = None
    """What of the answer only the person who asked may see, once; `present` leaves it out."""
    rows: Rows[O] | None = None
    """How a read becomes a whole list, for those that show only a part of it."""
    prefill: Prefill[Any] | None = None
    """What the form of a change begins with; only what differs from it is asked for."""
    undo: Undo[I, O] | None = None
    """What can be taken back of it. Whatever changes something has to say; a read has none."""

    def __post_init__(self) -> None:
        if (self.undo is None) is not (self.risk is Risk.READ):
            raise TypeError(f"{self.name}: what changes something says what can be undone")

    def steps_of(self, asked: I) -> tuple[Step[I], ...]:
        """The calls that it takes with these inputs."""
        parted = (step.parts(asked) if step.parts else (step,) for step in self.steps)
        return tuple(chain.from_iterable(parted))

    @property
    def is_long(self) -> bool:
        """Whether it brings more than is read as a whole: its lines are kept, and counted."""
        return any(step.intake for step in self.steps)

    @property
    def area(self) -> str:
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.name.partition(".")[2]

    @property
    def proven(self) -> bool:
        """Whether a page of the vendor shows the path of every call."""
        return all(step.endpoint.proven for step in self.steps)


AnyAction = Action[Any, Any]


def plain(asked: Inputs, _: Done) -> Mapping[str, Any]:
    """The inputs under their own names, what was left empty left out."""
    return asked.model_dump(mode="json", exclude_none=True)


def once(endpoint: Endpoint) -> tuple[Step[Any], ...]:
    """The steps of an action that is a single call with its inputs as they are."""
    return (Step(endpoint.id, endpoint, plain),)


class Catalog(Mapping[str, AnyAction]):
    """All actions by name, in the order in which people see them."""

    def __init__(self, actions: Sequence[AnyAction]) -> None:
        self._actions = {action.name: action for action in actions}

    def __getitem__(self, name: str) -> AnyAction:
        if name not in self._actions:
            raise UnknownAction(name, tuple(self._actions))
        return self._actions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    def __contains__(self, name: object) -> bool:
        return name in self._actions

    def areas(self) -> dict[str, list[AnyAction]]:
        """Actions by area, both in order."""
        found: dict[str, list[AnyAction]] = {}
        for action in self._actions.values():
            found.setdefault(action.area, []).append(action)
        return found
