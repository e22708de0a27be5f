"""Whether a value fits a form field, for each type of input.

A value that is missing, null, a blank text or an empty list counts as not given: wrong only where
the field is required. A required checkbox must be ticked.
"""

import re
from collections.abc import Iterator
from datetime import date

from pydantic import JsonValue

from app.domain.booking_flow.form_fields import FieldConstraints, FormField, InputType
from app.domain.booking_session.addresses import find_address_problems
from app.domain.problems import Problem, ProblemCode
from app.domain.text_checks import TextChecks

LONGEST_TEXT = 10_000
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NO_CONSTRAINTS = FieldConstraints()


def is_blank(value: JsonValue) -> bool:
    """Whether `value` counts as not given."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def find_field_problems(
    field: FormField, value: JsonValue, *, checks: TextChecks
) -> tuple[Problem, ...]:
    """Return everything wrong with the value of one field; paths lead into the value itself."""
    unticked = field.input_type is InputType.CHECKBOX and value is False
    if is_blank(value) or (unticked and field.required):
        return (_problem(ProblemCode.REQUIRED, f"{field.label} is required."),) * field.required
    return tuple(_find_value_problems(field, value, checks))


def _find_value_problems(
    field: FormField, value: JsonValue, checks: TextChecks
) -> Iterator[Problem]:
    match field.input_type:
        case InputType.TEXT | InputType.TEXTAREA | InputType.PHONE | InputType.EMAIL:
            yield from _find_text_problems(field, value, checks)
        case InputType.SELECT:
            yield from _find_select_problems(field, value)
        case InputType.MULTI_SELECT:
            yield from _find_multi_select_problems(field, value)
        case InputType.CHECKBOX:
            if not isinstance(value, bool):
                yield _problem(ProblemCode.INVALID, "The value is neither true nor false.")
        case InputType.NUMBER:
            yield from _find_number_problems(field, value)
        case InputType.DATE:
            if not _is_date(value):
                yield _problem(ProblemCode.INVALID, "A date reads YYYY-MM-DD.")
        case InputType.ADDRESS:
            yield from find_address_problems(value)


def _find_text_problems(
    field: FormField, value: JsonValue, checks: TextChecks
) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _problem(ProblemCode.INVALID, "The value is not a text.")
        return
    constraints = field.constraints or NO_CONSTRAINTS
    longest = constraints.max_length or LONGEST_TEXT
    if len(value) > longest:
        yield _problem(ProblemCode.TOO_LONG, f"At most {longest} characters.")
    if len(value) < (constraints.min_length or 0):
        yield _problem(ProblemCode.OUT_OF_RANGE, f"At least {constraints.min_length} characters.")
    if constraints.pattern and not checks.matches_pattern(constraints.pattern, value):
        yield _problem(ProblemCode.INVALID, f"{field.label} does not have the form asked for.")
    if field.input_type is InputType.PHONE and not checks.is_phone_number(value):
        yield _problem(ProblemCode.INVALID, "This is not a phone number in the form +17815550199.")
    if field.input_type is InputType.EMAIL and not checks.is_email_address(value):
        yield _problem(ProblemCode.INVALID, "This is not an email address.")


def _find_select_problems(field: FormField, value: JsonValue) -> Iterator[Problem]:
    if not _is_option(field, value):
        yield _problem(ProblemCode.INVALID, "This is none of the options.")


def _find_multi_select_problems(field: FormField, value: JsonValue) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _problem(ProblemCode.INVALID, "The value is not a list of options.")
        return
    for index, item in enumerate(value):
        if not _is_option(field, item):
            yield _problem(ProblemCode.INVALID, "This is none of the options.", index)
        elif item in value[:index]:
            yield _problem(ProblemCode.DUPLICATE, "This option is chosen twice.", index)


def _find_number_problems(field: FormField, value: JsonValue) -> Iterator[Problem]:
    # To Python, True is a number.
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield _problem(ProblemCode.INVALID, "The value is not a number.")
        return
    constraints = field.constraints or NO_CONSTRAINTS
    if constraints.minimum is not None and value < constraints.minimum:
        yield _problem(ProblemCode.OUT_OF_RANGE, f"At least {constraints.minimum:g}.")
    if constraints.maximum is not None and value > constraints.maximum:
        yield _problem(ProblemCode.OUT_OF_RANGE, f"At most {constraints.maximum:g}.")


def _is_option(field: FormField, value: JsonValue) -> bool:
    return any(value == option.value for option in field.options)


def _is_date(value: JsonValue) -> bool:
    # `date.fromisoformat` alone would also take forms such as 20261124 and 2026-W48-2.
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _problem(code: ProblemCode, message: str, *path: int) -> Problem:
    return Problem(code=code, message=message, path=path)
