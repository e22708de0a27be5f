"""The six kinds of booking flow step and their typed configuration."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.domain.booking_flow.form_fields import FormFields
from app.domain.booking_flow.timeslot_windows import TimeslotSelectionTypeConfig
from app.domain.content import ContentConfig
from app.domain.refusal import problem_at
from app.domain.service_selection.graph import MAX_STORED_EDGES, MAX_STORED_NODES, ServiceGraph
from app.domain.values import Description, EntityId, Name, Value
from app.domain.wholes import as_list, find_repeats, judge_whole, judged_whole, part, parts


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


def _find_repeats_of_areas(areas: Any) -> Iterator[PydanticCustomError]:
    places = [
        (zipcode, (index, field, position))
        for index, area in enumerate(as_list(areas))
        for field in ("zipcodes", "prefixes")
        for position, zipcode in enumerate(parts(area, field))
    ]
    for twice in find_repeats(zipcode for zipcode, _ in places):
        zipcode, place = places[twice]
        yield problem_at("DUPLICATE", f"{zipcode} is listed twice", *place)
    names = [part(area, "name") for area in as_list(areas)]
    for namesake in find_repeats(name.strip() if isinstance(name, str) else None for name in names):
        yield problem_at("DUPLICATE", "two service areas have the same name", namesake, "name")


class ZipcodeTypeConfig(Value):
    """Where the company works, and what a customer outside reads."""

    service_areas: Annotated[
        tuple[ServiceArea, ...], Field(max_length=500), judged_whole(_find_repeats_of_areas)
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

    @model_validator(mode="wrap")
    @classmethod
    def _judge(cls, given: Any, read: Callable[[Any], "SummaryTypeConfig"]) -> "SummaryTypeConfig":
        return judge_whole(given, read, _find_missing_consent)


def _find_missing_consent(config: Any) -> Iterator[PydanticCustomError]:
    if part(config, "require_consent") is True and not part(config, "consent_text"):
        message = "consent is required but has no text"
        yield problem_at("REQUIRED", message, "consent_text")


def _read_step_type(config: Any) -> Any:
    return config.get("step_type") if isinstance(config, Mapping) else None


StepTypeConfig: TypeAlias = Annotated[
    Annotated[ZipcodeTypeConfig, Tag(StepType.ZIPCODE.value)]
    | Annotated[ServiceGraph, Tag(StepType.SERVICE_SELECTION.value)]
    | Annotated[DetailsTypeConfig, Tag(StepType.DETAILS.value)]
    | Annotated[TimeslotSelectionTypeConfig, Tag(StepType.TIMESLOT_SELECTION.value)]
    | Annotated[CustomerTypeConfig, Tag(StepType.CUSTOMER.value)]
    | Annotated[SummaryTypeConfig, Tag(StepType.SUMMARY.value)],
    Discriminator(_read_step_type),
]
"""A configuration apart from its step, whose type it names itself when it is read."""


def _require_storable(graph: Any) -> Any:
    """Refuse a graph too large to store before its nodes are read, which may be a million."""
    for name, most in (("nodes", MAX_STORED_NODES), ("edges", MAX_STORED_EDGES)):
        listed = graph.get(name) if isinstance(graph, Mapping) else getattr(graph, name, None)
        if isinstance(listed, list | tuple) and len(listed) > most:
            raise problem_at("TOO_LONG", f"a graph has at most {most} {name}", name)
    return graph


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
    type_config: Annotated[ServiceGraph, BeforeValidator(_require_storable)]


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
