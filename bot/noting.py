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
    """At a start: each that is not what the record says last, or what it is by default."""
    settings, now = office.settings, office.now()
    default = Settings.model_construct()
    with office.store.claim("settings") as mine:
        if mine:  # of several processes that start at once, one
            _note_all(office, settings, default, now)


def _note_all(office: Office, settings: Settings, default: Settings, now: datetime) -> None:
    with office.store.begin() as tx:
        policy = office.rulebook.current.version
        _noted(tx, Kind.POLICY_CHANGED, policy, "", now)
        _noted(tx, Kind.RETENTION_CHANGED, _retention(settings), _retention(default), now)
        _noted(tx, Kind.ROLE_CHANGED, _groups(settings), _groups(default), now)


def _noted(tx: Session, kind: Kind, is_now: str, default: str, at: datetime) -> None:
    known = record.last_became(tx, kind)
    was = default if known is None else known
    if was != is_now:
        words = f"{was} → {is_now}" if was else is_now
        note(tx, kind, actor=OPERATOR, at=at, because=words, was=was, became=is_now)


def _retention(settings: Settings) -> str:
    days, files = settings.vouchdesk_keep_days, settings.vouchdesk_file_days
    entries = settings.vouchdesk_audit_days
    lines = f"entries {entries} days" if entries else "entries for ever"
    return f"private values {days} days, files {files} days, {lines}"


def _groups(settings: Settings) -> str:
    """Which user groups give the two roles of the settings."""
    return f"approvers are {settings.vouchdesk_approvers}, operators {settings.vouchdesk_operators}"
