"""What the domain must know about texts but cannot find out by itself."""

from typing import Protocol


class TextChecks(Protocol):
    """Judges texts by rules too large for the domain; every answer takes linear time."""

    def is_phone_number(self, text: str) -> bool:
        """Whether `text` is a possible phone number in E.164 form, such as +17815550199."""
        ...

    def is_email_address(self, text: str) -> bool:
        """Whether `text` is an email address by its form; nobody is asked whether it exists."""
        ...

    def find_pattern_error(self, pattern: str) -> str | None:
        """Return why `pattern` is not RE2 syntax, or None when it is."""
        ...

    def matches_pattern(self, pattern: str, text: str) -> bool:
        """Whether the whole of `text` matches `pattern`, which must be RE2 syntax."""
        ...
