"""The fields a details or customer step asks for."""

from collections.abc import Hashable, Iterable
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, FiniteFloat, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

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


def first_duplicate(values: Iterable[H]) -> H | None:
    """Return the first value met a second time, or None when all differ."""
    seen: set[H] = set()
    for value in values:
        if value in seen:
            return value
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
        lengths_reversed = (
            self.min_length is not None
            and self.max_length is not None
            and self.min_length > self.max_length
        )
        numbers_reversed = (
            self.minimum is not None and self.maximum is not None and self.minimum > self.maximum
        )
        if lengths_reversed or numbers_reversed:
            raise PydanticCustomError("OUT_OF_RANGE", "the lower bound is above the upper bound")
        return self


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
            raise PydanticCustomError("REQUIRED", "a select field needs options")
        if self.options and self.input_type not in TYPES_WITH_OPTIONS:
            raise PydanticCustomError("INVALID", "only select fields take options")
        if first_duplicate(option.value for option in self.options) is not None:
            raise PydanticCustomError("DUPLICATE", "two options have the same value")
        return self


def _require_unique_keys(fields: tuple[FormField, ...]) -> tuple[FormField, ...]:
    key = first_duplicate(field.key for field in fields)
    if key is not None:
        raise PydanticCustomError("DUPLICATE", "two fields have the key {key}", {"key": key})
    return fields


FormFields = Annotated[
    tuple[FormField, ...], Field(min_length=1, max_length=50), AfterValidator(_require_unique_keys)
]
