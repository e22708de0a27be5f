"""Refusing an operation: the one domain error, carrying every problem found."""

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.problems import Problem, ProblemCode

_CODES = {
    "missing": ProblemCode.REQUIRED,
    "string_too_long": ProblemCode.TOO_LONG,
    "too_long": ProblemCode.TOO_LONG,
    "greater_than": ProblemCode.OUT_OF_RANGE,
    "greater_than_equal": ProblemCode.OUT_OF_RANGE,
    "less_than": ProblemCode.OUT_OF_RANGE,
    "less_than_equal": ProblemCode.OUT_OF_RANGE,
}
_EMPTY = frozenset({"string_too_short", "too_short"})


class Refused(Exception):
    """The operation was refused and wrote nothing; `problems` says why, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{p.code} at {p.path}" for p in self.problems))


def refuse(code: ProblemCode, message: str, *path: str | int) -> Refused:
    """Return the refusal for a single problem."""
    return Refused([Problem(code=code, message=message, path=path)])


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Return what a failed validation found, in our codes; paths are as Pydantic reports them."""
    return tuple(
        Problem(code=_code_of(detail), message=detail["msg"], path=tuple(detail["loc"]))
        for detail in error.errors(include_url=False)
        if not _is_echo(detail)
    )


def _is_echo(detail: ErrorDetails) -> bool:
    """Return whether a list is called too short only because items of it, reported too, failed."""
    given = detail.get("input")
    return (
        detail["type"] == "too_short"
        and isinstance(given, list | tuple)
        and len(given) >= detail["ctx"]["min_length"]
    )


def _code_of(detail: ErrorDetails) -> ProblemCode:
    kind = detail["type"]
    if kind in ProblemCode.__members__:
        return ProblemCode(kind)
    # A null where a value must be, or an empty text or list, is a value that was not given.
    if detail.get("input") is None or (kind in _EMPTY and not detail["input"]):
        return ProblemCode.REQUIRED
    return _CODES.get(kind, ProblemCode.INVALID)
