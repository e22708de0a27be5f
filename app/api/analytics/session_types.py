"""Reports on how sessions ended and how far they came, as clients read them."""

from collections.abc import Callable
from datetime import datetime
from typing import Self

import strawberry

from app.api.analytics.enums import BookingSessionStatus, BreakdownDimension
from app.api.analytics.reports import PREVIOUS, AnalyticsReport, ReportRequest, previous_field
from app.api.ids import EntityType, encode_id
from app.domain.analytics import breakdown, overview, progression
from app.domain.analytics.scope import ReportScope
from app.services.analytics.sessions import load_breakdown, load_overview, load_progression

STARTED = "Sessions that started."
COMPLETED = "Of these, those that led to a booking."
ABANDONED = "Of these, those that ended without a booking."
ACTIVE = "Of these, those going on: nobody knows yet how they end."
ENDED = "Of those started, those that have ended, booked or not."
ENDED_RATE = (
    "`completedCount` / `endedCount`, 0 to 1, which leaves out those going on; null when none has "
    "ended."
)


@strawberry.type(description="The numbers of a range of time at a glance.")
class Overview:
    from_: datetime = strawberry.field(name="from", description="The beginning of the range.")
    to: datetime = strawberry.field(description="The end of the range, no longer part of it.")
    started_count: int = strawberry.field(description=STARTED)
    completed_count: int = strawberry.field(description=COMPLETED)
    abandoned_count: int = strawberry.field(description=ABANDONED)
    active_count: int = strawberry.field(description=ACTIVE)
    conversion_rate: float | None = strawberry.field(
        description="`completedCount` / `startedCount`, 0 to 1; null without sessions."
    )
    recovered_count: int = strawberry.field(
        description="Of the sessions started, those resumed from an abandoned one."
    )
    recovered_completed_count: int = strawberry.field(
        description="Of the recovered ones, those that led to a booking."
    )
    recovered_conversion_rate: float | None = strawberry.field(
        description="`recoveredCompletedCount` / `recoveredCount`, 0 to 1; null without any."
    )
    bot_count: int = strawberry.field(
        description=(
            "Sessions of bots: part of the above when the filter includes bots, or else left out."
        )
    )
    ended_count: int = strawberry.field(description=ENDED)
    ended_conversion_rate: float | None = strawberry.field(description=ENDED_RATE)

    @classmethod
    def from_domain(cls, numbers: overview.Overview, *, scope: ReportScope) -> Self:
        """Return the numbers of the scope's range in the schema's type."""
        return cls(
            **dict(numbers),
            from_=scope.created_from,
            to=scope.created_to,
            conversion_rate=numbers.conversion_rate,
            recovered_conversion_rate=numbers.recovered_conversion_rate,
            ended_count=numbers.ended_count,
            ended_conversion_rate=numbers.ended_conversion_rate,
        )


@strawberry.type(description="The numbers of a range beside those of another one.")
class OverviewReport(AnalyticsReport):
    current: Overview = strawberry.field(description="The range asked for.")

    @strawberry.field(description=PREVIOUS)
    async def previous(self) -> Overview:
        return (await self.load(self.request.previous())).current

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report."""
        numbers = await load_overview(request.scope, now=request.now)
        return cls(**request.heading, current=Overview.from_domain(numbers, scope=request.scope))


@strawberry.type(description="How many sessions have come equally far.")
class ProgressionRow:
    status: BookingSessionStatus = strawberry.field(description="How the sessions stand.")
    steps_completed: int = strawberry.field(description="How many steps stand completed.")
    total_steps: int = strawberry.field(description="How many steps their flow has.")
    count: int = strawberry.field(description="How many sessions they are.")
    completion_percentage: float | None = strawberry.field(
        description="`stepsCompleted` / `totalSteps` * 100; null when there are no steps."
    )

    @classmethod
    def from_domain(cls, row: progression.ProgressionRow) -> Self:
        """Return the row in the schema's type."""
        return cls(**dict(row), completion_percentage=row.completion_percentage)


@strawberry.type(description="How far customers come.")
class ProgressionReport(AnalyticsReport):
    rows: list[ProgressionRow] = strawberry.field(
        description="By status, then steps of the flow, then steps completed."
    )
    previous: "ProgressionReport" = previous_field()

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report."""
        rows = await load_progression(request.scope, now=request.now)
        return cls(**request.heading, rows=[ProgressionRow.from_domain(row) for row in rows])


@strawberry.type(description="How the sessions of one key ended.")
class BreakdownRow:
    key: str | None = strawberry.field(
        description="What the sessions have in common; null for those without it."
    )
    started_count: int = strawberry.field(description=STARTED)
    completed_count: int = strawberry.field(description=COMPLETED)
    abandoned_count: int = strawberry.field(description=ABANDONED)
    active_count: int = strawberry.field(description=ACTIVE)
    conversion_rate: float | None = strawberry.field(
        description="`completedCount` / `startedCount`, 0 to 1."
    )
    ended_count: int = strawberry.field(description=ENDED)
    ended_conversion_rate: float | None = strawberry.field(description=ENDED_RATE)

    @classmethod
    def from_domain(cls, row: breakdown.BreakdownRow, *, key: str | None) -> Self:
        """Return the row in the schema's type, under the key that clients know."""
        return cls(
            **{**dict(row), "key": key},
            conversion_rate=row.conversion_rate,
            ended_count=row.ended_count,
            ended_conversion_rate=row.ended_conversion_rate,
        )


@strawberry.type(description="How sessions ended, by what they have in common.")
class BreakdownReport(AnalyticsReport):
    rows: list[BreakdownRow] = strawberry.field(
        description=(
            "Days in order of time, other keys with the most sessions first, the null key last."
        )
    )
    previous: "BreakdownReport" = previous_field()

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report with services under their global ids, devices under their enum."""
        dimension, zone = request.group_by, request.zone
        rows = await load_breakdown(request.scope, dimension, zone=zone, now=request.now)
        to_key = CLIENT_KEYS.get(dimension, str)
        return cls(
            **request.heading,
            rows=[
                BreakdownRow.from_domain(row, key=None if row.key is None else to_key(row.key))
                for row in rows
            ],
        )


def _service_key(service_id: str) -> str:
    return encode_id(EntityType.BOOKING_SERVICE, service_id)


CLIENT_KEYS: dict[BreakdownDimension, Callable[[str], str]] = {
    BreakdownDimension.SERVICE: _service_key,
    BreakdownDimension.DEVICE: str.upper,
}
