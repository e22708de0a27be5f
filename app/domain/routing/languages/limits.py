"""The bounds within which a question about languages is answered."""

from typing import Final

MAX_STATES: Final = 4_000
MAX_NESTING: Final = 100


class UndecidedError(Exception):
    """The question cannot be answered within the bounds, or its pattern not be analysed."""


class Budget:
    """Steps left for all questions of one validation; a step is one move of one automaton."""

    __slots__ = ("_per_question", "remaining")

    def __init__(self, *, total: int, per_question: int) -> None:
        self.remaining = total
        self._per_question = per_question

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can be asked."""
        return self.remaining <= 0

    def spend(self, steps: int) -> None:
        """Take `steps` off the total; raise UndecidedError when none are left."""
        self.remaining -= steps
        if self.remaining <= 0:
            raise UndecidedError("the rules are too many or too complex to compare them all")

    def make_limit(self) -> "Limit":
        """Return the bound of a question that begins now."""
        return Limit(self, floor=self.remaining - self._per_question)


class Limit:
    """Keeps one question from using up what the others need."""

    __slots__ = ("_budget", "_floor")

    def __init__(self, budget: Budget, *, floor: int) -> None:
        self._budget = budget
        self._floor = floor

    def check(self) -> None:
        """Raise UndecidedError when the question has used up its steps."""
        if self._budget.remaining < self._floor:
            raise UndecidedError("the patterns are too complex to be compared")
