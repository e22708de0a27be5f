"""Conditions as claims about one place in a URL, as the search for witnesses needs them."""

import re
from dataclasses import dataclass
from functools import cached_property

from app.domain.routing.conditions import (
    FOLDED_SOURCES,
    CompiledCondition,
    TextTest,
    literal_of,
    regex_of,
)
from app.domain.routing.folding import fold
from app.domain.routing.patterns import quote
from app.domain.routing.rules import Condition, ConditionOperator, ConditionSource

Place = tuple[str, str]
"""A source that is searched by itself and, for the query, the parameter's name."""

HOST: Place = (ConditionSource.HOST, "")
PATH: Place = (ConditionSource.URL_PATH, "")

_ANY_TEXT = "(?s:.*)"

# A pattern without choices begins with its leading plain characters.
_PLAIN_BEGINNING = re.compile(r"[\w/-]*(?![*?{])", re.ASCII)


@dataclass(frozen=True, eq=False)
class Claim:
    """A condition with what the search needs to know of it; equal conditions share one claim."""

    compiled: CompiledCondition

    @property
    def condition(self) -> Condition:
        return self.compiled.condition

    @cached_property
    def place(self) -> Place:
        source, name = self.condition.source, self.condition.name or ""
        if source is ConditionSource.UTM_PARAMETER:
            return (ConditionSource.QUERY_PARAMETER, f"utm_{name}")
        return (source, name)

    @cached_property
    def is_folded(self) -> bool:
        return self.condition.source in FOLDED_SOURCES

    @cached_property
    def test(self) -> TextTest:
        """The matcher's own test, of a text as it stands in the URL."""
        test = self.compiled.test
        return (lambda text: test(fold(text))) if self.is_folded else test

    @cached_property
    def literal(self) -> str | None:
        """The only text, but for its case, that passes; None when others may."""
        equals = self.condition.operator is ConditionOperator.EQUALS
        return literal_of(self.condition) if equals else None

    @cached_property
    def beginning(self) -> str:
        """A text that every text that passes begins with, but for its case."""
        value = self.condition.value or ""
        match self.condition.operator:
            case ConditionOperator.EQUALS | ConditionOperator.PREFIX:
                return literal_of(self.condition)
            case ConditionOperator.EXISTS:
                return ""
            case ConditionOperator.REGEX:
                match = None if "|" in value else _PLAIN_BEGINNING.match(value)
                plain = match.group() if match else ""
            case ConditionOperator.GLOB:
                plain = value.partition("*")[0]
                # `/a/**/b` also matches `/a/b`, and `**/b` needs its slash.
                plain = plain.rstrip("/") if self.place == PATH else plain
        return fold(plain) if self.is_folded else plain

    @cached_property
    def regex(self) -> str:
        """The RE2 pattern of the texts that pass."""
        match self.condition.operator:
            case ConditionOperator.EXISTS:
                return _ANY_TEXT
            case ConditionOperator.EQUALS:
                return quote(literal_of(self.condition))
            case ConditionOperator.PREFIX:
                return self._prefix_regex()
            case ConditionOperator.GLOB | ConditionOperator.REGEX:
                return regex_of(self.condition)

    def _prefix_regex(self) -> str:
        prefix = literal_of(self.condition)
        if self.place != PATH:
            return quote(prefix) + _ANY_TEXT
        return _ANY_TEXT if prefix == "/" else f"{quote(prefix)}(?s:/.*)?"


Claims = tuple[Claim, ...]


def begin_apart(claims: Claims) -> bool:
    """Tell whether two of the claims want texts that begin differently."""
    for folded in (True, False):
        beginnings = sorted(
            (claim.beginning for claim in claims if claim.is_folded is folded), key=len
        )
        longest = beginnings[-1] if beginnings else ""
        if not all(longest.startswith(beginning) for beginning in beginnings):
            return True
    return False
