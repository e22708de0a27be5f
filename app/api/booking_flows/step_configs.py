"""The typed configuration of the six kinds of step, as clients read it."""

from datetime import date

import strawberry

from app.api.booking_flows.enums import InputType, Weekday
from app.api.content import ContentConfig, to_optional_content
from app.api.scalars import ZipCode
from app.api.service_selection.types import (
    ServiceSelectionEdge,
    ServiceSelectionNode,
    to_edge,
    to_node,
)
from app.domain.booking_flow import form_fields, steps, timeslot_windows
from app.domain.service_selection.graph import ServiceGraph
from app.domain.values import EntityId


@strawberry.type(description="A named region the company works in.")
class ServiceArea:
    name: str = strawberry.field(description="The region's name.")
    zipcodes: list[ZipCode] = strawberry.field(description="Whole zip codes of the region.")
    prefixes: list[str] = strawberry.field(description="First digits of further zip codes.")

    @classmethod
    def from_domain(cls, area: steps.ServiceArea) -> "ServiceArea":
        """Return the area in the schema's type."""
        zipcodes = [ZipCode(zipcode) for zipcode in area.zipcodes]
        return cls(name=area.name, zipcodes=zipcodes, prefixes=list(area.prefixes))


@strawberry.type(description="Where the company works.")
class ZipcodeTypeConfig:
    service_areas: list[ServiceArea] = strawberry.field(description="The regions covered.")
    out_of_area_content: ContentConfig | None = strawberry.field(
        description="What a customer outside of them reads."
    )

    @classmethod
    def from_domain(cls, config: steps.ZipcodeTypeConfig) -> "ZipcodeTypeConfig":
        """Return the configuration in the schema's type."""
        return cls(
            service_areas=[ServiceArea.from_domain(area) for area in config.service_areas],
            out_of_area_content=to_optional_content(config.out_of_area_content),
        )


@strawberry.type(description="The decision graph that leads to exactly one service.")
class ServiceSelectionTypeConfig:
    root_node_id: strawberry.ID = strawberry.field(description="The first question's node.")
    nodes: list[ServiceSelectionNode] = strawberry.field(description="The nodes, in order.")
    edges: list[ServiceSelectionEdge] = strawberry.field(description="Their connections.")

    @classmethod
    def from_domain(
        cls, graph: ServiceGraph, *, organization_id: EntityId
    ) -> "ServiceSelectionTypeConfig":
        """Return the graph in the schema's type."""
        return cls(
            root_node_id=strawberry.ID(graph.root_node_id),
            nodes=[to_node(node, organization_id=organization_id) for node in graph.nodes],
            edges=[to_edge(edge) for edge in graph.edges],
        )


@strawberry.type(description="One choice of a select field.")
class FormFieldOption:
    value: str = strawberry.field(description="The value kept in form data.")
    label: str = strawberry.field(description="What a customer reads.")


@strawberry.type(description="Bounds on the value of a field.")
class FormFieldConstraints:
    min_length: int | None = strawberry.field(description="Fewest characters.")
    max_length: int | None = strawberry.field(description="Most characters.")
    minimum: float | None = strawberry.field(description="Smallest number, inclusive.")
    maximum: float | None = strawberry.field(description="Largest number, inclusive.")
    pattern: str | None = strawberry.field(
        description="What the whole text must match, in RE2 syntax."
    )


@strawberry.type(description="A field of a form.")
class FormField:
    key: str = strawberry.field(description="Names the value in form data.")
    label: str = strawberry.field(description="What a customer reads.")
    input_type: InputType = strawberry.field(description="How the field is entered.")
    required: bool = strawberry.field(description="Whether a value must be given.")
    help_text: str | None = strawberry.field(description="A hint below the field.")
    options: list[FormFieldOption] = strawberry.field(
        description="The choices of a select field; empty for others."
    )
    constraints: FormFieldConstraints | None = strawberry.field(description="Bounds on the value.")

    @classmethod
    def from_domain(cls, field: form_fields.FormField) -> "FormField":
        """Return the field in the schema's type."""
        bounds = field.constraints
        return cls(
            key=field.key,
            label=field.label,
            input_type=field.input_type,
            required=field.required,
            help_text=field.help_text,
            options=[FormFieldOption(value=o.value, label=o.label) for o in field.options],
            constraints=None if bounds is None else FormFieldConstraints(**dict(bounds)),
        )


