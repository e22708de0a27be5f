"""What a client gives: as far as it can be read, and everything that is wrong with it.

Whether an input can be read and whether what it names exists are different questions, and an editor
wants both answered at once. So an unreadable input is no error yet: the use case looks in its plain
values for whatever else is wrong, and then refuses it for all of that together.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from app.domain.problems import Problem, ProblemCode, ProblemPath
from app.domain.refusal import Refused, problems_of, refuse
from app.domain.values import EntityId
from app.services.text_checks import READING

M = TypeVar("M", bound=BaseModel)

MAX_VALUES = 250_000
"""Items and fields at every depth of an input; reading them, all of them wrong, takes a second."""


@dataclass(frozen=True)
class Given(Generic[M]):
    """An input in plain values under the domain's names, and the `value` they make, if they do.

    `problems` is why they make none, or what else was wrong already with the reading.
    """

    plain: Mapping[str, Any]
    value: M | None
    problems: tuple[Problem, ...] = ()

    def accept(self, problems: Iterable[Problem] = ()) -> M:
        """Return the value; raises Refused with the problems of the input and those given."""
        found = dict.fromkeys([*self.problems, *problems])
        if found or self.value is None:
            raise Refused(found)
        return self.value


def read(model: type[M], plain: Mapping[str, Any], problems: Iterable[Problem] = ()) -> Given[M]:
    """Return the plain values read as a `model`; `problems` is what is wrong with them already.

    Raises Refused with TOO_LONG for more values than any model has.
    """
    for name, value in plain.items():
        if _holds_too_many(value):
            raise refuse(ProblemCode.TOO_LONG, f"holds more than {MAX_VALUES} values", name)
    try:
        return Given(plain, model.model_validate(plain, context=READING), tuple(problems))
    except ValidationError as error:
        found = (_place(problem, plain) for problem in problems_of(error))
        return Given(plain, None, (*problems, *found))


def _holds_too_many(value: Any) -> bool:
    count = 0
    waiting = [value] if isinstance(value, Mapping | list | tuple) else []
    while waiting and count <= MAX_VALUES:
        parent = waiting.pop()
        children = parent.values() if isinstance(parent, Mapping) else parent
        count += len(children)
        waiting += [each for each in children if isinstance(each, Mapping | list | tuple)]
    return count > MAX_VALUES


def as_given(value: M | Given[M]) -> Given[M]:
    """Return a value made by ourselves as if a client had given it."""
    return value if isinstance(value, Given) else Given(value.model_dump(), value)


def _place(problem: Problem, plain: Any) -> Problem:
    """Return the problem where it lies in the plain values.

    Pydantic's paths name the member of a union too, which is no part of what was given.
    """
    path: list[str | int] = []
    for position, part in enumerate(problem.path):
        if isinstance(plain, Mapping):
            if part not in plain and position < len(problem.path) - 1:
                continue
            plain = plain.get(part)
        elif isinstance(plain, list | tuple) and isinstance(part, int) and part < len(plain):
            plain = plain[part]
        path.append(part)
    return problem.model_copy(update={"path": tuple(path)})


def find_ids(
    plain: Any, names: Container[str], path: ProblemPath = ()
) -> Iterator[tuple[ProblemPath, EntityId]]:
    """Yield every id that stands under one of the field names, however deep, with its path."""
    if isinstance(plain, list | tuple):
        for index, item in enumerate(plain):
            yield from find_ids(item, names, (*path, index))
    if isinstance(plain, Mapping):
        for name, value in plain.items():
            if name in names and isinstance(value, str):
                yield (*path, name), value
            else:
                yield from find_ids(value, names, (*path, name))
