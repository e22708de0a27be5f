"""The three flows the company publishes."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.booking_flow.form_fields import FieldConstraints, FieldOption, FormField, InputType
from app.domain.booking_flow.steps import (
    CustomerStepContent,
    CustomerTypeConfig,
    DetailsStepContent,
    DetailsTypeConfig,
    ServiceArea,
    ServiceSelectionStepContent,
    SummaryStepContent,
    SummaryTypeConfig,
    TimeslotSelectionStepContent,
    ZipcodeStepContent,
    ZipcodeTypeConfig,
)
from app.domain.content import ContentConfig
from app.services.demonstration.calendars import (
    cooling_calendar,
    emergency_calendar,
    general_calendar,
)
from app.services.demonstration.graphs import StoredContent, build_graph
from app.services.demonstration.outlines import QuestionOutline
from app.services.demonstration.questionnaire import (
    COOLING_QUESTION,
    EMERGENCY_QUESTION,
    FIRST_QUESTION,
)

SERVICE_AREAS = (
    ServiceArea(
        name="Columbus",
        zipcodes=("43201", "43202", "43206", "43212", "43214", "43215", "43221"),
        prefixes=("432",),
    ),
    ServiceArea(name="Northern suburbs", zipcodes=("43016", "43017", "43035", "43065", "43081")),
    ServiceArea(name="Licking County", prefixes=("4305",)),
)


class FlowKey(StrEnum):
    """A flow of the company."""

    GENERAL = "general"
    EMERGENCY = "emergency"
    COOLING = "cooling"


def outline_flows(stored: StoredContent, *, today: date) -> Mapping[FlowKey, BookingFlowContent]:
    """Return the content of every flow; the calendars close on the holidays around `today`."""
    return {
        FlowKey.GENERAL: BookingFlowContent(
            content=ContentConfig(
                title="Book a visit",
                description="Heating, cooling, plumbing and electrical. Two minutes, no call.",
                icon="calendar-check",
            ),
            steps=(
                _zipcode_step(),
                _service_step("What do you need?", FIRST_QUESTION, stored),
                _details_step(),
                TimeslotSelectionStepContent(
                    step_config=ContentConfig(title="Pick a time", icon="calendar-clock"),
                    type_config=general_calendar(today),
                ),
                _customer_step(),
                _summary_step(requires_consent=True),
            ),
        ),
        FlowKey.EMERGENCY: BookingFlowContent(
            content=ContentConfig(
                title="Emergency visit",
                description="A technician within hours, every day until ten in the evening.",
                icon="siren",
            ),
            steps=(
                _service_step("What happened?", EMERGENCY_QUESTION, stored),
                _zipcode_step(),
                TimeslotSelectionStepContent(
                    step_config=ContentConfig(title="How soon shall we come?", icon="clock"),
                    type_config=emergency_calendar(),
                ),
                _customer_step(),
            ),
        ),
        FlowKey.COOLING: BookingFlowContent(
            content=ContentConfig(
                title="Get your cooling going",
                description="Repairs, tune-ups and new air conditioners.",
                icon="snowflake",
            ),
            steps=(
                _zipcode_step(),
                _service_step("About your cooling", COOLING_QUESTION, stored),
                TimeslotSelectionStepContent(
                    step_config=ContentConfig(title="Pick a time", icon="calendar-clock"),
                    type_config=cooling_calendar(today),
                ),
                _customer_step(),
                _summary_step(requires_consent=False),
            ),
        ),
    }


def _zipcode_step() -> ZipcodeStepContent:
    return ZipcodeStepContent(
        step_config=ContentConfig(
            title="Where are you?",
            description="We work in Columbus and the towns around it.",
            icon="map-pin",
        ),
        type_config=ZipcodeTypeConfig(
            service_areas=SERVICE_AREAS,
            out_of_area_content=ContentConfig(
                title="We are not there yet",
                description="Call us, and we will name a colleague in your town.",
                icon="phone",
            ),
        ),
    )


def _service_step(
    title: str, first_question: QuestionOutline, stored: StoredContent
) -> ServiceSelectionStepContent:
    return ServiceSelectionStepContent(
        step_config=ContentConfig(title=title, icon="circle-help"),
        type_config=build_graph(first_question, stored=stored),
    )


def _details_step() -> DetailsStepContent:
    fields = (
        FormField(
            key="property",
            label="What kind of home is it?",
            input_type=InputType.SELECT,
            required=True,
            options=(
                FieldOption(value="house", label="House"),
                FieldOption(value="townhouse", label="Townhouse"),
                FieldOption(value="apartment", label="Apartment or condo"),
                FieldOption(value="business", label="Business"),
            ),
        ),
        FormField(
            key="ownership",
            label="Do you own or rent?",
            input_type=InputType.SELECT,
            required=True,
            options=(
                FieldOption(value="own", label="I own"),
                FieldOption(value="rent", label="I rent"),
            ),
        ),
        FormField(
            key="notes",
            label="Anything the technician should know?",
            input_type=InputType.TEXTAREA,
            help_text="Pets, gate codes, where to park …",
            constraints=FieldConstraints(max_length=1_000),
        ),
    )
    return DetailsStepContent(
        step_config=ContentConfig(title="About the visit", icon="clipboard-list"),
        type_config=DetailsTypeConfig(fields=fields),
    )


def _customer_step() -> CustomerStepContent:
    def field(
        key: str, label: str, input_type: InputType, *, is_required: bool = True
    ) -> FormField:
        return FormField(key=key, label=label, input_type=input_type, required=is_required)

    return CustomerStepContent(
        step_config=ContentConfig(title="How do we reach you?", icon="user"),
        type_config=CustomerTypeConfig(
            fields=(
                field("firstName", "First name", InputType.TEXT),
                field("lastName", "Last name", InputType.TEXT),
                field("phone", "Phone", InputType.PHONE),
                field("email", "Email", InputType.EMAIL, is_required=False),
                field("address", "Address of the visit", InputType.ADDRESS),
            ),
            allow_returning_customers=True,
        ),
    )


def _summary_step(*, requires_consent: bool) -> SummaryStepContent:
    return SummaryStepContent(
        step_config=ContentConfig(title="Check and book", icon="clipboard-check"),
        type_config=SummaryTypeConfig(
            confirmation_content=ContentConfig(
                title="You are booked",
                description="We text you when the technician is on the way.",
                icon="badge-check",
            ),
            consent_text="You may text me about this visit. Message rates may apply.",
            require_consent=requires_consent,
        ),
    )
