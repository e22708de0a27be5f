"""The six kinds of step as clients write them."""

from datetime import date
from typing import Any, ClassVar

import strawberry

from app.api.booking_flows.enums import InputType, Weekday
from app.api.content import ContentConfigInput
from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.scalars import ZipCode
from app.api.service_selection.inputs import ServiceSelectionGraphInput


@strawberry.input(description="A named region the company works in.")
class ServiceAreaInput:
    name: str = strawberry.field(description="The region's name.")
    zipcodes: list[ZipCode] = strawberry.field(
        default_factory=list, description="Whole zip codes, each listed once in the step."
    )
    prefixes: list[str] = strawberry.field(
        default_factory=list, description="First digits of further zip codes, one to four."
    )


@strawberry.input(description="Where the company works.")
class ZipcodeTypeConfigInput:
    service_areas: list[ServiceAreaInput] = strawberry.field(
        default_factory=list, description="The regions covered."
    )
    out_of_area_content: ContentConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="What a customer outside of them reads."
    )


@strawberry.input(description="One choice of a select field.")
class FormFieldOptionInput:
    value: str = strawberry.field(description="The value kept in form data.")
    label: str = strawberry.field(description="What a customer reads.")


@strawberry.input(description="Bounds on the value of a field.")
class FormFieldConstraintsInput:
    min_length: int | None = strawberry.field(
        default=strawberry.UNSET, description="Fewest characters."
    )
    max_length: int | None = strawberry.field(
        default=strawberry.UNSET, description="Most characters."
    )
    minimum: float | None = strawberry.field(
        default=strawberry.UNSET, description="Smallest number, inclusive."
    )
    maximum: float | None = strawberry.field(
        default=strawberry.UNSET, description="Largest number, inclusive."
    )
    pattern: str | None = strawberry.field(
        default=strawberry.UNSET, description="What the whole text must match, in RE2 syntax."
    )


@strawberry.input(description="A field of a form.")
class FormFieldInput:
    key: str = strawberry.field(description="Names the value in form data, unique in the form.")
    label: str = strawberry.field(description="What a customer reads.")
    input_type: InputType = strawberry.field(description="How the field is entered.")
    required: bool = strawberry.field(default=False, description="Whether a value must be given.")
    help_text: str | None = strawberry.field(
        default=strawberry.UNSET, description="A hint below the field."
    )
    options: list[FormFieldOptionInput] = strawberry.field(
        default_factory=list, description="The choices of a select field."
    )
    constraints: FormFieldConstraintsInput | None = strawberry.field(
        default=strawberry.UNSET, description="Bounds on the value."
    )


@strawberry.input(description="The questions about the visit.")
class DetailsTypeConfigInput:
    fields: list[FormFieldInput] = strawberry.field(description="The fields, in order.")


@strawberry.input(description="A visit window offered on some weekdays.")
class TimeslotWindowInput:
    weekdays: list[Weekday] = strawberry.field(description="The days it is offered on.")
    start_time: str = strawberry.field(description="Local time it begins, `HH:MM`.")
    end_time: str = strawberry.field(description="Local time it ends, `HH:MM`.")
    capacity: int | None = strawberry.field(
        default=strawberry.UNSET, description="Bookings that fit; null = unlimited."
    )


@strawberry.input(description="The calendar of a timeslot step.")
class TimeslotSelectionTypeConfigInput:
    timezone: str = strawberry.field(description="The IANA time zone of the windows.")
    lead_time_minutes: int = strawberry.field(
        default=0,
        description="How long before its start a visit can still be booked, in minutes.",
    )
    horizon_days: int = strawberry.field(
        default=30, description="How many days ahead visits are offered."
    )
    hold_minutes: int = strawberry.field(
        default=0,
        description="How long a chosen slot is kept for its customer, 0 to 60 minutes; 0 = not at "
        "all: the first to book wins.",
    )
    windows: list[TimeslotWindowInput] = strawberry.field(description="When visits are offered.")
    blackout_dates: list[date] = strawberry.field(
        default_factory=list, description="Days without any visit."
    )


