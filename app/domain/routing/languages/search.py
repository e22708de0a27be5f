"""The search for a text that some automata accept and others do not."""

import sys
from collections.abc import Sequence

from app.domain.routing.languages.automata import PREFERRED, Automaton, State
from app.domain.routing.languages.limits import Budget

_SURROGATES = range(0xD800, 0xE000)

Letter = tuple[str, tuple[int, ...]]
"""A character and its kind in each automaton."""


def find_shortest_text(
    accepting: Sequence[Automaton], rejecting: Sequence[Automaton], *, budget: Budget
) -> str | None:
    """Return a shortest text that all of `accepting` and none of `rejecting` accept, or None.

    Exact: None means there is no such text. Raises UndecidedError when the budget runs out.
    """
    automata = (*accepting, *rejecting)
    if not automata:
        return ""
    required = len(accepting)
    letters = _find_letters(automata)
    meter = _Meter(automata, budget)
    meter.charge(sum(10 + len(automaton.bounds) for automaton in automata))
    start = tuple(automaton.start for automaton in automata)
    origins: dict[tuple[State, ...], tuple[tuple[State, ...], str] | None] = {start: None}
    frontier = [start]
    while frontier:
        reached: list[tuple[State, ...]] = []
        for states in frontier:
            if _is_wanted(automata, states, required):
                return _trace_back(origins, states)
            meter.charge(len(letters) * len(automata))
            for character, kinds in letters:
                target = _move_all(automata, states, kinds, required)
                if target is not None and target not in origins:
                    origins[target] = (states, character)
                    reached.append(target)
        frontier = reached
    return None


class _Meter:
    """Charges a budget for one question."""

    def __init__(self, automata: Sequence[Automaton], budget: Budget) -> None:
        self._automata = automata
        self._budget = budget
        self._limit = budget.make_limit()
        self._work_paid = sum(automaton.work for automaton in automata)

    def charge(self, steps: int) -> None:
        """Pay for `steps` and for the work of the automata since the last time."""
        work = sum(automaton.work for automaton in self._automata)
        self._budget.spend(steps + work - self._work_paid)
        self._work_paid = work
        self._limit.check()


def _find_letters(automata: Sequence[Automaton]) -> list[Letter]:
    """Return one character for each way the automata can tell characters apart, readable first."""
    letters: dict[tuple[int, ...], str] = {}
    preferred = zip(*(automaton.preferred_kinds for automaton in automata), strict=True)
    for kinds, character in zip(preferred, PREFERRED, strict=True):
        letters.setdefault(kinds, character)
    bounds = {0, _SURROGATES.stop}.union(*(automaton.bounds for automaton in automata))
    for point in sorted(bounds):
        if point not in _SURROGATES and point <= sys.maxunicode:
            kinds = tuple([automaton.kind_of(point) for automaton in automata])
            letters.setdefault(kinds, chr(point))
    return [(character, kinds) for kinds, character in letters.items()]


def _is_wanted(automata: Sequence[Automaton], states: tuple[State, ...], required: int) -> bool:
    return all(
        automaton.accepts(state) is (position < required)
        for position, (automaton, state) in enumerate(zip(automata, states, strict=True))
    )


def _move_all(
    automata: Sequence[Automaton],
    states: tuple[State, ...],
    kinds: tuple[int, ...],
    required: int,
) -> tuple[State, ...] | None:
    """Return the states after a character, None when a required automaton can accept no more."""
    targets: list[State] = []
    for automaton, state, kind in zip(automata, states, kinds, strict=True):
        target = automaton.move(state, kind)
        if not target[0] and len(targets) < required:
            return None
        targets.append(target)
    return tuple(targets)


def _trace_back(
    origins: dict[tuple[State, ...], tuple[tuple[State, ...], str] | None],
    states: tuple[State, ...],
) -> str:
    characters: list[str] = []
    origin = origins[states]
    while origin is not None:
        states, character = origin
        characters.append(character)
        origin = origins[states]
    return "".join(reversed(characters))
