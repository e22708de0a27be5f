"""RE2's syntax, read into trees.

Only patterns that RE2 has accepted are read, so that errors are not looked for again. The grammar
is that of https://github.com/google/re2/wiki/Syntax; what is left out (single bytes, octal
escapes) raises UndecidedError.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from app.domain.routing.languages.charsets import (
    ANY,
    CharSet,
    close_over_case,
    make_set,
    negate,
    of_text,
)
from app.domain.routing.languages.limits import MAX_NESTING, UndecidedError


class Edge(Enum):
    """A claim about a position in the text."""

    TEXT_START = auto()
    TEXT_END = auto()
    LINE_START = auto()
    LINE_END = auto()
    WORD_EDGE = auto()
    NO_WORD_EDGE = auto()


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set."""

    chars: CharSet


@dataclass(frozen=True, slots=True)
class Sequence:
    """All parts, one after the other."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of the parts."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`least` to `most` times the part; no `most` is any number."""

    part: "Tree"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """No character, but a claim about the position."""

    edge: Edge


Tree = Chars | Sequence | Choice | Repeat | Claim

DIGITS: Final = make_set([(0x30, 0x39)])
WORD: Final = make_set([(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A), (0x5F, 0x5F)])
SPACE: Final = of_text("\t\n\f\r ")
NEWLINE: Final = of_text("\n")

