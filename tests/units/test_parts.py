"""A batch in parts, and what is held against what was asked."""

from typing import Any

import pytest

from actions.batches import Incoming, Part, parts

ROW = {
    "single_use_code": "h4mz0q7ty2ke9wd5rbn1x",
    "sequence_id": 20000001,
    "single_use_url": "https://digicpn.com/p/ab3xy9/h4mz0q7ty2ke9wd5rbn1x",
    "widget_validation_code": "h4mz0q",
    "custom_validation_code": "SPR4471902834",
}


@pytest.mark.parametrize(
    ("amount", "most", "sizes"),
    [
        (10, 100_000, [10]),
        (100_000, 100_000, [100_000]),
        (100_001, 100_000, [99_991, 10]),
        (200_009, 100_000, [100_000, 99_999, 10]),
        (200_010, 100_000, [100_000, 100_000, 10]),
        (5_000_000, 100_000, [100_000] * 50),
        (29, 20, [19, 10]),
    ],
)
def test_no_part_is_too_small_or_too_large(amount: int, most: int, sizes: list[int]) -> None:
    assert [part.amount for part in parts(amount, most)] == sizes


def test_each_part_has_a_prefix_of_its_own_unless_it_is_the_only_one() -> None:
    assert [part.prefix for part in parts(60, 20, "SPR")] == ["SPR01", "SPR02", "SPR03"]
    assert [part.prefix for part in parts(20, 20, "SPR")] == ["SPR"]
    assert {part.prefix for part in parts(60, 20)} == {""}


def told(part: Part, length: int | None, *records: Any) -> dict[str, Any]:
    incoming = Incoming(part, length)
    for record in records:
        incoming.line(record)
    found = incoming.told()
    return {name: found[name] for name in ("rows", "twice", "odd")}


def test_what_comes_is_held_against_what_was_asked() -> None:
    part = Part(1, 1, 10, "SPR")
    assert told(part, 10, ROW) == {"rows": 1, "twice": 0, "odd": 0}
    assert told(part, 10, ROW, ROW) == {"rows": 2, "twice": 1, "odd": 0}
    assert told(part, 11, ROW)["odd"] == 1
    assert told(Part(1, 1, 10, "SUM"), 10, ROW)["odd"] == 1
    again = {**ROW, "single_use_url": ROW["single_use_url"] + "2"}
    assert told(part, 10, ROW, again)["twice"] == 1, "the same validation code"
    assert told(Part(1, 1, 10), None, ROW, again) == {"rows": 2, "twice": 0, "odd": 0}


def test_a_record_of_another_form_is_kept_as_it_came() -> None:
    incoming = Incoming(Part(1, 1, 10), None)
    assert incoming.line({"code": 7}) == ["{'code': 7}"]
    assert (incoming.told()["rows"], incoming.told()["odd"], incoming.told()["twice"]) == (1, 1, 0)
