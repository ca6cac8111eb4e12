"""The usage data of a campaign with a hundred thousand coupon sessions, as a file."""

import csv
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.costs import apart
from bench.row import Row
from bench.stage import SQLITE, stage
from bench.work import ACTOR, PACE, WHERE, asker
from bot import lists
from bot.office import open_office
from bot.settings import Settings

PATH, PAGE = "/v3/campaign/data", 5_000
KEYS = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
MOST_MIB = 64
"""Of memory beyond what the program takes: two pages and their rows, whatever the whole holds."""


def run(sessions: int = 100_000) -> Iterator[Row]:
    """One row: seconds for all of it."""
    with stage(SQLITE, vouchdesk_pace=PACE) as at, at.office():
        size = {"sessions": sessions}
        at.http.post(f"{at.api}/_/reset", json=size).raise_for_status()
        ours, theirs = at.home / "ours.csv", at.home / "theirs.csv"
        bare_s, bare_mib = apart(bare, f"{at.api}{PATH}", theirs)
        took_s, mib = apart(exported, at.settings, ours)
        rows = [sum(1 for _ in file.open("rb")) - 1 for file in (ours, theirs)]
    yield Row(
        "sessions_100k",
        took_s,
        "s",
        {
            "every session is in the file": rows == [sessions, sessions],
            "at most twice the baseline": took_s <= 2 * bare_s,
            f"under {MOST_MIB} MiB": mib < MOST_MIB,
        },
        bare_s,
        {
            "sessions": sessions,
            "mib": mib,
            "baseline_mib": bare_mib,
            "baseline": "httpx page by page into csv, the rows unread",
        },
    )


def exported(settings: Settings, file: Path) -> None:
    """As `vouchdesk ask campaign.usage --csv` does it."""
    office = open_office(settings)
    desk = office.desk(asker, "cli")
    wanted = {"campaign": WHERE["campaign"]}
    lists.save(desk, office.exporting(desk), "campaign.usage", wanted, actor=ACTOR, file=file)
    office.close()


def bare(url: str, file: Path) -> None:
    """As a short program does it that trusts every answer."""
    with httpx.Client(headers=KEYS, timeout=60) as http, file.open("w", newline="") as into:
        writer, page = csv.writer(into), 1
        writer.writerow(["session"])
        while True:
            wanted = {"campaign": WHERE["campaign"], "page": page}
            found = http.post(url, json=wanted).json()["data"]
            for each in found:
                writer.writerow([each["session"], each["sequenceid"], *each["status"].values()])
            if len(found) < PAGE:
                return
            page += 1
