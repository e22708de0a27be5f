"""The real `TextChecks`: libphonenumber, email-validator, cssselect2 and RE2."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import phonenumbers
from cssselect2.parser import SelectorError, parse
from email_validator import EmailNotValidError, validate_email

from app.domain.text_checks import TEXT_CHECKS, TextChecks
from app.services.patterns import Re2Pattern, compile_pattern

LONGEST_PHONE_NUMBER = 16
"""In characters: a plus sign and fifteen digits, by E.164."""


class LibraryTextChecks:
    """Judges texts by well-known libraries, without asking the network."""

    def is_phone_number(self, text: str) -> bool:
        """Whether `text` is a possible phone number in E.164 form, such as +17815550199."""
        if not text.startswith("+") or len(text) > LONGEST_PHONE_NUMBER:
            return False
        try:
            number = phonenumbers.parse(text)
        except phonenumbers.NumberParseException:
            return False
        form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return form == text and phonenumbers.is_possible_number(number)

    def is_email_address(self, text: str) -> bool:
        """Whether `text` is an email address by its form; nobody is asked whether it exists."""
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            return False
        return True

    def is_css_selector(self, text: str) -> bool:
        """Whether a browser would take `text` as a selector list, such as `a.book, #schedule`."""
        try:
            list(parse(text))
        except SelectorError:
            return False
        return True

    def find_pattern_error(self, pattern: str) -> str | None:
        """Return why `pattern` is not RE2 syntax, or None when it is."""
        compiled = _compile(pattern)
        return compiled if isinstance(compiled, str) else None

    def matches_pattern(self, pattern: str, text: str) -> bool:
        """Whether the whole of `text` matches `pattern`; ValueError when it is not RE2 syntax."""
        compiled = _compile(pattern)
        if isinstance(compiled, str):
            raise ValueError(f"not a pattern in RE2 syntax: {compiled}")
        return compiled.fullmatch(text)


READING: Final[Mapping[str, TextChecks]] = {TEXT_CHECKS: LibraryTextChecks()}
"""The context in which what enters is validated, so that its texts are judged with the rest."""


@lru_cache(maxsize=1_000)
def _compile(pattern: str) -> Re2Pattern | str:
    return compile_pattern(pattern)
