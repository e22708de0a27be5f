from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.routing.languages.automata import Automaton
from app.domain.routing.languages.limits import Budget, UndecidedError
from app.domain.routing.languages.search import find_shortest_text
from app.services.patterns import Re2Pattern, compile_pattern
from tests.domain.routing.languages.builders import read

PATTERN_LIST = (
    r"a* (a|b)* .* b.* .*b .?a (ab)+ [^a]* (?i)A+b? a{2,3} .{2} () \w*\b.* [ab]+$ (?s).* b?a?"
)
PATTERNS = PATTERN_LIST.split()
TEXTS = ["".join(letters) for length in range(5) for letters in product("abAc-\n", repeat=length)]
PATTERN_LISTS = st.lists(st.sampled_from(PATTERNS), max_size=3)


def find(accepted: list[str], rejected: list[str], *, steps: int = 1_000_000) -> str | None:
    def build(patterns: list[str]) -> list[Automaton]:
        trees = [read(pattern) for pattern in patterns]
        return [Automaton(tree, folded=False) for tree in trees]

    budget = Budget(total=steps, per_question=steps)
    return find_shortest_text(build(accepted), build(rejected), budget=budget)


def passes(text: str, accepted: list[str], rejected: list[str]) -> bool:
    def matches(pattern: str) -> bool:
        compiled = compile_pattern(pattern)
        assert isinstance(compiled, Re2Pattern)
        return compiled.fullmatch(text)

    return all(map(matches, accepted)) and not any(map(matches, rejected))


@settings(max_examples=100, deadline=None)
@given(PATTERN_LISTS, PATTERN_LISTS)
def test_text_found_is_a_shortest_and_none_means_there_is_none(
    accepted: list[str], rejected: list[str]
) -> None:
    found = find(accepted, rejected)
    by_force = next((text for text in TEXTS if passes(text, accepted, rejected)), None)
    assert (found is None) is (by_force is None)
    if found is not None and by_force is not None:
        assert passes(found, accepted, rejected)
        assert len(found) == len(by_force)


def test_text_outside_the_basic_plane_is_found() -> None:
    assert find([".", "[\\x{1f600}-\\x{10ffff}]"], []) == "\U0001f600"


def test_surrogates_are_never_found() -> None:
    assert find(["[\\x{d7ff}-\\x{e000}]"], ["[\\x{d7ff}]"]) == "\ue000"


def test_search_that_explodes_ends_undecided() -> None:
    explosive = ["(a|b)*a(a|b){200}c", "(a|b)*b(a|b){200}c"]
    with pytest.raises(UndecidedError, match=r"too (complex|many)"):
        find(explosive, [])
