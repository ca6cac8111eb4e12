"""The chain on the command line: a key, an export, a verdict; and how each exits."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from store import schema
from store.checkpoints import Checkpoints
from store.db import Store
from store.ledger import Fault
from store.lifecycle import note
from store.queries import chain
from store.sealing import Sealing
from store.signing import Signer, Sort
from tests.console import vouchdesk
from tests.world import KEY as SECRET

KEY = Signer.new_key()
PUBLIC = Signer([KEY]).public_keys[0]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Six entries, sealed and signed."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/vouchdesk.db"
    store = Store(url)
    schema.upgrade(store)
    with store.begin() as tx:
        for _ in range(6):
            note(tx, "read", actor="U0ANA", at=datetime.now(UTC))
    Sealing(store).seal()
    Checkpoints(store, Signer([KEY]), lambda: datetime.now(UTC)).sign_now()
    with store.look() as tx:
        said = [each.words for each in chain.signed(tx, Sort.CHECKPOINT)]
    copied = f"Vouchdesk  APP  10:15\nCheckpoint of the record\n{said[0]}\nKeep this line"
    Path("posted.txt").write_text(copied)
    store.close()
    return {"DATABASE_URL": url, "VOUCHDESK_SECRET_KEY": SECRET, "VOUCHDESK_AUDIT_KEY": KEY}


def tampers(settings: dict[str, str], statement: str) -> None:
    store = Store(settings["DATABASE_URL"])
    with store.engine.begin() as connection:
        connection.execute(text(statement))
    store.close()


def test_a_key_is_made_with_its_public_half() -> None:
    done = vouchdesk({}, "audit", "key")
    assert done.exit_code == 0
    made, public = done.stdout.splitlines()
    key = made.removeprefix("VOUCHDESK_AUDIT_KEY=")
    assert public == f"Public key: {Signer([key]).public_keys[0]}"


def test_the_database_is_verified(settings: dict[str, str]) -> None:
    done = vouchdesk(settings, "audit", "verify", "--checkpoints", "posted.txt")
    assert done.exit_code == 0, done.stderr
    assert "Whole: 6 entries are as they were sealed." in done.stdout
    assert "1 of them given with --checkpoints" in done.stdout

    tampers(settings, "UPDATE app_audit_entry SET actor = 'U0EVE' WHERE number = 3")
    done = vouchdesk(settings, "audit", "verify")
    assert done.exit_code == 1
    assert "Not whole (edited): Entry 3 is not as it was sealed" in done.stdout
    said = json.loads(vouchdesk(settings, "audit", "verify", "--json").stdout)
    assert (said["whole"], said["fault"], said["entry"]) == (False, "edited", 3)


def test_an_export_is_verified_elsewhere_without_any_setting(settings: dict[str, str]) -> None:
    done = vouchdesk(settings, "audit", "export", "--format", "jsonl", "--out", "audit.jsonl")
    assert done.exit_code == 0, done.stderr
    assert "10 lines in audit.jsonl" in done.stdout
    how = ("audit.jsonl", "--checkpoints", "posted.txt", "--public-key", PUBLIC)
    said = json.loads(vouchdesk({}, "audit", "verify", *how, "--json").stdout)
    assert (said["whole"], said["last"], said["covered"]) == (True, 7, 7)
    assert said["signed_statements"] == 4

    lines = Path("audit.jsonl").read_bytes().splitlines(keepends=True)
    Path("audit.jsonl").write_bytes(b"".join(lines[:4]))
    done = vouchdesk({}, "audit", "verify", *how)
    assert done.exit_code == 1
    assert "Not whole (cut): Entries 4 to 7 are missing at the end." in done.stdout


def test_an_export_is_not_written_over_anything(settings: dict[str, str]) -> None:
    Path("there.jsonl").write_text("mine")
    done = vouchdesk(settings, "audit", "export", "--out", "there.jsonl")
    assert done.exit_code == 1
    assert Path("there.jsonl").read_text() == "mine"


def test_without_a_public_key_it_says_what_that_is_worth(settings: dict[str, str]) -> None:
    vouchdesk(settings, "audit", "export", "--out", "audit.jsonl")
    done = vouchdesk({}, "audit", "verify", "audit.jsonl")
    assert done.exit_code == 0
    assert "No public key was named" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.jsonl",), "No such file"),
        (("posted.txt",), "This is no export of the whole chain, and a choice"),
        (("chosen.jsonl",), "holds a choice of entries (person: U0BO)"),
        (("--public-key", "ed25519-public:12"), "That is no key of the record"),
        (("--public-key", KEY), "That is no key of the record"),
        (("--checkpoints", "chosen.jsonl"), "There is no checkpoint"),
        (("--checkpoints", "damaged.txt"), "is damaged: copy it again"),
    ],
)
def test_what_cannot_be_verified_is_wrong_usage(
    settings: dict[str, str], words: tuple[str, ...], says: str
) -> None:
    chosen = Signer(()).sign(
        Sort.EXPORT, 6, "0" * 64, datetime.now(UTC), filter={"person": "U0BO"}, count=1
    )
    Path("chosen.jsonl").write_text(f"{chosen.words}\n")
    Path("damaged.txt").write_text(Path("posted.txt").read_text().replace('"hash":"', '"hash": "'))
    done = vouchdesk(settings, "audit", "verify", *words)
    assert done.exit_code == 2, done.stdout
    assert says in done.stderr


def test_a_bad_key_in_the_settings_is_said(settings: dict[str, str]) -> None:
    done = vouchdesk({**settings, "VOUCHDESK_AUDIT_KEY": "secret"}, "audit", "verify")
    assert done.exit_code == 1
    assert "vouchdesk audit key" in done.stderr


def test_entries_of_before_the_chain_are_sealed_afterwards(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/elder.db")
    schema.upgrade(store, "0008")
    columns = "at, actor, surface, kind, team, account, action, was, became, because, digest"
    values = "'2026-01-01 09:00:00.000000', 'U0ANA', '', 'read', '', '', '', '', '', '', ''"
    with store.engine.begin() as connection:
        for _ in range(3):
            connection.execute(text(f"INSERT INTO app_audit_entry ({columns}) VALUES ({values})"))  # noqa: S608  no words of others
    schema.upgrade(store)
    Sealing(store).seal()
    with store.look() as tx:
        assert chain.head(tx)[0] == 3
        assert not chain.is_open(tx)
    store.close()


def test_every_fault_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    assert [fault for fault in Fault if f"`{fault}`" not in page] == []
