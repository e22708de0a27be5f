"""Judging a value as a whole even where parts of it are wrong.

Pydantic asks the rules about a whole (no zip code twice, no maximum below the minimum) only once
all parts are valid, so that an editor would meet them after the next attempt. The rules here are
asked in any case: they look at the value or, where there is none, at what was given for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError, WrapValidator
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.domain.refusal import MAX_PROBLEMS

T = TypeVar("T")
Rule: TypeAlias = Callable[[Any], Iterable[PydanticCustomError]]
"""Yields what is wrong with a whole, made by `problem_at`; what it is given may be anything."""


def judged_whole(rule: Rule) -> WrapValidator:
    """Return a validator that adds what `rule` finds to what is wrong with the parts."""
    return WrapValidator(lambda given, read: judge_whole(given, read, rule))


def judge_whole(given: Any, read: Callable[[Any], T], rule: Rule) -> T:
    """Return what `read` makes of `given`; raises ValidationError with the problems of both.

    Where the parts have more problems than are told, the whole is not asked.
    """
    try:
        value = read(given)
    except ValidationError as error:
        if error.error_count() > MAX_PROBLEMS:
            raise
        found = [_again(detail) for detail in error.errors(include_url=False)]
        found += _all_of(rule(given), given)
        raise ValidationError.from_exception_data(error.title, found) from error
    wrong = _all_of(rule(value), given)
    if wrong:
        raise ValidationError.from_exception_data("", wrong)
    return value


def part(whole: Any, name: str) -> Any:
    """Return a field of a value or of what was given for it, None where there is no such thing."""
    return whole.get(name) if isinstance(whole, Mapping) else getattr(whole, name, None)


def parts(whole: Any, name: str) -> Sequence[Any]:
    """Return a list of a value or of what was given for it, empty where there is no such thing."""
    return as_list(part(whole, name))


def as_list(given: Any) -> Sequence[Any]:
    """Return what was given where it is a list, an empty one otherwise."""
    return given if isinstance(given, list | tuple) else ()


def find_repeats(values: Iterable[Any]) -> Iterator[int]:
    """Yield the index of every text or date that was met before."""
    seen: set[str | date] = set()
    for index, value in enumerate(values):
        if not isinstance(value, str | date):
            continue
        if value in seen:
            yield index
        seen.add(value)


def _all_of(problems: Iterable[PydanticCustomError], given: Any) -> list[InitErrorDetails]:
    few = islice(problems, MAX_PROBLEMS)
    return [InitErrorDetails(type=problem, input=given) for problem in few]


def _again(detail: Any) -> InitErrorDetails:
    problem = PydanticCustomError(detail["type"], detail["msg"], detail.get("ctx"))
    return InitErrorDetails(type=problem, loc=detail["loc"], input=detail["input"])
