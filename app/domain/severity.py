"""How much a problem with content matters."""

from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem keeps content from being used (error) or is only shown (warning)."""

    ERROR = "error"
    WARNING = "warning"