@strawberry.type(description="The questions about the visit.")
class DetailsTypeConfig:
    fields: list[FormField] = strawberry.field(description="The fields, in order.")

    @classmethod
    def from_domain(cls, config: steps.DetailsTypeConfig) -> "DetailsTypeConfig":
        """Return the configuration in the schema's type."""
        return cls(fields=[FormField.from_domain(field) for field in config.fields])


@strawberry.type(description="A visit window offered on some weekdays.")
class TimeslotWindow:
    weekdays: list[Weekday] = strawberry.field(description="The days it is offered on.")
    start_time: str = strawberry.field(description="Local time it begins, `HH:MM`.")
    end_time: str = strawberry.field(description="Local time it ends, `HH:MM`.")
    capacity: int | None = strawberry.field(description="Bookings that fit; null = unlimited.")

    @classmethod
    def from_domain(cls, window: timeslot_windows.TimeslotWindow) -> "TimeslotWindow":
        """Return the window in the schema's type."""
        return cls(
            weekdays=list(window.weekdays),
            start_time=window.start_time,
            end_time=window.end_time,
            capacity=window.capacity,
        )


@strawberry.type(description="The calendar of a timeslot step.")
class TimeslotSelectionTypeConfig:
    timezone: str = strawberry.field(description="The IANA time zone of the windows.")
    lead_time_minutes: int = strawberry.field(
        description="How long before its start a visit can still be booked, in minutes."
    )
    horizon_days: int = strawberry.field(description="How many days ahead visits are offered.")
    hold_minutes: int = strawberry.field(
        description="How long a chosen slot is kept for its customer, in minutes; 0 = not at all."
    )
    windows: list[TimeslotWindow] = strawberry.field(description="When visits are offered.")
    blackout_dates: list[date] = strawberry.field(description="Days without any visit.")

    @classmethod
    def from_domain(
        cls, config: timeslot_windows.TimeslotSelectionTypeConfig
    ) -> "TimeslotSelectionTypeConfig":
        """Return the calendar in the schema's type."""
        return cls(
            timezone=config.timezone,
            lead_time_minutes=config.lead_time_minutes,
            horizon_days=config.horizon_days,
            hold_minutes=config.hold_minutes,
            windows=[TimeslotWindow.from_domain(window) for window in config.windows],
            blackout_dates=list(config.blackout_dates),
        )


@strawberry.type(description="Who the customer is.")
class CustomerTypeConfig:
    fields: list[FormField] = strawberry.field(description="The fields, in order.")
    allow_returning_customers: bool = strawberry.field(
        description="Whether known customers may be recognised."
    )

    @classmethod
    def from_domain(cls, config: steps.CustomerTypeConfig) -> "CustomerTypeConfig":
        """Return the configuration in the schema's type."""
        return cls(
            fields=[FormField.from_domain(field) for field in config.fields],
            allow_returning_customers=config.allow_returning_customers,
        )


@strawberry.type(description="The last look before booking.")
class SummaryTypeConfig:
    confirmation_content: ContentConfig | None = strawberry.field(
        description="What a customer reads once the booking is made."
    )
    consent_text: str | None = strawberry.field(description="What consent is asked for.")
    require_consent: bool = strawberry.field(description="Whether booking needs the consent.")

    @classmethod
    def from_domain(cls, config: steps.SummaryTypeConfig) -> "SummaryTypeConfig":
        """Return the configuration in the schema's type."""
        return cls(
            confirmation_content=to_optional_content(config.confirmation_content),
            consent_text=config.consent_text,
            require_consent=config.require_consent,
        )
