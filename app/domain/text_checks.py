"""What the domain must know about texts but cannot find out by itself."""

from collections.abc import Callable
from typing import Protocol

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

TEXT_CHECKS = "text_checks"
"""The key under which the context of a validation holds `TextChecks`."""


class TextChecks(Protocol):
    """Judges texts by rules too large for the domain; every answer takes linear time."""

    def is_phone_number(self, text: str) -> bool:
        """Whether `text` is a possible phone number in E.164 form, such as +17815550199."""
        ...

    def is_email_address(self, text: str) -> bool:
        """Whether `text` is an email address by its form; nobody is asked whether it exists."""
        ...

    def is_css_selector(self, text: str) -> bool:
        """Whether a browser would take `text` as a selector list, such as `a.book, #schedule`."""
        ...

    def find_pattern_error(self, pattern: str) -> str | None:
        """Return why `pattern` is not RE2 syntax, or None when it is."""
        ...

    def matches_pattern(self, pattern: str, text: str) -> bool:
        """Whether the whole of `text` matches `pattern`, which must be RE2 syntax."""
        ...


def judged_by(find_error: Callable[[TextChecks, str], str | None]) -> AfterValidator:
    """Return a validator that refuses a text as INVALID for the reason `find_error` returns.

    Texts are judged where they enter, by the checks in the context of the validation. Without any,
    as when stored texts are read, they are taken as they are.
    """

    def judge(text: str, info: ValidationInfo) -> str:
        checks = (info.context or {}).get(TEXT_CHECKS)
        error = None if checks is None else find_error(checks, text)
        if error is not None:
            raise PydanticCustomError("INVALID", "{reason}", {"reason": error})
        return text

    return AfterValidator(judge)
