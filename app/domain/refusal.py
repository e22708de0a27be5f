"""Refusing an operation: the one domain error, carrying every problem found."""

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from app.domain.problems import Problem, ProblemCode, ProblemPath

_CODES = {
    "missing": ProblemCode.REQUIRED,
    "string_too_long": ProblemCode.TOO_LONG,
    "too_long": ProblemCode.TOO_LONG,
    "greater_than": ProblemCode.OUT_OF_RANGE,
    "greater_than_equal": ProblemCode.OUT_OF_RANGE,
    "less_than": ProblemCode.OUT_OF_RANGE,
    "less_than_equal": ProblemCode.OUT_OF_RANGE,
}
_AT = "at"

MAX_PROBLEMS = 1_000
"""More of them help nobody, and their answer would be many times as large as the input."""
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
    """Return what a failed validation found, in our codes; paths are as Pydantic reports them.

    Of very many the first are returned, and one more that says how many there are besides.
    """
    details = error.errors(include_url=False)
    found = tuple(
        Problem(
            code=_code_of(detail),
            message=detail["msg"].removeprefix("Value error, "),
            path=_place_of(detail),
        )
        for detail in details[:MAX_PROBLEMS]
        if not _is_echo(detail)
    )
    if len(details) <= MAX_PROBLEMS:
        return found
    message = f"{len(details) - MAX_PROBLEMS} more problems are not listed"
    return (*found, Problem(code=ProblemCode.INVALID, message=message))


def problem_at(code: str, message: str, *path: str | int) -> PydanticCustomError:
    """Return the error a validator raises for a part of what it validates, `path` from there."""
    return PydanticCustomError(code, "{message}", {"message": message, _AT: path})


def _place_of(detail: ErrorDetails) -> ProblemPath:
    return (*detail["loc"], *detail.get("ctx", {}).get(_AT, ()))


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
    # A null where a value must be, or a blank text or empty list, is a value that was not given.
    given = detail.get("input")
    is_blank = not (given.strip() if isinstance(given, str) else given)
    if given is None or (kind in _EMPTY and is_blank):
        return ProblemCode.REQUIRED
    return _CODES.get(kind, ProblemCode.INVALID)
