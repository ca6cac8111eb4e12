"""What we tell people, before it has a shape."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from actions.formats import WRITERS, Format, Into


@dataclass(frozen=True)
class Table:
    """Rows under headings; `total` when there are more rows than these."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    total: int | None = None


@dataclass(frozen=True, eq=False)
class Attachment:
    """A file for the thread: its rows are written when it is sent."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[object]]]
    format: Format = "csv"

    def write(self, into: Into) -> int:
        """Write all of it, row by row as they come; says how many."""
        rows = iter(self.rows())
        count, _ = self.fill(into, next(rows, None), rows)
        return count

    def fill(
        self,
        into: Into,
        row: Sequence[object] | None,
        rest: Iterator[Sequence[object]],
        most: int | None = None,
    ) -> tuple[int, Sequence[object] | None]:
        """Write that row and the rest, as far as `most` bytes have room for it.

        Says how many were written, and gives the first that was not.
        """
        writer, count = WRITERS[self.format](into, self.columns), 0
        try:
            while row is not None and writer.has_room(most):
                writer.add(row)
                row, count = next(rest, None), count + 1
        finally:
            writer.close()
        return count, row


@dataclass(frozen=True)
class Chart:
    """Numbers over days or other steps: each line has a name and one number for each label."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    kind: Literal["line", "bar"] = "line"

    @property
    def alt(self) -> str:
        """The same in words, for those who do not see it."""
        span = f"{self.labels[0]} to {self.labels[-1]}" if len(self.labels) > 1 else self.labels[0]
        return f"{self.title}, {span}. " + " ".join(
            f"{name}: {sum(values):,.10g} in all, at most {max(values):,.10g} "
            f"({self.labels[values.index(max(values))]})."
            for name, values in self.series
        )


@dataclass(frozen=True)
class Offer:
    """What may be done next: an action, filled in as far as is known."""

    label: str
    action: str
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Card:
    """A result as people read it: a line, facts, a chart, a table, a file, and what may follow."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    attachment: Attachment | None = None
    link: str = ""
    offers: tuple[Offer, ...] = ()
    chart: Chart | None = None


@dataclass(frozen=True)
class Preview:
    """What would happen, read before anybody agrees; `reach` is how many people it touches."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()
    reach: int | None = None
