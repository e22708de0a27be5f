"""Which form values tell of no person, by the type of their field.

What a customer types is personal: texts, phone numbers, e-mail addresses, postal addresses, dates
and numbers. What is chosen from a list that the company wrote is not, and neither are a ticked box
and a zip code, which a report on demand outside the service areas needs.
"""

from pydantic import JsonValue

from app.domain.booking_flow.form_fields import FormField, InputType
from app.domain.booking_flow.steps import (
    BookingFlowStep,
    CustomerStep,
    DetailsStep,
    SummaryStep,
    ZipcodeStep,
)
from app.domain.booking_session.forms import CONSENT_KEY, ZIPCODE_KEY, is_zipcode


def keep_unless_personal(step: BookingFlowStep, key: str, value: JsonValue) -> JsonValue:
    """Return the value of a field of the step, or None when it may tell of a person.

    A field update is not validated, so that also a choice is kept only if it is on the list.
    """
    match step:
        case ZipcodeStep() if key == ZIPCODE_KEY:
            return value if isinstance(value, str) and is_zipcode(value) else None
        case SummaryStep() if key == CONSENT_KEY:
            return value if isinstance(value, bool) else None
        case DetailsStep() | CustomerStep():
            field = next((each for each in step.type_config.fields if each.key == key), None)
            return value if field is not None and _is_choice(field, value) else None
        case _:
            return None


def _is_choice(field: FormField, value: JsonValue) -> bool:
    match field.input_type:
        case InputType.SELECT:
            return _is_option(field, value)
        case InputType.MULTI_SELECT:
            return isinstance(value, list) and all(_is_option(field, item) for item in value)
        case InputType.CHECKBOX:
            return isinstance(value, bool)
        case _:
            return False


def _is_option(field: FormField, value: JsonValue) -> bool:
    return any(value == option.value for option in field.options)
