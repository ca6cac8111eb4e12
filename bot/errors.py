"""The only place where an error becomes words."""

import secrets
from urllib.error import URLError

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import DBAPIError

from actions.errors import Declined
from actions.rulebook import BadPolicy
from bot.grammar import GrammarError
from bot.settings import HalfConfigured
from coupontools.errors import ApiError
from schedules.replicas import LostItsPlace
from store.checkpoints import Broken
from store.copying import CannotCopy
from store.db import DatabaseInUse
from store.ledger import NoChain
from store.lifecycle import TooLate
from store.secrets import BadKey
from store.shelf import CutFile
from store.signing import BadAuditKey

OURS = (
    *(Declined, ApiError, GrammarError, BadKey, BadPolicy, DatabaseInUse, HalfConfigured),
    *(CannotCopy, CutFile, LostItsPlace, BadAuditKey, Broken, NoChain),
)
"""Errors whose text is written for people."""

log = structlog.get_logger()

STANDS = {
    "asked": "It is still being looked at; try again in a moment.",
    "waiting": "It is waiting for approval.",
    "granted": "It has been approved already.",
    "paused": "It is paused.",
    "spent": "It has been approved and carried out already.",
    "void": "It could not be done and was dropped.",
    "refused": "It has been refused already.",
    "withdrawn": "It was withdrawn.",
    "expired": "It has expired; ask for it again.",
    "ready": "It is about to run.",
    "held": "It is held, because it was late.",
    "running": "It is running.",
    "done": "It is done already.",
    "failed": "It has failed already.",
    "unclear": "It is unclear whether it happened.",
    "dropped": "It was dropped.",
}


def explain(error: BaseException) -> str:
    """Words for the person concerned; what we did not foresee gets a mark to find it by."""
    match error:
        case TooLate():
            return f"Too late: {STANDS.get(error.state, 'it stands otherwise by now.')}"
        case _ if isinstance(error, OURS):
            return str(error)
        case DBAPIError():
            return _database(error)
        case SlackApiError():
            return f"Slack did not take it ({error.response.get('error', 'no answer')})."
        case SlackClientError() | URLError():
            return "Slack did not take it. Please try again."
        case _:
            mark = secrets.token_hex(3)
            log.error("unforeseen", mark=mark, exc_info=error)
            return f"Vouchdesk stumbled over this. Tell your operator to look for {mark}."


def _database(error: DBAPIError) -> str:
    words = str(error.orig).lower()
    log.warning("database", error=words[:200])
    if "readonly" in words or "read-only" in words:
        return "The database cannot be written to. Nothing was saved; tell your operator."
    if "locked" in words or "lock timeout" in words:
        return "The database is busy. Nothing was saved; please try again."
    return "The database did not answer. Nothing was saved; please try again."
