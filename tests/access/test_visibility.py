"""What outsiders can reach from the fields that are open to them, however deep."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)
from strawberry.types.base import StrawberryObjectDefinition

from app.api.permissions import AccessExtension
from app.api.schema import schema
from app.documents.driver import Database
from tests.access.operations import SCHEMA
from tests.api.client import an_anonymous_client
from tests.api.site import PAGE, a_site

OF_A_FLOW = """
  AnswerContent AnswerDisplay AnswerReferenceNode BookingAnswerCategory BookingFlow
  BookingFlowCustomerStep BookingFlowDetailsStep BookingFlowServiceSelectionStep
  BookingFlowSummaryStep BookingFlowTimeslotSelectionStep BookingFlowZipcodeStep BookingQuestion
  BookingService ContentConfig CustomerTypeConfig DetailsTypeConfig FormField FormFieldConstraints
  FormFieldOption PlainTextAnswer QuestionContent QuestionReferenceNode ServiceArea
  ServiceReferenceAnswer ServiceReferenceNode ServiceSelectionEdge ServiceSelectionTypeConfig
  SummaryTypeConfig TimeslotSelectionTypeConfig TimeslotWindow ZipcodeTypeConfig
"""
OF_A_WIDGET = "Scheduler FallbackPhoneNumberScreen BrandKit BrandColors Image"
OF_A_SESSION = """
  AbandonedBookingOutcome AbandonedBookingSession ActiveBookingOutcome ActiveBookingSession
  BookingSessionChange BookingSessionEvent BookingSessionEventConnection BookingSessionEventEdge
  ClickIds CompletedBookingOutcome CompletedBookingSession CurrentState Device
  FieldUpdateEventData NavigationState PageInfo QuestionAnswerEventData ServiceSelectionEventData
  SessionAbandonmentEventData SessionCompletionEventData SessionContext SessionMetrics SessionRoute
  SessionStartEventData StepCompletionEventData StepNavigationEventData StepProgression
  TempSelections Timeslot TimeslotSelectionEventData Utm ValidationErrorEventData
"""


def is_guarded(type_name: str, field_name: str) -> bool:
    concrete = schema.schema_converter.type_map[type_name].definition
    assert isinstance(concrete, StrawberryObjectDefinition)
    name_of = schema.config.name_converter.get_graphql_name
    field = next(each for each in concrete.fields if name_of(each) == field_name)
    return any(isinstance(each, AccessExtension) for each in field.extensions)


def next_types(each: GraphQLNamedType) -> Iterator[Any]:
    match each:
        case GraphQLObjectType():
            for name, field in each.fields.items():
                if not is_guarded(each.name, name):
                    yield get_named_type(field.type)
        case GraphQLInterfaceType() | GraphQLUnionType():
            yield from SCHEMA.get_possible_types(each)


def reachable(root: str) -> set[str]:
    """Return the object types that fields without an access of their own lead to."""
    waiting: list[Any] = [SCHEMA.type_map[root]]
    seen = set()
    while waiting:
        each = waiting.pop()
        if each.name not in seen:
            seen.add(each.name)
            waiting += next_types(each)
    return {name for name in seen if isinstance(SCHEMA.type_map[name], GraphQLObjectType)}


@pytest.mark.parametrize(
    ("root", "types"),
    [("Scheduler", OF_A_WIDGET + OF_A_FLOW), ("BookingSession", OF_A_SESSION + OF_A_FLOW)],
)
def test_customers_reach_what_a_booking_needs_and_nothing_else(root: str, types: str) -> None:
    assert reachable(root) == set(types.split())


async def test_the_link_of_a_service_to_the_vendor_is_for_the_company_only(
    database: Database,
) -> None:
    site = await a_site()
    answer = await an_anonymous_client().execute(
        """query ($key: String!, $context: RoutingContextInput!) {
          scheduler(publishableKey: $key) { bookingFlow(context: $context) { steps {
            ... on BookingFlowServiceSelectionStep { typeConfig { nodes {
              ... on ServiceReferenceNode { service { id vendorData { jobTypeId } } }
            } } }
          } } }
        }""",
        {"key": site.config.publishable_key, "context": {"url": PAGE}},
    )

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UNAUTHENTICATED"}
    assert "jobTypeId" not in str(answer["data"])
