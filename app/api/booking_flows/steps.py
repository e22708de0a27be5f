"""The six kinds of step as clients read them."""

from typing import Annotated, TypeAlias

import strawberry

from app.api.booking_flows.enums import StepType
from app.api.booking_flows.step_configs import (
    CustomerTypeConfig,
    DetailsTypeConfig,
    ServiceSelectionTypeConfig,
    SummaryTypeConfig,
    TimeslotSelectionTypeConfig,
    ZipcodeTypeConfig,
)
from app.api.content import ContentConfig
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.domain.booking_flow import steps as domain
from app.domain.values import EntityId


@strawberry.interface(description="A step of a booking flow.")
class BookingFlowStepBase(Node):
    step_type: StepType = strawberry.field(description="What the step asks.")
    step_config: ContentConfig = strawberry.field(description="What is shown above the step.")


@strawberry.type(description="Checks that the customer lives in a service area.")
class BookingFlowZipcodeStep(BookingFlowStepBase):
    type_config: ZipcodeTypeConfig = strawberry.field(description="The service areas.")


@strawberry.type(description="Leads through the decision graph to exactly one service.")
class BookingFlowServiceSelectionStep(BookingFlowStepBase):
    type_config: ServiceSelectionTypeConfig = strawberry.field(description="The graph.")


@strawberry.type(description="Asks about the visit.")
class BookingFlowDetailsStep(BookingFlowStepBase):
    type_config: DetailsTypeConfig = strawberry.field(description="The form.")


@strawberry.type(description="Offers the times of a visit.")
class BookingFlowTimeslotSelectionStep(BookingFlowStepBase):
    type_config: TimeslotSelectionTypeConfig = strawberry.field(description="The calendar.")


@strawberry.type(description="Asks who the customer is.")
class BookingFlowCustomerStep(BookingFlowStepBase):
    type_config: CustomerTypeConfig = strawberry.field(description="The form.")


@strawberry.type(description="Shows everything once more and asks for consent.")
class BookingFlowSummaryStep(BookingFlowStepBase):
    type_config: SummaryTypeConfig = strawberry.field(description="The texts and the consent.")


AnyStep: TypeAlias = (
    BookingFlowZipcodeStep
    | BookingFlowServiceSelectionStep
    | BookingFlowDetailsStep
    | BookingFlowTimeslotSelectionStep
    | BookingFlowCustomerStep
    | BookingFlowSummaryStep
)

BookingFlowStep: TypeAlias = Annotated[
    AnyStep, strawberry.union("BookingFlowStep", description="A step of a booking flow.")
]


def to_selection_step(
    step: domain.ServiceSelectionStep, *, organization_id: EntityId
) -> BookingFlowServiceSelectionStep:
    """Return the step in the schema's type."""
    return BookingFlowServiceSelectionStep(
        id=encode_id(EntityType.BOOKING_FLOW_STEP, step.id),
        step_type=step.step_type,
        step_config=ContentConfig.from_domain(step.step_config),
        type_config=ServiceSelectionTypeConfig.from_domain(
            step.type_config, organization_id=organization_id
        ),
    )


def to_step(step: domain.BookingFlowStep, *, organization_id: EntityId) -> AnyStep:
    """Return the step in the schema's type."""
    step_id = encode_id(EntityType.BOOKING_FLOW_STEP, step.id)
    content = ContentConfig.from_domain(step.step_config)
    match step:
        case domain.ZipcodeStep():
            return BookingFlowZipcodeStep(
                id=step_id,
                step_type=step.step_type,
                step_config=content,
                type_config=ZipcodeTypeConfig.from_domain(step.type_config),
            )
        case domain.ServiceSelectionStep():
            return to_selection_step(step, organization_id=organization_id)
        case domain.DetailsStep():
            return BookingFlowDetailsStep(
                id=step_id,
                step_type=step.step_type,
                step_config=content,
                type_config=DetailsTypeConfig.from_domain(step.type_config),
            )
        case domain.TimeslotSelectionStep():
            return BookingFlowTimeslotSelectionStep(
                id=step_id,
                step_type=step.step_type,
                step_config=content,
                type_config=TimeslotSelectionTypeConfig.from_domain(step.type_config),
            )
        case domain.CustomerStep():
            return BookingFlowCustomerStep(
                id=step_id,
                step_type=step.step_type,
                step_config=content,
                type_config=CustomerTypeConfig.from_domain(step.type_config),
            )
        case domain.SummaryStep():
            return BookingFlowSummaryStep(
                id=step_id,
                step_type=step.step_type,
                step_config=content,
                type_config=SummaryTypeConfig.from_domain(step.type_config),
            )
