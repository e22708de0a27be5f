"""A problem with what a client asked for: a value that is gathered and returned, never raised."""

from enum import StrEnum
from typing import TypeAlias

from app.domain.values import Value

ProblemPath: TypeAlias = tuple[str | int, ...]
"""Where in the input a problem lies: snake_case field names, list indexes, form field keys."""


class ProblemCode(StrEnum):
    """What is wrong; a code never changes its meaning."""

    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    DUPLICATE = "DUPLICATE"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    IN_USE = "IN_USE"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    SESSION_CLOSED = "SESSION_CLOSED"
    SEQUENCE_CONFLICT = "SEQUENCE_CONFLICT"
    EVENT_ID_CONFLICT = "EVENT_ID_CONFLICT"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    STEP_NOT_IN_FLOW = "STEP_NOT_IN_FLOW"
    STEP_NOT_REACHED = "STEP_NOT_REACHED"
    NODE_NOT_REACHABLE = "NODE_NOT_REACHABLE"
    SERVICE_NOT_SELECTED = "SERVICE_NOT_SELECTED"
    SERVICE_ALREADY_SELECTED = "SERVICE_ALREADY_SELECTED"
    TIMESLOT_NOT_SELECTED = "TIMESLOT_NOT_SELECTED"
    TIMESLOT_UNAVAILABLE = "TIMESLOT_UNAVAILABLE"
    BOOKING_CLOSED = "BOOKING_CLOSED"
    ZIPCODE_NOT_COVERED = "ZIPCODE_NOT_COVERED"
    INCOMPLETE_STEPS = "INCOMPLETE_STEPS"
    PROBLEMS_FOUND = "PROBLEMS_FOUND"
    VENDOR_NOT_CONNECTED = "VENDOR_NOT_CONNECTED"
    VENDOR_REFUSED = "VENDOR_REFUSED"
    SYNC_IN_PROGRESS = "SYNC_IN_PROGRESS"
    LAST_OWNER = "LAST_OWNER"


class Problem(Value):
    """One thing wrong with an input: a code for programs, a sentence for people, and its place."""

    code: ProblemCode
    message: str
    path: ProblemPath = ()

    def under(self, prefix: ProblemPath) -> "Problem":
        """Return the same problem with its path taken from further outside."""
        return Problem(code=self.code, message=self.message, path=(*prefix, *self.path))
