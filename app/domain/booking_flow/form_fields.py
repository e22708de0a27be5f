"""The fields a details or customer step asks for."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.domain.refusal import problem_at
from app.domain.text_checks import TextChecks, judged_by
from app.domain.values import Description, Title, Value
from app.domain.wholes import as_list, find_repeats, judge_whole, judged_whole, part, parts


class InputType(StrEnum):
    """How a field is entered, and which values it takes."""

    TEXT = "text"
    TEXTAREA = "textarea"
    SELECT = "select"
    MULTI_SELECT = "multi_select"
    CHECKBOX = "checkbox"
    NUMBER = "number"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"


TYPES_WITH_OPTIONS = frozenset({InputType.SELECT, InputType.MULTI_SELECT})


class FieldOption(Value):
    """One choice of a select field: the stored value and what the customer reads."""

    value: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    label: Title


def _find_pattern_error(checks: TextChecks, text: str) -> str | None:
    error = checks.find_pattern_error(text)
    return None if error is None else f"is not RE2 syntax: {error}"


Pattern = Annotated[
    str, StringConstraints(min_length=1, max_length=500), judged_by(_find_pattern_error)
]


class FieldConstraints(Value):
    """Bounds on a value: lengths in characters, numbers inclusive, `pattern` in RE2 syntax."""

    min_length: Annotated[int, Field(ge=0, le=10_000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=10_000)] | None = None
    minimum: FiniteFloat | None = None
    maximum: FiniteFloat | None = None
    pattern: Pattern | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _judge(cls, given: Any, read: Callable[[Any], "FieldConstraints"]) -> "FieldConstraints":
        return judge_whole(given, read, _find_reversed_bounds)


def _find_reversed_bounds(constraints: Any) -> Iterator[PydanticCustomError]:
    for lower, upper in (("min_length", "max_length"), ("minimum", "maximum")):
        low, high = part(constraints, lower), part(constraints, upper)
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield problem_at("OUT_OF_RANGE", "is below the lower bound", upper)


class FormField(Value):
    """A field of a form; `key` names its value in form data."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
    label: Title
    input_type: InputType
    required: bool = False
    help_text: Description | None = None
    options: Annotated[tuple[FieldOption, ...], Field(max_length=200)] = ()
    constraints: FieldConstraints | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _judge(cls, given: Any, read: Callable[[Any], "FormField"]) -> "FormField":
        return judge_whole(given, read, _find_unfitting_options)


def _find_unfitting_options(field: Any) -> Iterator[PydanticCustomError]:
    input_type, options = part(field, "input_type"), parts(field, "options")
    if isinstance(input_type, str) and input_type in TYPES_WITH_OPTIONS and not options:
        yield problem_at("REQUIRED", "a select field needs options", "options")
    if isinstance(input_type, str) and options and input_type not in TYPES_WITH_OPTIONS:
        yield problem_at("INVALID", "only select fields take options", "options")
    for twice in find_repeats(part(option, "value") for option in options):
        message = "two options have the same value"
        yield problem_at("DUPLICATE", message, "options", twice, "value")


def _find_repeated_keys(fields: Any) -> Iterator[PydanticCustomError]:
    keys = [part(field, "key") for field in as_list(fields)]
    for twice in find_repeats(keys):
        yield problem_at("DUPLICATE", f"two fields have the key {keys[twice]}", twice, "key")


FormFields = Annotated[
    tuple[FormField, ...], Field(min_length=1, max_length=50), judged_whole(_find_repeated_keys)
]
