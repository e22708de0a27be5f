"""The fields a details or customer step asks for."""

from collections.abc import Hashable, Iterable
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, FiniteFloat, StringConstraints, model_validator

from app.domain.refusal import problem_at
from app.domain.values import Description, Title, Value

H = TypeVar("H", bound=Hashable)


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


def first_repeat(values: Iterable[H]) -> int | None:
    """Return the index of the first value met before, or None when all differ."""
    seen: set[H] = set()
    for index, value in enumerate(values):
        if value in seen:
            return index
        seen.add(value)
    return None


class FieldOption(Value):
    """One choice of a select field: the stored value and what the customer reads."""

    value: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    label: Title


class FieldConstraints(Value):
    """Bounds on a value: lengths in characters, numbers inclusive, `pattern` in RE2 syntax."""

    min_length: Annotated[int, Field(ge=0, le=10_000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=10_000)] | None = None
    minimum: FiniteFloat | None = None
    maximum: FiniteFloat | None = None
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _require_ordered_bounds(self) -> "FieldConstraints":
        if _are_reversed(self.min_length, self.max_length):
            raise problem_at("OUT_OF_RANGE", "is below the lower bound", "max_length")
        if _are_reversed(self.minimum, self.maximum):
            raise problem_at("OUT_OF_RANGE", "is below the lower bound", "maximum")
        return self


def _are_reversed(lower: float | None, upper: float | None) -> bool:
    return lower is not None and upper is not None and lower > upper


class FormField(Value):
    """A field of a form; `key` names its value in form data."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
    label: Title
    input_type: InputType
    required: bool = False
    help_text: Description | None = None
    options: Annotated[tuple[FieldOption, ...], Field(max_length=200)] = ()
    constraints: FieldConstraints | None = None

    @model_validator(mode="after")
    def _require_fitting_options(self) -> "FormField":
        if self.input_type in TYPES_WITH_OPTIONS and not self.options:
            raise problem_at("REQUIRED", "a select field needs options", "options")
        if self.options and self.input_type not in TYPES_WITH_OPTIONS:
            raise problem_at("INVALID", "only select fields take options", "options")
        twice = first_repeat(option.value for option in self.options)
        if twice is not None:
            message = "two options have the same value"
            raise problem_at("DUPLICATE", message, "options", twice, "value")
        return self


def _require_unique_keys(fields: tuple[FormField, ...]) -> tuple[FormField, ...]:
    twice = first_repeat(field.key for field in fields)
    if twice is not None:
        message = f"two fields have the key {fields[twice].key}"
        raise problem_at("DUPLICATE", message, twice, "key")
    return fields


FormFields = Annotated[
    tuple[FormField, ...], Field(min_length=1, max_length=50), AfterValidator(_require_unique_keys)
]
