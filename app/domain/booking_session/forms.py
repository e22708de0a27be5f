"""The form of each step: which fields it has, and what is wrong with the values given."""

from collections.abc import Mapping
from typing import assert_never

from pydantic import JsonValue

from app.domain.booking_flow.form_fields import FormField
from app.domain.booking_flow.steps import (
    BookingFlowStep,
    CustomerStep,
    DetailsStep,
    ServiceSelectionStep,
    SummaryStep,
    TimeslotSelectionStep,
    ZipcodeStep,
)
from app.domain.booking_session.field_values import find_field_problems, is_blank
from app.domain.problems import Problem, ProblemCode
from app.domain.text_checks import TextChecks

ZIPCODE_KEY = "zipcode"
CONSENT_KEY = "consent"
ZIPCODE_LENGTH = 5


def form_keys(step: BookingFlowStep) -> frozenset[str]:
    """Return the keys of the fields a step has; none where it asks by other means."""
    match step:
        case ZipcodeStep():
            return frozenset((ZIPCODE_KEY,))
        case SummaryStep():
            return frozenset((CONSENT_KEY,))
        case DetailsStep() | CustomerStep():
            return frozenset(field.key for field in step.type_config.fields)
        case ServiceSelectionStep() | TimeslotSelectionStep():
            return frozenset()
        case _:
            assert_never(step)


def find_form_problems(
    step: BookingFlowStep, form_data: Mapping[str, JsonValue], *, checks: TextChecks
) -> tuple[Problem, ...]:
    """Return everything wrong with the whole form of a step; the paths begin with the field key.

    Codes: REQUIRED, INVALID (unknown keys too), TOO_LONG, OUT_OF_RANGE and ZIPCODE_NOT_COVERED.
    """
    known = form_keys(step)
    unknown = tuple(
        Problem(code=ProblemCode.INVALID, message="This step has no such field.", path=(key,))
        for key in form_data
        if key not in known
    )
    return (*unknown, *_find_value_problems(step, form_data, checks))


def _find_value_problems(
    step: BookingFlowStep, form_data: Mapping[str, JsonValue], checks: TextChecks
) -> tuple[Problem, ...]:
    match step:
        case ZipcodeStep():
            problem = _find_zipcode_problem(step, form_data.get(ZIPCODE_KEY))
            return () if problem is None else (problem,)
        case SummaryStep():
            problem = _find_consent_problem(step, form_data.get(CONSENT_KEY))
            return () if problem is None else (problem,)
        case DetailsStep() | CustomerStep():
            return _find_fields_problems(step.type_config.fields, form_data, checks)
        case ServiceSelectionStep() | TimeslotSelectionStep():
            return ()
        case _:
            assert_never(step)


def _find_fields_problems(
    fields: tuple[FormField, ...], form_data: Mapping[str, JsonValue], checks: TextChecks
) -> tuple[Problem, ...]:
    return tuple(
        problem.under((field.key,))
        for field in fields
        for problem in find_field_problems(field, form_data.get(field.key), checks=checks)
    )


def _find_zipcode_problem(step: ZipcodeStep, value: JsonValue) -> Problem | None:
    path = (ZIPCODE_KEY,)
    if is_blank(value):
        return Problem(code=ProblemCode.REQUIRED, message="Enter a zip code.", path=path)
    if not isinstance(value, str) or not is_zipcode(value):
        message = "A zip code has five digits."
        return Problem(code=ProblemCode.INVALID, message=message, path=path)
    if step.type_config.find_service_area(value) is None:
        message = "This zip code is outside the service areas."
        return Problem(code=ProblemCode.ZIPCODE_NOT_COVERED, message=message, path=path)
    return None


def is_zipcode(text: str) -> bool:
    """Whether `text` is five digits."""
    return len(text) == ZIPCODE_LENGTH and text.isascii() and text.isdigit()


def _find_consent_problem(step: SummaryStep, value: JsonValue) -> Problem | None:
    path = (CONSENT_KEY,)
    if value is not None and not isinstance(value, bool):
        return Problem(code=ProblemCode.INVALID, message="Consent is true or false.", path=path)
    if step.type_config.require_consent and value is not True:
        return Problem(code=ProblemCode.REQUIRED, message="Consent is required.", path=path)
    return None
