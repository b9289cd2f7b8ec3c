"""In which states may a dialogue, a message out and an update be?

    dialogue     open -> parked | closed ; parked -> open | closed
    message out  waiting -> sending -> delivered | refused | unknown | waiting (never left)
                 unknown -> waiting (once more, where the person waits)
    update       waiting -> handled | quarantined

The states of a nudge are in nudger/domain/nudge.py.
"""

from enum import StrEnum


class DialogueStatus(StrEnum):
    """Whether a conversation goes on, was interrupted by another, or is over."""

    OPEN = "open"
    PARKED = "parked"
    CLOSED = "closed"


class OutState(StrEnum):
    """Where a message out is on its way."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class UpdateState(StrEnum):
    """Where an update of the inbox is on its way."""

    WAITING = "waiting"
    HANDLED = "handled"
    QUARANTINED = "quarantined"
