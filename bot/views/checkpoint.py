"""What was signed about the record, as the audit channel reads it: to be copied, and kept."""

from datetime import datetime

from bot.views.blocks import Message, context, section
from bot.views.times import moment
from store.signing import Sort, Statement

HOW = "Keep this line elsewhere too. With it and the public key, an export can be verified: "
COMMAND = "`vouchdesk audit verify FILE --checkpoints LINES --public-key KEY`"


def statement_message(said: Statement) -> Message:
    """In words, and as the one line that a verifier takes."""
    words = f"Checkpoint of the record: {said.number:,} entries · {moment(said.at)}"
    if said.kind is Sort.STUB:
        until = datetime.fromisoformat(said.said["until"])
        gone = f"{said.said['removed']:,} entries up to number {said.number:,}"
        words = f"Removed from the record by {said.said['by']}: {gone}, until {moment(until)}"
    shown = f":lock: *{words}*\n```{said.words}```"
    return Message(words, [section(shown), context(HOW + COMMAND)])
