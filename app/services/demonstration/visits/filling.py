"""What customers do on each kind of step, the first time and when they come back to it."""

from typing import assert_never

from pydantic import JsonValue

from app.domain.booking_flow.steps import (
    BookingFlowStep,
    CustomerStep,
    DetailsStep,
    ServiceSelectionStep,
    SummaryStep,
    TimeslotSelectionStep,
    ZipcodeStep,
)
from app.domain.booking_session.commands import (
    ReportValidationError,
    SelectTimeslot,
    UpdateField,
)
from app.services.demonstration.visits.questions import answer_anew, answer_questions
from app.services.demonstration.visits.visitor import Visitor

_NOTES = (
    "Please text before you come.",
    "There is a dog, but he is friendly.",
    "Gate code is 4471.",
    "Park in the driveway, please.",
    "The unit is behind the garage.",
    "Somebody was here two years ago for the same thing.",
    "I work nights, so please ring twice.",
)
_FIELDS_REPORTED = frozenset({"property", "notes", "phone", "email"})
"""Those whose every change the company's site reports, besides the zip code."""

_OUTSIDE_ZIPCODES = ("45202", "44113", "43604", "45402")


class NoTimeFitsError(Exception):
    """The calendar has no window left that this customer could take."""


def fill_in(visitor: Visitor, step: BookingFlowStep) -> dict[str, JsonValue]:
    """Do what a step asks, mistakes included; return the form to complete it with.

    Raises NoTimeFitsError on a timeslot step without a free window.
    """
    match step:
        case ZipcodeStep():
            return _enter_zipcode(visitor, step)
        case ServiceSelectionStep():
            answer_questions(visitor, step)
            return {}
        case DetailsStep():
            return _describe_visit(visitor, step)
        case TimeslotSelectionStep():
            _choose_time(visitor, step)
            return {}
        case CustomerStep():
            return _introduce_oneself(visitor, step)
        case SummaryStep():
            visitor.spend(6, 45)
            return {"consent": True} if step.type_config.consent_text else {}
        case _:
            assert_never(step)


def change_mind(visitor: Visitor, step: BookingFlowStep) -> dict[str, JsonValue]:
    """Change something on a completed step; return what to complete it with again."""
    visitor.spend(3, 20)
    match step:
        case ServiceSelectionStep():
            answer_anew(visitor, step)
        case TimeslotSelectionStep():
            _choose_time(visitor, step)
        case DetailsStep():
            notes = visitor.rng.choice(_NOTES)
            visitor.note(step, UpdateField(field="notes", value=notes))
        case CustomerStep():
            phone = visitor.person.form["phone"]
            visitor.note(step, UpdateField(field="phone", value=phone))
        case ZipcodeStep() | SummaryStep():
            pass
        case _:
            assert_never(step)
    visitor.spend(2, 15)
    return {}


def fail_on_zipcode(visitor: Visitor, step: ZipcodeStep) -> None:
    """Live where the company does not work."""
    visitor.spend(4, 15)
    zipcode = visitor.rng.choice(_OUTSIDE_ZIPCODES)
    visitor.note(step, UpdateField(field="zipcode", value=zipcode))
    visitor.spend(0.5, 2)
    visitor.note(step, ReportValidationError(field="zipcode", message="We are not there yet"))
    visitor.spend(3, 20)


def _enter_zipcode(visitor: Visitor, step: ZipcodeStep) -> dict[str, JsonValue]:
    zipcode = visitor.person.zipcode
    visitor.spend(3, 18)
    if visitor.happens(0.08):
        visitor.note(step, UpdateField(field="zipcode", value=zipcode[:4]))
        visitor.spend(0.5, 2)
        message = "A zip code has five digits."
        visitor.note(step, ReportValidationError(field="zipcode", message=message))
        visitor.spend(2, 8)
    visitor.note(step, UpdateField(field="zipcode", value=zipcode))
    visitor.spend(0.5, 3)
    return {"zipcode": zipcode}


def _describe_visit(visitor: Visitor, step: DetailsStep) -> dict[str, JsonValue]:
    form: dict[str, JsonValue] = {}
    for field in step.type_config.fields:
        if not field.required and not visitor.happens(0.35):
            continue
        visitor.spend(3, 25)
        values = [option.value for option in field.options] or _NOTES
        weights = [1 / (1 + 2 * index) for index in range(len(values))]
        form[field.key] = visitor.rng.choices(values, weights if field.options else None)[0]
        _report_field(visitor, step, field.key, form[field.key])
    visitor.spend(1, 6)
    return form


def _choose_time(visitor: Visitor, step: TimeslotSelectionStep) -> None:
    for _ in range(1 + visitor.happens(0.15)):
        visitor.spend(5, 50)
        slot = visitor.appointments.choose(step, now=visitor.now, rng=visitor.rng)
        if slot is None:
            raise NoTimeFitsError
        visitor.note(step, SelectTimeslot(start_time=slot.start_time, end_time=slot.end_time))
    visitor.spend(1, 8)


def _introduce_oneself(visitor: Visitor, step: CustomerStep) -> dict[str, JsonValue]:
    form: dict[str, JsonValue] = {}
    for field in step.type_config.fields:
        if not field.required and not visitor.happens(0.7):
            continue
        visitor.spend(4, 28)
        if field.key == "phone" and visitor.happens(0.12):
            visitor.note(step, UpdateField(field="phone", value="614 555"))
            message = "This is not a whole phone number."
            visitor.note(step, ReportValidationError(field="phone", message=message))
            visitor.spend(3, 12)
        if field.key == "email" and visitor.happens(0.06):
            message = "This is not an email address."
            visitor.note(step, ReportValidationError(field="email", message=message))
            visitor.spend(3, 12)
        form[field.key] = visitor.person.form[field.key]
        _report_field(visitor, step, field.key, form[field.key])
    visitor.spend(1, 8)
    return form


def _report_field(visitor: Visitor, step: BookingFlowStep, key: str, value: JsonValue) -> None:
    if key in _FIELDS_REPORTED:
        visitor.note(step, UpdateField(field=key, value=value))
