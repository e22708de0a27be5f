"""Why an operation runs on graphql-core and not by a plan."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why there is no plan, or why it was not used; a label of the metric."""

    INTROSPECTION = "introspection"
    DIRECTIVE = "directive"
    FRAGMENT_VARIABLES = "fragment_variables"
    NO_OPERATION = "no_operation"
    UNKNOWN_FIELD = "unknown_field"
    TOO_LARGE = "too_large"

    CONDITION = "condition"
    MIDDLEWARE = "middleware"
    ABORT_SIGNAL = "abort_signal"

    FIRST_USE = "first_use"
    NOT_ADMITTED = "not_admitted"
    NO_TEXT = "no_text"


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """There is no plan for the operation."""

    reason: Reason


class NoPlan(Exception):
    """Raised while planning; `plan_operation` returns its reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
