"""Which sessions a report is about, as clients say it."""

from datetime import datetime
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import strawberry

from app.api.context import Info
from app.api.errors import bad_user_input
from app.api.ids import EntityType, decode_id
from app.domain.analytics.scope import ReportScope, find_range_problem


@strawberry.input(description="A range of time, from its beginning until just before its end.")
class DateTimeRangeInput:
    from_: datetime = strawberry.field(name="from", description="The beginning, part of the range.")
    to: datetime = strawberry.field(description="The end, no longer part of the range.")


CreationRange: TypeAlias = Annotated[
    DateTimeRangeInput,
    strawberry.argument(description="When the sessions were created, between 1900 and 2200."),
]
OptionalFlowId: TypeAlias = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="The flow the sessions are on, whatever its revision; all flows by default."
    ),
]


def read_scope(
    info: Info, range_: DateTimeRangeInput, booking_flow_id: strawberry.ID | None
) -> ReportScope:
    """Return the sessions a report is about; a flow that is not there has none.

    Raises RequestError (BAD_USER_INPUT) for a range no report can be made of.
    """
    problem = find_range_problem(range_.from_, range_.to)
    if problem is not None:
        raise bad_user_input(problem, argument="range")
    flow_id = None
    if booking_flow_id is not None:
        flow_id = decode_id(EntityType.BOOKING_FLOW, booking_flow_id) or ""
    return ReportScope(
        organization_id=info.context.organization_id,
        created_from=range_.from_,
        created_to=range_.to,
        booking_flow_id=flow_id,
    )


def read_time_zone(name: str) -> ZoneInfo:
    """Return the zone; raises RequestError (BAD_USER_INPUT) for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = "This is not a known IANA time zone, as America/New_York."
        raise bad_user_input(message, argument="timeZone") from error