@strawberry.input(description="Who the customer is.")
class CustomerTypeConfigInput:
    fields: list[FormFieldInput] = strawberry.field(description="The fields, in order.")
    allow_returning_customers: bool = strawberry.field(
        default=False, description="Whether known customers may be recognised."
    )


@strawberry.input(description="The last look before booking.")
class SummaryTypeConfigInput:
    confirmation_content: ContentConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="What a customer reads once the booking is made."
    )
    consent_text: str | None = strawberry.field(
        default=strawberry.UNSET, description="What consent is asked for."
    )
    require_consent: bool = strawberry.field(
        default=False, description="Whether booking needs the consent."
    )


def kept_step_id() -> Any:
    """Return the field by which a step of a list stands for a stored one."""
    return strawberry.field(
        default=strawberry.UNSET,
        description="The stored step it takes the place of, when a flow is updated.",
        metadata=refers_to(EntityType.BOOKING_FLOW_STEP),
    )


@strawberry.input(description="A zip code step.")
class ZipcodeStepInput:
    id: strawberry.ID | None = kept_step_id()
    step_config: ContentConfigInput = strawberry.field(description="Shown above the step.")
    type_config: ZipcodeTypeConfigInput = strawberry.field(description="The service areas.")


@strawberry.input(description="A service selection step.")
class ServiceSelectionStepInput:
    id: strawberry.ID | None = kept_step_id()
    step_config: ContentConfigInput = strawberry.field(description="Shown above the step.")
    type_config: ServiceSelectionGraphInput = strawberry.field(description="The graph.")


@strawberry.input(description="A details step.")
class DetailsStepInput:
    id: strawberry.ID | None = kept_step_id()
    step_config: ContentConfigInput = strawberry.field(description="Shown above the step.")
    type_config: DetailsTypeConfigInput = strawberry.field(description="The form.")


@strawberry.input(description="A timeslot step.")
class TimeslotSelectionStepInput:
    id: strawberry.ID | None = kept_step_id()
    step_config: ContentConfigInput = strawberry.field(description="Shown above the step.")
    type_config: TimeslotSelectionTypeConfigInput = strawberry.field(description="The calendar.")


@strawberry.input(description="A customer step.")
class CustomerStepInput:
    id: strawberry.ID | None = kept_step_id()
    step_config: ContentConfigInput = strawberry.field(description="Shown above the step.")
    type_config: CustomerTypeConfigInput = strawberry.field(description="The form.")


@strawberry.input(description="A summary step.")
class SummaryStepInput:
    id: strawberry.ID | None = kept_step_id()
    step_config: ContentConfigInput = strawberry.field(description="Shown above the step.")
    type_config: SummaryTypeConfigInput = strawberry.field(description="The texts and the consent.")


@strawberry.input(one_of=True, description="A step: exactly one kind.")
class BookingFlowStepInput:
    __discriminator__: ClassVar[str] = "step_type"

    zipcode: ZipcodeStepInput | None = strawberry.field(
        default=strawberry.UNSET, description="A zip code step."
    )
    service_selection: ServiceSelectionStepInput | None = strawberry.field(
        default=strawberry.UNSET, description="A service selection step."
    )
    details: DetailsStepInput | None = strawberry.field(
        default=strawberry.UNSET, description="A details step."
    )
    timeslot_selection: TimeslotSelectionStepInput | None = strawberry.field(
        default=strawberry.UNSET, description="A timeslot step."
    )
    customer: CustomerStepInput | None = strawberry.field(
        default=strawberry.UNSET, description="A customer step."
    )
    summary: SummaryStepInput | None = strawberry.field(
        default=strawberry.UNSET, description="A summary step."
    )


@strawberry.input(one_of=True, description="The configuration of one type of step.")
class StepTypeConfigInput:
    __discriminator__: ClassVar[str] = "step_type"

    zipcode: ZipcodeTypeConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of a zip code step."
    )
    service_selection: ServiceSelectionGraphInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of a service selection step."
    )
    details: DetailsTypeConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of a details step."
    )
    timeslot_selection: TimeslotSelectionTypeConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of a timeslot step."
    )
    customer: CustomerTypeConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of a customer step."
    )
    summary: SummaryTypeConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of a summary step."
    )
