"""The record at the command line: found, exported, streamed, compared."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.office import Office, open_office
from bot.settings import Settings
from store.kinds import Kind
from store.lifecycle import note
from tests.console import vouchdesk
from tests.servers import serving
from tests.world import KEY

EVIL = ("=HYPERLINK(1)", "+SUM(A1)", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "plain")


@pytest.fixture
def settings(tmp_path: Path, api_server: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    httpx.post(f"{api_server}/_/reset", json={})
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path}/vouchdesk.db",
        "VOUCHDESK_SECRET_KEY": KEY,
        "COUPONTOOLS_URL": api_server,
        "COUPONTOOLS_CLIENT_ID": "sandbox-id",
        "COUPONTOOLS_CLIENT_SECRET": "sandbox-secret",
        "VOUCHDESK_STREAM_TOKEN": "let-me-in",
    }


@pytest.fixture
def office(settings: dict[str, str]) -> Iterator[Office]:
    found = open_office(Settings(_env_file=None, **{k.lower(): v for k, v in settings.items()}))
    with found.store.begin() as tx:
        for words in EVIL:
            where = {"account": "main", "surface": "slack", "campaign": "cam_7"}
            note(tx, Kind.DECLINED, actor="U0BO", at=found.now(), because=words, **where)
    yield found
    found.close()


def run(settings: dict[str, str], *words: str) -> Any:
    done = vouchdesk(settings, "audit", *words)
    assert done.exit_code == 0, done.stderr
    return done


def test_lines_are_found_page_by_page(settings: dict[str, str], office: Office) -> None:
    first = run(settings, "search", "--person", "U0BO", "--limit", "4", "--json")
    lines = json.loads(first.stdout)
    assert [line["because"] for line in lines] == [*reversed(EVIL[3:])]
    assert "--below 5" in first.stderr
    words = ("search", "--campaign", "cam_7", "--outcome", "declined", "--below", "5", "--json")
    rest = json.loads(run(settings, *words).stdout)
    assert [line["because"] for line in rest] == [*reversed(EVIL[:3])]
    assert len(json.loads(run(settings, "search", "--text", "HYPERlink", "--json").stdout)) == 1
    assert "Nothing on record" in run(settings, "search", "--until", "2020-01-01").stdout
    assert "hyperlink" in run(settings, "search", "--since", "1d").stdout.lower()


def test_what_cannot_be_meant_is_said(settings: dict[str, str], office: Office) -> None:
    for words in (("--outcome", "nonsense"), ("--since", "yesterday-ish")):
        done = vouchdesk(settings, "audit", "search", *words)
        assert done.exit_code == 1
        assert words[1] in done.stderr


def test_a_csv_holds_no_formula_and_says_what_it_is(
    settings: dict[str, str], office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "record.csv"
    words = ("--format", "csv", "--out", str(file), "--person", "U0BO", "--as", "auditor")
    assert "7 lines" in run(settings, "export", *words).stdout
    with file.open(newline="", encoding="utf-8") as text:
        rows = [*csv.reader(text)]
    for row in rows:
        assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    because = rows[0].index("because")
    assert [row[because].removeprefix("'") for row in rows[1:8]] == [*EVIL]
    stated = {row[0]: row[1] for row in rows[8:]}
    assert stated["# filter"] == "person U0BO"
    assert stated["# lines"] == "7"
    assert stated["# scope"].startswith("lines 1 to ")
    [line] = json.loads(run(settings, "search", "--kind", "exported", "--json").stdout)
    assert (line["actor"], line["surface"]) == ("auditor", "cli")
    assert line["because"] == "the record: 7 lines, person U0BO"


def test_a_spreadsheet_makes_no_formula_of_a_csv(
    settings: dict[str, str], office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "record.csv"
    run(settings, "export", "--format", "csv", "--out", str(file))
    with file.open(newline="", encoding="utf-8") as text:
        cells = [cell for row in csv.reader(text) for cell in row]
    assert formulas(cells) == 0
    assert formulas(EVIL) == 1  # what it makes of them as they came


def formulas(cells: Sequence[str]) -> int:
    """How many of these a spreadsheet library takes for one."""
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        for row, cell in enumerate(cells):
            sheet.write(row, 0, cell)
    with zipfile.ZipFile(book) as parts:
        return parts.read("xl/worksheets/sheet1.xml").count(b"<f>")


def test_json_lines_say_first_what_they_are_and_last_how_many(
    settings: dict[str, str], office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "record.jsonl"
    run(settings, "export", "--out", str(file), "--text", "plain")
    first, *lines, last = [json.loads(line) for line in file.read_text().splitlines()]
    assert first["export"]["filter"] == "text plain"
    assert [line["because"] for line in lines] == ["plain"]
    assert last == {"end": {"lines": 1}}


def test_a_siem_gets_events_only(settings: dict[str, str], office: Office, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    run(settings, "export", "--format", "ocsf", "--out", str(file))
    events = [json.loads(line) for line in file.read_text().splitlines()]
    assert {event["class_uid"] for event in events} == {6003}
    assert events[-1]["unmapped"]["lines"] == len(events) - 1 == 8


def test_a_stream_goes_on_where_it_was(settings: dict[str, str], office: Office) -> None:
    first = run(settings, "stream", "--once").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in first] == [*range(1, 10)]
    assert "a stream to stdout from line 1 on" in json.loads(first[-1])["because"]
    second = run(settings, "stream", "--once", "--format", "ocsf").stdout.splitlines()
    assert [json.loads(line)["metadata"]["sequence"] for line in second] == [10]


def test_a_stream_is_posted_until_it_is_taken(settings: dict[str, str], office: Office) -> None:
    taken: list[tuple[str, list[str]]] = []
    answers = [503, 200]

    async def take(request: Request) -> Response:
        body = (await request.body()).decode()
        taken.append((request.headers["authorization"], body.splitlines()))
        return Response(status_code=answers.pop(0))

    with serving(Starlette(routes=[Route("/lines", take, methods=["POST"])])) as address:
        words = ("audit", "stream", "--once", "--to", f"{address}/lines?secret=1")
        done = vouchdesk(settings, *words)
        assert done.exit_code == 1
        assert "HTTP 503" in done.stderr
        assert vouchdesk(settings, *words).exit_code == 0
    (token, lost), (_, kept) = taken
    assert token == "Bearer let-me-in"
    assert kept[: len(lost)] == lost
    assert "secret" not in "".join(kept)


def test_somebody_is_erased_and_what_that_was_is_told(
    settings: dict[str, str], office: Office
) -> None:
    words = ("erase", "--because", "Ticket 81", "--value", "ada@example.test", "--json")
    done = vouchdesk(settings, *words)
    assert json.loads(done.stdout)["requests"] == 0
    [line] = json.loads(run(settings, "search", "--kind", "erased", "--json").stdout)
    assert line["because"].endswith("Ticket 81")
    assert vouchdesk(settings, *words[:4], "ab").exit_code == 1


def test_whether_it_is_complete_is_asked_by_hand(
    settings: dict[str, str], office: Office, api_server: str
) -> None:
    found = run(settings, "complete", "--json")
    assert json.loads(found.stdout)["gaps"] == []
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    httpx.post(f"{api_server}/v3/smstool/addgroup", json={"group_name": "Mine"}, headers=keys)
    done = vouchdesk(settings, "audit", "complete")
    assert done.exit_code == 1
    assert "is at Coupontools, and no call on record has made it." in done.stdout
