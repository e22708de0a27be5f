"""Regular expressions in linear time, by RE2."""

from functools import lru_cache

import re2

MAX_PATTERN_BYTES = 512 * 1024
"""What one pattern may take; RE2's default of 8 MiB would let a router take gigabytes."""


class Re2Pattern:
    """A pattern compiled by RE2, shared by threads."""

    __slots__ = ("_pattern",)

    def __init__(self, pattern: "re2._Regexp") -> None:
        self._pattern = pattern

    @property
    def size(self) -> int:
        """How many instructions the pattern was compiled to."""
        return int(self._pattern.programsize)

    def fullmatch(self, text: str) -> bool:
        """Tell whether the whole of `text` matches; `text` must be free of lone surrogates."""
        return self._pattern.fullmatch(text) is not None


def compile_pattern(pattern: str, *, ignore_case: bool = False) -> Re2Pattern | str:
    """Return `pattern` compiled, or RE2's words for what is wrong with it or too large in it."""
    try:
        return Re2Pattern(re2.compile(pattern, _options(ignore_case=ignore_case)))
    except UnicodeEncodeError:
        return "the pattern is not valid Unicode text"
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


@lru_cache
def _options(*, ignore_case: bool) -> "re2.Options":
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.never_capture = True
    options.log_errors = False
    options.max_mem = MAX_PATTERN_BYTES
    return options
