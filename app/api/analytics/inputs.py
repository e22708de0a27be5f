"""Which sessions a report is about, as clients say it."""

from datetime import datetime
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import strawberry

from app.api.analytics.enums import DeviceType
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


@strawberry.input(
    description=(
        "Which sessions count; all that is given must be so. What is omitted or null asks for "
        "nothing. Texts are compared as they were in the page's URL, letter by letter."
    )
)
class AnalyticsFilterInput:
    revision: int | None = strawberry.field(
        default=None, description="The revision they are on; needs `bookingFlowId`."
    )
    routing_rule_id: str | None = strawberry.field(
        default=None, description="The routing rule that chose their flow."
    )
    utm_source: str | None = strawberry.field(
        default=None, description="The source of their campaign."
    )
    utm_medium: str | None = strawberry.field(
        default=None, description="The medium of their campaign."
    )
    utm_campaign: str | None = strawberry.field(default=None, description="Their campaign.")
    device_type: DeviceType | None = strawberry.field(
        default=None, description="The kind of device; `BOT` counts bots and nothing else."
    )
    include_bots: bool = strawberry.field(
        default=False, description="Whether sessions on devices of kind `BOT` count beside others."
    )


OptionalFilter: TypeAlias = Annotated[
    AnalyticsFilterInput | None,
    strawberry.argument(description="Which of these sessions count; all but bots' by default."),
]


OtherRange: TypeAlias = Annotated[
    DateTimeRangeInput | None,
    strawberry.argument(
        description=(
            "The range that `previous` is about; one of the same length just before by default."
        )
    ),
]
TimeZone: TypeAlias = Annotated[
    str,
    strawberry.argument(
        description="The IANA time zone whose days are meant, as America/New_York."
    ),
]


def read_scope(
    info: Info,
    range_: DateTimeRangeInput,
    booking_flow_id: strawberry.ID | None,
    filter_: AnalyticsFilterInput | None = None,
) -> ReportScope:
    """Return the sessions a report is about; a flow or revision that is not there has none.

    Raises RequestError (BAD_USER_INPUT) for a range or a revision no report can be made of.
    """
    wanted = filter_ or AnalyticsFilterInput()
    _require_revision(wanted.revision, booking_flow_id)
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
        revision=wanted.revision,
        routing_rule_id=wanted.routing_rule_id,
        utm_source=wanted.utm_source,
        utm_medium=wanted.utm_medium,
        utm_campaign=wanted.utm_campaign,
        device_type=wanted.device_type,
        includes_bots=wanted.include_bots,
    )


def _require_revision(revision: int | None, booking_flow_id: strawberry.ID | None) -> None:
    if revision is None:
        return
    if booking_flow_id is None:
        raise bad_user_input("`revision` needs a `bookingFlowId`.", argument="filter")
    if revision < 1:
        raise bad_user_input("Revisions are counted from 1.", argument="filter")


def read_other_range(range_: DateTimeRangeInput | None, scope: ReportScope) -> ReportScope:
    """Return the scope to compare with: of the range given, or of the same length just before.

    Raises RequestError (BAD_USER_INPUT) for a range no report can be made of.
    """
    if range_ is None:
        return scope.just_before()
    problem = find_range_problem(range_.from_, range_.to)
    if problem is not None:
        raise bad_user_input(problem, argument="comparedWith")
    return scope.within(range_.from_, range_.to)


def read_time_zone(name: str) -> ZoneInfo:
    """Return the zone; raises RequestError (BAD_USER_INPUT) for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = "This is not a known IANA time zone, as America/New_York."
        raise bad_user_input(message, argument="timeZone") from error
