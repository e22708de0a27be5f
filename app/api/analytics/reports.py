"""What all reports on many sessions have in common: whom they are about, as of when, and before."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

import strawberry

from app.api.analytics.enums import BreakdownDimension
from app.api.analytics.inputs import (
    CreationRange,
    DateTimeRangeInput,
    OptionalFilter,
    OptionalFlowId,
    OtherRange,
    read_other_range,
    read_scope,
)
from app.api.context import Info
from app.domain.analytics.scope import ReportScope
from app.domain.values import EntityId

UTC_DAYS = ZoneInfo("UTC")
PREVIOUS = (
    "The same of the sessions created in `comparedWith`, under the same filter. What lies before "
    "that in turn is of the same length."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRequest:
    """Which sessions a report is about, at what time it is made, and what it is compared with.

    `group_by` and `zone` are those of a breakdown.
    """

    scope: ReportScope
    now: datetime
    compared_with: ReportScope
    group_by: BreakdownDimension = BreakdownDimension.DAY
    zone: ZoneInfo = UTC_DAYS

    def previous(self) -> Self:
        """Return the request for the same report on the other range."""
        other = self.compared_with
        return replace(self, scope=other, compared_with=other.just_before())

    def of_flow(self, booking_flow_id: EntityId) -> Self:
        """Return the request for one flow."""
        return self._narrowed({"booking_flow_id": booking_flow_id})

    def of_revision(self, revision: int) -> Self:
        """Return the request for one revision of the flow."""
        return self._narrowed({"revision": revision})

    def _narrowed(self, changes: dict[str, Any]) -> Self:
        scopes = (self.scope, self.compared_with)
        scope, other = (each.model_copy(update=changes) for each in scopes)
        return replace(self, scope=scope, compared_with=other)

    @property
    def heading(self) -> dict[str, Any]:
        """The values of the fields that every report has."""
        return {
            "request": self,
            "from_": self.scope.created_from,
            "to": self.scope.created_to,
            "as_of": self.now,
        }


@strawberry.interface(description="Numbers on the sessions created in a range of time.")
class AnalyticsReport:
    request: strawberry.Private[ReportRequest]
    from_: datetime = strawberry.field(name="from", description="The beginning of the range.")
    to: datetime = strawberry.field(description="The end of the range, no longer part of it.")
    as_of: datetime = strawberry.field(
        description="When the report was made: the sessions are counted as they stood then."
    )

    @classmethod
    async def load(cls, request: ReportRequest) -> Self | None:
        """Return the report; None when there is nothing that it could be about."""
        raise NotImplementedError


def previous_field() -> Any:
    """Return the field that has the same report on the other range; the class tells its type."""
    return strawberry.field(
        resolver=lambda root: type(root).load(root.request.previous()), description=PREVIOUS
    )


def report_field(report: type[AnalyticsReport], *, description: str) -> Any:
    """Return the field of a report that takes the arguments of all reports and no others."""

    async def load(
        info: Info,
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
        compared_with: OtherRange = None,
    ) -> Any:
        return await report.load(read_request(info, range, booking_flow_id, filter, compared_with))

    # Strawberry takes the field's type from here, and only the caller knows it.
    load.__annotations__["return"] = report
    return strawberry.field(resolver=load, description=description)


def read_request(
    info: Info,
    range_: DateTimeRangeInput,
    booking_flow_id: strawberry.ID | None,
    filter_: OptionalFilter,
    compared_with: OtherRange,
) -> ReportRequest:
    """Return what is asked for; raises RequestError (BAD_USER_INPUT) naming a bad argument."""
    scope = read_scope(info, range_, booking_flow_id, filter_)
    other = read_other_range(compared_with, scope)
    return ReportRequest(scope=scope, now=info.context.now, compared_with=other)
