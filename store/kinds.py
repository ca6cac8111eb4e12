"""What a line of the record can be about: every kind there is, and what it means."""

from enum import StrEnum


class Kind(StrEnum):
    """What is kept of it is the word."""

    # where a request stands
    ASKED = "asked"
    WAITING = "waiting"
    GRANTED = "granted"
    PAUSED = "paused"
    SPENT = "spent"
    VOID = "void"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    # where a run stands
    READY = "ready"
    HELD = "held"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNCLEAR = "unclear"
    DROPPED = "dropped"

    # what was sent for it
    CALLED = "called"
    ANSWERED_LATE = "answered late"
    ADOPTED = "adopted"

    # what people said and did about it
    APPROVED = "approved"
    QUESTION = "question"
    BROKE_GLASS = "broke glass"
    DECLINED = "declined"
    MOVED = "moved"
    LEFT_OUT = "left out"
    STOPPING = "stopping"
    LATER = "later"
    ESCALATED = "escalated"

    # what of customers' data was seen
    READ = "read"
    EXPORTED = "exported"
    BROKEN_OFF = "broken_off"
    FILE_SENT = "file sent"
    POSTED = "posted"
    SHOWN = "shown"

    # who may do what
    DELEGATED = "delegated"
    DELEGATION_ENDED = "delegation ended"
    ROLE_CHANGED = "role changed"
    POLICY_CHANGED = "policy changed"
    POLICY_KEPT = "policy kept"

    # the account, and what is kept
    ACCOUNT_ADDED = "account added"
    ACCOUNT_CHANGED = "account changed"
    STOPPED_ALL = "stopped all"
    RESUME_AGREED = "resume agreed"
    RESUMED_ALL = "resumed all"
    RETENTION_CHANGED = "retention changed"
    PRUNED = "pruned"
    TRIMMED = "trimmed"
    FILE_REMOVED = "file removed"
    ERASED = "erased"

    # what Coupontools tells by itself
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    COMPARED = "compared"
    REPLAYED = "webhook replayed"
    ADDRESS_RENEWED = "webhook address renewed"

    # whether the record is whole
    CHECKED = "checked"
    GAP = "gap found"


MEANINGS: dict[Kind, str] = {
    # where a request stands
    Kind.ASKED: "Somebody asked for it, or it is looked at anew.",
    Kind.WAITING: "It was looked at, and waits for people to agree.",
    Kind.GRANTED: "Everybody needed has agreed, or nobody is; or it goes on after a stop.",
    Kind.PAUSED: "Somebody stopped it, or who asked has left.",
    Kind.SPENT: "All that it asked for has been launched.",
    Kind.VOID: "It could not be done, and was dropped before anybody was asked.",
    Kind.REFUSED: "Somebody said no, with a reason.",
    Kind.WITHDRAWN: "Who asked took it back.",
    Kind.EXPIRED: "Nobody decided in time.",
    # where a run stands
    Kind.READY: "A run is due and handed to the engine.",
    Kind.HELD: "A run waits: late, quiet hours, a blackout day, a stop.",
    Kind.RUNNING: "A run has begun.",
    Kind.DONE: "A run is done; the line says what its last call was answered.",
    Kind.FAILED: "A run is surely not done, from some call on.",
    Kind.UNCLEAR: "Nobody knows whether a call happened: a person has to look.",
    Kind.DROPPED: "A run does not come.",
    # what was sent for it
    Kind.CALLED: "A call in the middle of a run was answered.",
    Kind.ANSWERED_LATE: "A call was answered after a person had settled its run.",
    Kind.ADOPTED: "A run goes on in another process.",
    # what people said and did about it
    Kind.APPROVED: "One person's yes, of several that are needed.",
    Kind.QUESTION: "Somebody who may decide wants to know more.",
    Kind.BROKE_GLASS: "Somebody went alone, in an emergency.",
    Kind.DECLINED: "Somebody was told no: a click, a command, a form, a look-up.",
    Kind.MOVED: "A run of a series was moved to another time.",
    Kind.LEFT_OUT: "Runs of a series were left out on blackout days.",
    Kind.STOPPING: "Somebody wants no more calls of a run.",
    Kind.LATER: "It could not be looked at yet, and is tried again.",
    Kind.ESCALATED: "Nobody decided for so long that others may, too.",
    # what of customers' data was seen
    Kind.READ: "Somebody looked something up at Coupontools.",
    Kind.EXPORTED: "Somebody took a whole list, the calendar or lines of the record along.",
    Kind.BROKEN_OFF: "A whole list could not be read to its end.",
    Kind.FILE_SENT: "A file went to somebody.",
    Kind.POSTED: "A result was posted in a channel.",
    Kind.SHOWN: "A secret in an answer was shown, once, to the person who asked.",
    # who may do what
    Kind.DELEGATED: "Somebody gave their say to a colleague for a while.",
    Kind.DELEGATION_ENDED: "And has it back.",
    Kind.ROLE_CHANGED: "People joined or left a group that gives a role here.",
    Kind.POLICY_CHANGED: "Another policy is in force.",
    Kind.POLICY_KEPT: "The policy file cannot be used; the one before stays.",
    # the account, and what is kept
    Kind.ACCOUNT_ADDED: "An account is known from now on.",
    Kind.ACCOUNT_CHANGED: "Its keys or its zone are others; never which keys.",
    Kind.STOPPED_ALL: "Nothing of an account goes out any more.",
    Kind.RESUME_AGREED: "One of the two who let everything go again.",
    Kind.RESUMED_ALL: "Everything goes out again.",
    Kind.RETENTION_CHANGED: "How long private values and files are kept is another.",
    Kind.PRUNED: "What was over for long lost its private values.",
    Kind.TRIMMED: "Old entries of the record were removed; a signed stub stays.",
    Kind.FILE_REMOVED: "The codes of a batch are not kept here any more.",
    Kind.ERASED: "One person's private inputs were removed, as they asked.",
    # what Coupontools tells by itself
    Kind.SUBSCRIBED: "A channel is told of what happens from now on.",
    Kind.UNSUBSCRIBED: "And is told no more.",
    Kind.COMPARED: "What was counted of a day was held against the lists of Coupontools.",
    Kind.REPLAYED: "Somebody had a webhook looked at again that was given up.",
    Kind.ADDRESS_RENEWED: "Webhooks come to another address from now on.",
    # whether the record is whole
    Kind.CHECKED: "Ledger, record and Coupontools were compared.",
    Kind.GAP: "They do not agree; the line says in what.",
}
"""Each in a sentence, as `docs/kinds.md` has them."""
