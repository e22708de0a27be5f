"""Patterns read with the classes of the real engine."""

from functools import partial

from app.domain.routing.languages.syntax import Tree, read_pattern
from app.domain.routing.languages.unicode_classes import find_unicode_class
from app.services.patterns import compile_pattern


def read(pattern: str, *, ignore_case: bool = False) -> Tree:
    find_class = partial(find_unicode_class, compile_pattern=compile_pattern)
    return read_pattern(pattern, ignore_case=ignore_case, find_unicode_class=find_class)
