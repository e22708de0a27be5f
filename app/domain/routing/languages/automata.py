"""Automata that are made deterministic only where a question leads."""

import collections.abc
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from app.domain.routing.languages.charsets import CharSet, contains, keep_folded
from app.domain.routing.languages.limits import MAX_STATES, UndecidedError
from app.domain.routing.languages.syntax import (
    NEWLINE,
    WORD,
    Chars,
    Choice,
    Claim,
    Edge,
    Repeat,
    Sequence,
    Tree,
)

# What lies on one side of a position: the end of the text or a kind of character.
_OUTSIDE, _NEWLINE, _WORD, _OTHER = range(4)

PREFERRED: Final = "abcdefghijklmnopqrstuvwxyz0123456789-_/. "
"""Characters that read well in examples, best first."""

State = tuple[frozenset[int], int]
"""The program points that may come next, before free moves, and the kind of character before."""


@dataclass(slots=True)
class _Program:
    """Points of a nondeterministic automaton; each holds one kind of move."""

    reads: dict[int, tuple[CharSet, int]] = field(default_factory=dict)
    frees: dict[int, list[int]] = field(default_factory=dict)
    claims: dict[int, tuple[Edge, int]] = field(default_factory=dict)
    size: int = 0

    def add_point(self) -> int:
        self.size += 1
        if self.size > MAX_STATES:
            raise UndecidedError("the pattern is too large to be compared with other rules")
        return self.size - 1


class Automaton:
    """Accepts the texts that a tree matches as a whole.

    `folded` is for trees about folded text: the automaton then reads texts before they are folded.
    `work` counts what has been computed so far, in steps; what is remembered costs nothing.
    """

    def __init__(self, tree: Tree, *, folded: bool) -> None:
        program = _Program()
        begin, self._end = program.add_point(), program.add_point()
        _Assembler(program, folded=folded).add(tree, begin, self._end)
        self._program = program
        self._word = keep_folded(WORD) if folded else WORD
        sets = sorted({chars for chars, _ in program.reads.values()})
        self.bounds, self._kind_of_range = _find_kinds(
            [*sets, NEWLINE, self._word] if program.claims else sets
        )
        self._moves: dict[tuple[State, int], State] = {}
        self._verdicts: dict[State, bool] = {}
        self._kind_of_point: dict[int, int] = {}
        self._points_of_kind: dict[int, int] = {}
        self.preferred_kinds = tuple(self.kind_of(ord(character)) for character in PREFERRED)
        self.start: State = (frozenset([begin]), _OUTSIDE if program.claims else _OTHER)
        self.work = program.size

    def kind_of(self, point: int) -> int:
        """Return the number of the characters' kind; characters of a kind are all read alike."""
        kind = self._kind_of_point.get(point)
        if kind is None:
            kind = self._kind_of_range[bisect_right(self.bounds, point)]
            self._kind_of_point[point] = kind
            self._points_of_kind.setdefault(kind, point)
        return kind

    def move(self, state: State, kind: int) -> State:
        """Return the state after a character of the kind; no points means no text is accepted."""
        target = self._moves.get((state, kind))
        if target is None:
            target = self._moves[state, kind] = self._find_move(state, self._points_of_kind[kind])
        return target

    def accepts(self, state: State) -> bool:
        """Tell whether the text read so far is accepted."""
        verdict = self._verdicts.get(state)
        if verdict is None:
            verdict = self._end in self._follow_frees(state, _OUTSIDE)
            self._verdicts[state] = verdict
        return verdict

    def _find_move(self, state: State, point: int) -> State:
        after = self._side_of(point) if self._program.claims else _OTHER
        reads = self._program.reads
        reached = self._follow_frees(state, after)
        targets = frozenset(
            reads[source][1]
            for source in reached
            if source in reads and contains(reads[source][0], point)
        )
        return (targets, after)

    def _side_of(self, point: int) -> int:
        if contains(NEWLINE, point):
            return _NEWLINE
        return _WORD if contains(self._word, point) else _OTHER

    def _follow_frees(self, state: State, after: int) -> set[int]:
        points, before = state
        reached = set(points)
        pending = list(points)
        while pending:
            point = pending.pop()
            targets = self._program.frees.get(point, [])
            claim = self._program.claims.get(point)
            if claim is not None and _is_true(claim[0], before, after):
                targets = [*targets, claim[1]]
            fresh = [target for target in targets if target not in reached]
            reached.update(fresh)
            pending += fresh
        # A point costs several moves of the search: its sets are built and its ranges looked up.
        self.work += 3 * len(reached)
        return reached


def _find_kinds(sets: collections.abc.Sequence[CharSet]) -> tuple[list[int], list[int]]:
    """Return where characters change their kind, and the kind before, between and after.

    Two characters are of a kind when the same sets hold them.
    """
    toggled: dict[int, int] = defaultdict(int)
    for number, chars in enumerate(sets):
        for low, high in chars:
            toggled[low] ^= 1 << number
            toggled[high + 1] ^= 1 << number
    membership = toggled.pop(0, 0)
    kinds = {membership: 0}
    bounds = sorted(toggled)
    kind_of_range = [0]
    for bound in bounds:
        membership ^= toggled[bound]
        kind_of_range.append(kinds.setdefault(membership, len(kinds)))
    return bounds, kind_of_range


def _is_true(edge: Edge, before: int, after: int) -> bool:
    match edge:
        case Edge.TEXT_START:
            return before == _OUTSIDE
        case Edge.TEXT_END:
            return after == _OUTSIDE
        case Edge.LINE_START:
            return before in (_OUTSIDE, _NEWLINE)
        case Edge.LINE_END:
            return after in (_OUTSIDE, _NEWLINE)
        case Edge.WORD_EDGE:
            return (before == _WORD) != (after == _WORD)
        case Edge.NO_WORD_EDGE:
            return (before == _WORD) == (after == _WORD)


class _Assembler:
    """Adds the points of trees to a program."""

    def __init__(self, program: _Program, *, folded: bool) -> None:
        self._program = program
        self._folded = folded

    def add(self, tree: Tree, begin: int, end: int) -> None:
        """Add points such that `tree` leads from `begin` to `end`."""
        match tree:
            case Chars(chars):
                self._program.reads[begin] = (keep_folded(chars) if self._folded else chars, end)
            case Claim(edge):
                self._program.claims[begin] = (edge, end)
            case Choice(parts):
                for part in parts:
                    self.add(part, self._branch(begin), end)
            case Sequence(parts):
                self._add_sequence(parts, begin, end)
            case Repeat(part, least, None):
                loop = self._program.add_point()
                self._add_sequence((part,) * least, begin, loop)
                self.add(part, self._branch(loop), loop)
                self._free(loop, end)
            case Repeat(part, least, int(most)):
                self._add_bounded_repeat(part, least, most, begin, end)

    def _add_sequence(self, parts: tuple[Tree, ...], begin: int, end: int) -> None:
        for part in parts:
            following = self._program.add_point()
            self.add(part, begin, following)
            begin = following
        self._free(begin, end)

    def _add_bounded_repeat(self, part: Tree, least: int, most: int, begin: int, end: int) -> None:
        for count in range(most):
            if count >= least:
                self._free(begin, end)
            following = self._program.add_point()
            self.add(part, self._branch(begin), following)
            begin = following
        self._free(begin, end)

    def _branch(self, begin: int) -> int:
        entry = self._program.add_point()
        self._free(begin, entry)
        return entry

    def _free(self, begin: int, end: int) -> None:
        self._program.frees.setdefault(begin, []).append(end)
