"""The benchmarks: lines and exit codes as others rely on them, and small ones played through."""

import asyncio
import importlib
import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from bench import __main__ as bench, clicks, webhooks
from bench.load import Answer, interaction, listening, send, signed
from bench.peers.bolt import bare
from bench.row import Row
from bench.sums import percentile, rounded
from bench.table import table
from store.lifecycle import TooLate
from tests.servers import serving
from tests.world import SIGNING_SECRET

NAMES = ["bench", "figure", "unit", "baseline", "ratio", "target", "missed", "detail"]


def test_a_line_is_one_json_object_of_the_agreed_names(capsys: pytest.CaptureFixture[str]) -> None:
    row = Row("ack", 12.3456, "ms", {"under 3 s": True, "p99 within 1.5×": False}, 8.0, {"n": 200})
    assert "\n" not in row.line()
    said = json.loads(row.line())
    assert list(said) == NAMES
    assert said["ratio"] == 1.543
    assert (said["target"], said["missed"]) == ("under 3 s, p99 within 1.5×", ["p99 within 1.5×"])
    assert json.loads(Row("start", 1.0, "s", {}).line())["ratio"] is None


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([Row("start", 1.0, "s", {"under 2 s": True})], 0),
        ([Row("start", 3.0, "s", {"under 2 s": False})], 1),
        ([Row("start", 1.0, "s", {"one": True}), Row("start", 1.0, "s", {"one": False})], 1),
    ],
)
def test_a_target_that_is_missed_makes_the_exit_code(
    rows: list[Row], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = SimpleNamespace(run=lambda: iter(rows))
    monkeypatch.setattr(importlib, "import_module", lambda _: found)
    assert bench.main(["start"]) == code
    assert len(capsys.readouterr().out.splitlines()) == len(rows)


def test_one_that_breaks_off_counts_as_missed_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Iterator[Row]:
        raise TooLate("spent")

    found = {
        "bench.start": SimpleNamespace(run=broken),
        "bench.picker": SimpleNamespace(run=lambda: iter([Row("picker", 1.0, "ms", {})])),
    }
    monkeypatch.setattr(importlib, "import_module", found.__getitem__)
    assert bench.main(["start", "picker"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["bench"] == "picker"
    assert "TooLate" in told.err


def test_a_name_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["fast"]) == 2
    assert "There are: ack, picker" in capsys.readouterr().err


@pytest.mark.parametrize("name", bench.NAMES)
def test_each_of_them_is_a_file_that_can_be_run(name: str) -> None:
    module = importlib.import_module(f"bench.{name}")
    assert callable(module.run)
    assert module.__doc__


def test_lines_make_a_table_for_the_page() -> None:
    rows = [
        Row("ack", 12.5, "ms, p99", {"under 3 s": True}, 10.0, {"at_once": 50, "ms": {}}),
        Row("start", 3.0, "s", {"under 2 s": False}),
    ]
    assert list(table(row.line() for row in rows))[2:] == [
        "| `ack` | at_once 50 | 12.5 ms, p99 | 10.0 | 1.25 | met |",
        "| `start` |  | 3 s |  |  | missed: under 2 s |",
    ]


def test_sums() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, part) for part in (0.5, 0.99, 1.0)] == [50, 99, 100]
    assert percentile([7.0], 0.99) == 7
    assert rounded({"a": [1.23456, 7], "b": "0.123456"}) == {"a": [1.235, 7], "b": "0.123456"}


def test_requests_are_signed_as_slack_signs_them_and_a_bare_app_takes_them() -> None:
    app = bare("http://127.0.0.1:9/api/", SIGNING_SECRET)
    with serving(app) as url:
        press = {"type": "block_actions", "actions": [{"action_id": "approve"}]}
        forged = asyncio.run(send(url, interaction("another secret", press)))
        nobody = asyncio.run(send("http://127.0.0.1:9", signed(SIGNING_SECRET, {"a": "b"})))
    assert forged.status == 401
    assert nobody.status == 0


def test_an_ear_hears_what_is_said_and_when() -> None:
    async def say() -> tuple[Answer, dict[str, tuple[float, str]]]:
        async with listening() as ear:
            words = b'{"text": "Too late"}'
            head = f"POST /7 HTTP/1.1\r\nContent-Length: {len(words)}\r\n\r\n".encode()
            answer = await send(ear.url, head + words)
            return answer, ear.heard

    answer, heard = asyncio.run(say())
    assert answer.status == 200
    assert heard["7"][1] == "Too late"


def test_a_small_one_played_through() -> None:
    (row,) = clicks.run(people=3, clicks=6, replicas=1, storms=1)
    said = json.loads(row.line())
    assert list(said) == NAMES
    assert said["bench"] == "clicks"
    assert said["figure"] > 0 < said["baseline"]
    assert said["detail"]["effects"] == 1
    assert not [words for words in row.missed if "under" not in words]  # how fast is not asked


def test_a_small_minute_of_webhooks() -> None:
    (row,) = webhooks.run(count=40, seconds=1.0, ways=(("sqlite", "hmac"),))
    assert json.loads(row.line())["detail"]["states"] == {"counted": 32, "forged": 4}
    missed = [words for words in row.missed if "under" not in words and "within" not in words]
    assert not missed
