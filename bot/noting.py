"""What the settings decide for everybody is on record when it changes, also while nothing ran."""

from datetime import datetime

from sqlmodel import Session

from actions.rules import OPERATOR
from bot.office import Office
from bot.settings import Settings
from store.kinds import Kind
from store.lifecycle import note
from store.queries import record


def note_settings(office: Office) -> None:
    """At a start: each that is not what it was; the first start only remembers."""
    settings, now = office.settings, office.now()
    with office.store.claim("settings") as mine:
        if not mine:  # of several processes that start at once, one
            return
        with office.store.begin() as tx:
            note_change(tx, Kind.POLICY_CHANGED, office.rulebook.current.version, now)
            note_change(tx, Kind.RETENTION_CHANGED, _retention(settings), now)
            note_change(tx, Kind.ROLE_CHANGED, _groups(settings), now)


def note_change(tx: Session, kind: Kind, says: str, at: datetime) -> None:
    """Put it on record, if it said something else before."""
    was = record.remember(tx, kind, says, at)
    if was not in (None, says):
        words = f"{was} → {says}"
        note(tx, kind, actor=OPERATOR, at=at, because=words, was=was, became=says)


def _retention(settings: Settings) -> str:
    days, files = settings.vouchdesk_keep_days, settings.vouchdesk_file_days
    entries = settings.vouchdesk_audit_days
    lines = f"entries {entries} days" if entries else "entries for ever"
    return f"private values {days} days, files {files} days, {lines}"


def _groups(settings: Settings) -> str:
    """Which user groups give the two roles of the settings."""
    return f"approvers are {settings.vouchdesk_approvers}, operators {settings.vouchdesk_operators}"