_PERL_CLASSES = {"d": DIGITS, "w": WORD, "s": SPACE}
_POSIX_CLASSES = {
    "alnum": make_set([(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)]),
    "alpha": make_set([(0x41, 0x5A), (0x61, 0x7A)]),
    "ascii": make_set([(0, 0x7F)]),
    "blank": of_text("\t "),
    "cntrl": make_set([(0, 0x1F), (0x7F, 0x7F)]),
    "digit": DIGITS,
    "graph": make_set([(0x21, 0x7E)]),
    "lower": make_set([(0x61, 0x7A)]),
    "print": make_set([(0x20, 0x7E)]),
    "punct": make_set([(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
    "space": of_text("\t\n\v\f\r "),
    "upper": make_set([(0x41, 0x5A)]),
    "word": WORD,
    "xdigit": make_set([(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
}
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_EDGES = {
    "A": Edge.TEXT_START,
    "z": Edge.TEXT_END,
    "b": Edge.WORD_EDGE,
    "B": Edge.NO_WORD_EDGE,
}
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}", re.ASCII)
_GROUP = re.compile(r"\(\?P?<[^>]*>|\((?!\?)")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]*))?([:)])")
_HEX = re.compile(r"x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))")


_UNICODE_CLASS = re.compile(r"([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")


def read_pattern(
    pattern: str, *, ignore_case: bool, find_unicode_class: Callable[[str], CharSet]
) -> Tree:
    """Return the tree of a pattern that RE2 accepts; raise UndecidedError if it is out of reach.

    `find_unicode_class` gives the characters of a class such as `Greek` or `Lu`.
    """
    flags = frozenset("i") if ignore_case else frozenset()
    return _Reader(pattern, flags, find_unicode_class).read()


class _Reader:
    def __init__(
        self,
        pattern: str,
        flags: frozenset[str],
        find_unicode_class: Callable[[str], CharSet],
    ) -> None:
        self._pattern = pattern
        self._find_unicode_class = find_unicode_class
        self._position = 0
        self._flags = flags
        self._depth = 0

    def read(self) -> Tree:
        tree = self._read_choice()
        if self._position < len(self._pattern):
            raise UndecidedError("the pattern could not be read to its end")
        return tree

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise UndecidedError("the pattern ends too early")
        self._position += 1
        return character

    def _take_match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        match = expression.match(self._pattern, self._position)
        if match:
            self._position = match.end()
        return match

    def _read_choice(self) -> Tree:
        parts = [self._read_sequence()]
        while self._peek() == "|":
            self._take()
            parts.append(self._read_sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _read_sequence(self) -> Tree:
        parts: list[Tree] = []
        while self._peek() not in ("", "|", ")"):
            if self._pattern.startswith("\\Q", self._position):
                # A repetition after the quotation applies to its last character.
                parts += self._read_quotation()
            else:
                parts.append(self._read_atom())
            while parts and (bounds := self._read_repetition()) is not None:
                parts[-1] = Repeat(parts[-1], *bounds)
        return Sequence(tuple(parts))

    def _read_quotation(self) -> list[Tree]:
        begin = self._position + 2
        end = self._pattern.find("\\E", begin)
        end = len(self._pattern) if end < 0 else end
        self._position = min(end + 2, len(self._pattern))
        return [self._literal(character) for character in self._pattern[begin:end]]

    def _read_repetition(self) -> tuple[int, int | None] | None:
        bounds: tuple[int, int | None] | None = {
            "*": (0, None),
            "+": (1, None),
            "?": (0, 1),
        }.get(self._peek())
        if bounds:
            self._take()
        elif match := self._take_match(_COUNT):
            least, comma, most = match.groups()
            bounds = (int(least), int(most) if most else None if comma else int(least))
        # Greedy or not, the same texts match as a whole.
        if bounds and self._peek() == "?":
            self._take()
        return bounds

    def _read_atom(self) -> Tree:
        character = self._peek()
        if character == "(":
            return self._read_group()
        self._take()
        match character:
            case "[":
                return Chars(self._read_class())
            case ".":
                return Chars(ANY if "s" in self._flags else negate(NEWLINE))
            case "^":
                return Claim(Edge.LINE_START if "m" in self._flags else Edge.TEXT_START)
            case "$":
                return Claim(Edge.LINE_END if "m" in self._flags else Edge.TEXT_END)
            case "\\":
                return self._read_escape()
            case _:
                return self._literal(character)

    def _read_group(self) -> Tree:
        outer = self._flags
        if not self._take_match(_GROUP):
            match = self._take_match(_FLAGS)
            if match is None:
                raise UndecidedError("the pattern has a group of an unknown kind")
            added, removed, end = match.groups(default="")
            self._flags = (outer | set(added)) - set(removed)
            if end == ")":
                return Sequence(())
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise UndecidedError("the pattern is nested too deeply")
        tree = self._read_choice()
        self._take()
        self._depth -= 1
        self._flags = outer
        return tree

    def _read_escape(self) -> Tree:
        character = self._peek()
        if character in _EDGES:
            self._take()
            return Claim(_EDGES[character])
        chars = self._read_named_class()
        return Chars(chars) if chars is not None else self._literal(self._read_escaped())

    def _read_named_class(self) -> CharSet | None:
        """Read what follows a backslash, if it names a class."""
        if match := self._take_match(_UNICODE_CLASS):
            letter, caret, name, short = match.groups()
            chars = self._cased(self._find_unicode_class(name or short))
            return negate(chars) if (letter == "P") != bool(caret) else chars
        character = self._peek()
        known = _PERL_CLASSES.get(character.lower())
        if known is None:
            return None
        self._take()
        chars = self._cased(known)
        return chars if character.islower() else negate(chars)

    def _read_escaped(self) -> str:
        if match := self._take_match(_HEX):
            return chr(int(match.group(1) or match.group(2), 16))
        character = self._take()
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isascii() and character.isalnum():
            raise UndecidedError(f"the pattern uses \\{character}, which cannot be compared")
        return character

    def _read_class(self) -> CharSet:
        negated = self._peek() == "^"
        if negated:
            self._take()
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self._peek() != "]":
            first = False
            ranges += self._read_class_item()
        self._take()
        chars = make_set(ranges)
        return negate(chars) if negated else chars

    def _read_class_item(self) -> CharSet:
        if self._pattern.startswith("[:", self._position):
            named = self._read_posix_class()
            if named is not None:
                return named
        if self._peek() == "\\" and self._pattern[self._position + 1 :][:1] in tuple("dDsSwWpP"):
            self._take()
            return self._read_named_class() or ()
        low = self._read_class_character()
        high = low
        if self._peek() == "-" and self._pattern[self._position + 1 :][:1] not in ("]", ""):
            self._take()
            high = self._read_class_character()
        return self._cased(((ord(low), ord(high)),))

    def _read_posix_class(self) -> CharSet | None:
        end = self._pattern.find(":]", self._position)
        name = self._pattern[self._position + 2 : end] if end >= 0 else ""
        chars = _POSIX_CLASSES.get(name.removeprefix("^"))
        if chars is None:
            return None
        self._position = end + 2
        chars = self._cased(chars)
        return negate(chars) if name.startswith("^") else chars

    def _read_class_character(self) -> str:
        character = self._take()
        return self._read_escaped() if character == "\\" else character

    def _literal(self, character: str) -> Tree:
        return Chars(self._cased(of_text(character)))

    def _cased(self, chars: CharSet) -> CharSet:
        return close_over_case(chars) if "i" in self._flags else chars
