"""The six kinds of booking flow step and their typed configuration."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, model_validator

from app.domain.booking_flow.form_fields import FormFields, first_repeat
from app.domain.booking_flow.timeslot_windows import TimeslotSelectionTypeConfig
from app.domain.content import ContentConfig
from app.domain.refusal import problem_at
from app.domain.service_selection.graph import ServiceGraph
from app.domain.values import Description, EntityId, Name, Value


class StepType(StrEnum):
    """What a step asks of the customer."""

    ZIPCODE = "zipcode"
    SERVICE_SELECTION = "service_selection"
    DETAILS = "details"
    TIMESLOT_SELECTION = "timeslot_selection"
    CUSTOMER = "customer"
    SUMMARY = "summary"


Zipcode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
ZipcodePrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]


class ServiceArea(Value):
    """A named region: whole zip codes, and the first digits of others."""

    name: Name
    zipcodes: Annotated[tuple[Zipcode, ...], Field(max_length=10_000)] = ()
    prefixes: Annotated[tuple[ZipcodePrefix, ...], Field(max_length=1_000)] = ()


def _require_unique_zipcodes(areas: tuple[ServiceArea, ...]) -> tuple[ServiceArea, ...]:
    places = [
        (zipcode, (index, field, position))
        for index, area in enumerate(areas)
        for field, zipcodes in (("zipcodes", area.zipcodes), ("prefixes", area.prefixes))
        for position, zipcode in enumerate(zipcodes)
    ]
    twice = first_repeat(zipcode for zipcode, _ in places)
    if twice is not None:
        zipcode, place = places[twice]
        raise problem_at("DUPLICATE", f"{zipcode} is listed twice", *place)
    namesake = first_repeat(area.name for area in areas)
    if namesake is not None:
        raise problem_at("DUPLICATE", "two service areas have the same name", namesake, "name")
    return areas


class ZipcodeTypeConfig(Value):
    """Where the company works, and what a customer outside reads."""

    service_areas: Annotated[
        tuple[ServiceArea, ...], Field(max_length=500), AfterValidator(_require_unique_zipcodes)
    ] = ()
    out_of_area_content: ContentConfig | None = None

    def find_service_area(self, zipcode: str) -> ServiceArea | None:
        """Return the area that lists `zipcode`, else the one with its longest prefix, else None."""
        for area in self.service_areas:
            if zipcode in area.zipcodes:
                return area
        matches = [
            (len(prefix), area)
            for area in self.service_areas
            for prefix in area.prefixes
            if zipcode.startswith(prefix)
        ]
        return max(matches, key=lambda match: match[0])[1] if matches else None


class DetailsTypeConfig(Value):
    """The questions about the visit itself."""

    fields: FormFields


class CustomerTypeConfig(Value):
    """Who the customer is."""

    fields: FormFields
    allow_returning_customers: bool = False


class SummaryTypeConfig(Value):
    """The last look before booking, and the consent asked there."""

    confirmation_content: ContentConfig | None = None
    consent_text: Description | None = None
    require_consent: bool = False

    @model_validator(mode="after")
    def _require_a_text_to_consent_to(self) -> "SummaryTypeConfig":
        if self.require_consent and not self.consent_text:
            message = "consent is required but has no text"
            raise problem_at("REQUIRED", message, "consent_text")
        return self


class StepContentBase(Value):
    """What an editor writes of every step: the content shown above it.

    `id` is the stored step it stands for, None for a new one.
    """

    id: EntityId | None = None
    step_config: ContentConfig


class ZipcodeStepContent(StepContentBase):
    """Checks that the customer lives in a service area."""

    step_type: Literal[StepType.ZIPCODE] = StepType.ZIPCODE
    type_config: ZipcodeTypeConfig


class ServiceSelectionStepContent(StepContentBase):
    """Leads through the decision graph to exactly one service."""

    step_type: Literal[StepType.SERVICE_SELECTION] = StepType.SERVICE_SELECTION
    type_config: ServiceGraph


class DetailsStepContent(StepContentBase):
    """Asks about the visit."""

    step_type: Literal[StepType.DETAILS] = StepType.DETAILS
    type_config: DetailsTypeConfig


class TimeslotSelectionStepContent(StepContentBase):
    """Offers the times of a visit."""

    step_type: Literal[StepType.TIMESLOT_SELECTION] = StepType.TIMESLOT_SELECTION
    type_config: TimeslotSelectionTypeConfig


class CustomerStepContent(StepContentBase):
    """Asks who the customer is."""

    step_type: Literal[StepType.CUSTOMER] = StepType.CUSTOMER
    type_config: CustomerTypeConfig


class SummaryStepContent(StepContentBase):
    """Shows everything and asks for consent."""

    step_type: Literal[StepType.SUMMARY] = StepType.SUMMARY
    type_config: SummaryTypeConfig


BookingFlowStepContent: TypeAlias = Annotated[
    ZipcodeStepContent
    | ServiceSelectionStepContent
    | DetailsStepContent
    | TimeslotSelectionStepContent
    | CustomerStepContent
    | SummaryStepContent,
    Field(discriminator="step_type"),
]


class StepBase(StepContentBase):
    """A stored step: its id is known."""

    id: EntityId


# `StepBase` stands first, so that its `id` is the one that counts.
class ZipcodeStep(StepBase, ZipcodeStepContent):
    """A stored zip code step."""


class ServiceSelectionStep(StepBase, ServiceSelectionStepContent):
    """A stored service selection step."""


class DetailsStep(StepBase, DetailsStepContent):
    """A stored details step."""


class TimeslotSelectionStep(StepBase, TimeslotSelectionStepContent):
    """A stored timeslot step."""


class CustomerStep(StepBase, CustomerStepContent):
    """A stored customer step."""


class SummaryStep(StepBase, SummaryStepContent):
    """A stored summary step."""


BookingFlowStep: TypeAlias = Annotated[
    ZipcodeStep
    | ServiceSelectionStep
    | DetailsStep
    | TimeslotSelectionStep
    | CustomerStep
    | SummaryStep,
    Field(discriminator="step_type"),
]

STEP_ADAPTER: TypeAdapter[BookingFlowStep] = TypeAdapter(BookingFlowStep)


def with_id(content: BookingFlowStepContent, step_id: EntityId) -> BookingFlowStep:
    """Return the content as a step of that id."""
    return STEP_ADAPTER.validate_python({**dict(content), "id": step_id})
