"""The pattern engine routing needs, and globs in its syntax."""

import re
from typing import Protocol

# Runs of stars and the slashes that make `/**/` stand for any number of whole segments.
_PATH_GLOB_PIECES = re.compile(r"/\*\*(?=/)|\*\*+|\*|[^*/]+|/")


MAX_PATTERN_SIZE = 200_000
"""The sum of the sizes of a router's patterns: what it costs in memory, and in time per URL."""

_LEAST_COST = 50
_COST_OF_REFUSAL = 2_000


class CompiledPattern(Protocol):
    """A pattern ready to be matched in time linear in the text."""

    @property
    def size(self) -> int:
        """How many instructions the pattern was compiled to."""
        ...

    def fullmatch(self, text: str) -> bool:
        """Tell whether the whole of `text` matches."""
        ...


class PatternCompiler(Protocol):
    """Compiles RE2 syntax; hashable, so that what it told can be remembered."""

    def __hash__(self) -> int: ...

    def __call__(self, pattern: str, *, ignore_case: bool) -> CompiledPattern | str:
        """Return the compiled pattern, or what is wrong with it."""
        ...


class PatternAllowance:
    """Compiles the patterns of one router until they are too large together."""

    def __init__(self, compile_pattern: PatternCompiler) -> None:
        self._compile = compile_pattern
        self.spent = 0

    def __call__(self, pattern: str, *, ignore_case: bool) -> CompiledPattern | str:
        """Return the compiled pattern, or what is wrong with it or with all of them."""
        if self.spent >= MAX_PATTERN_SIZE:
            return "the patterns of the rules are too large together"
        compiled = self._compile(pattern, ignore_case=ignore_case)
        # A refused pattern takes no room, but finding that out may have taken long.
        cost = _COST_OF_REFUSAL if isinstance(compiled, str) else compiled.size
        self.spent += max(_LEAST_COST, cost)
        return compiled


def path_glob_to_regex(glob: str) -> str:
    """Return the RE2 pattern of a path glob: `*` within a segment, `**` across segments.

    `/**/` also matches one slash, as in shells: `/a/**/b` matches `/a/b` and `/a/x/y/b`.
    """
    return f"(?s:{''.join(map(_path_piece_to_regex, _PATH_GLOB_PIECES.findall(glob)))})"


def text_glob_to_regex(glob: str) -> str:
    """Return the RE2 pattern of a glob on plain text: `*` is any text."""
    return f"(?s:{'.*'.join(quote(part) for part in re.split(r'[*]+', glob))})"


def quote(text: str) -> str:
    """Return the RE2 pattern that matches `text` and nothing else."""
    return "".join(map(_quote_character, text))


def _quote_character(character: str) -> str:
    if character == "_" or character.isalnum() or not character.isascii():
        return character
    return f"\\x{ord(character):02x}"


def _path_piece_to_regex(piece: str) -> str:
    if piece == "/**":
        return "(?:/.*)?"
    if piece == "*":
        return "[^/]*"
    return ".*" if piece.startswith("*") else quote(piece)
