"""The pattern engine routing needs, and globs in its syntax."""

import re
from typing import Protocol

# Runs of stars and the slashes that make `/**/` stand for any number of whole segments.
_PATH_GLOB_PIECES = re.compile(r"/\*\*(?=/)|\*\*+|\*|[^*/]+|/")


class CompiledPattern(Protocol):
    """A pattern ready to be matched in time linear in the text."""

    def fullmatch(self, text: str) -> bool:
        """Tell whether the whole of `text` matches."""
        ...


class PatternCompiler(Protocol):
    """Compiles RE2 syntax."""

    def __call__(self, pattern: str, *, ignore_case: bool) -> CompiledPattern | str:
        """Return the compiled pattern, or what is wrong with it."""
        ...


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
