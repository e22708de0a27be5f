"""Reports on steps and their fields, as clients read them."""

from typing import Any, Self

import strawberry

from app.api.analytics.enums import StepType
from app.api.analytics.reports import AnalyticsReport, ReportRequest, previous_field
from app.api.ids import EntityType, encode_id
from app.domain.analytics import field_statistics, funnel, step_counts
from app.domain.analytics.flow_steps import StepOutline
from app.services.analytics.steps import load_field_statistics, load_funnel, load_step_counts

ENTERED = "Sessions that were on the step at least once."
DROPPED = "Abandoned sessions that ended on it."
ACTIVE = "Sessions going on that are on it now; they are not lost."
P90 = "The 90th percentile of these times, in milliseconds, linearly interpolated."


@strawberry.type
class _OfStep:
    step_id: strawberry.ID = strawberry.field(description="The step.")
    step_name: str = strawberry.field(
        description="Its title in the newest revision that has the step."
    )
    step_type: StepType = strawberry.field(description="What it asks of the customer.")


def _of_step(step: StepOutline) -> dict[str, Any]:
    return {
        "step_id": encode_id(EntityType.BOOKING_FLOW_STEP, step.id),
        "step_name": step.name,
        "step_type": step.step_type,
    }


@strawberry.type(description="Who gave up on a step.")
class StepAbandonmentRow(_OfStep):
    entered_count: int = strawberry.field(description=ENTERED)
    abandonment_count: int = strawberry.field(description=DROPPED)
    active_count: int = strawberry.field(description=ACTIVE)
    abandonment_rate: float | None = strawberry.field(
        description="`abandonmentCount` / `enteredCount`, 0 to 1; null when nobody entered."
    )

    @classmethod
    def from_domain(cls, count: step_counts.StepCount) -> Self:
        """Return the row in the schema's type."""
        return cls(
            **_of_step(count.step),
            entered_count=count.entered_count,
            abandonment_count=count.dropped_count,
            active_count=count.active_count,
            abandonment_rate=count.abandonment_rate,
        )


@strawberry.type(description="Where customers give up.")
class StepAbandonmentReport(AnalyticsReport):
    rows: list[StepAbandonmentRow] = strawberry.field(
        description="A row for each step of the sessions' flows, in flow order."
    )
    previous: "StepAbandonmentReport" = previous_field()

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report."""
        counts = await load_step_counts(request.scope, now=request.now)
        rows = [StepAbandonmentRow.from_domain(count) for count in counts]
        return cls(**request.heading, rows=rows)


@strawberry.type(description="What became of the sessions on a step, and how long they took.")
class FunnelRow(_OfStep):
    entered_count: int = strawberry.field(description=ENTERED)
    completed_count: int = strawberry.field(description="Sessions in which it stands completed.")
    dropped_count: int = strawberry.field(description=DROPPED)
    active_count: int = strawberry.field(description=ACTIVE)
    timed_count: int = strawberry.field(
        description="Sessions whose time on the step is known; not those whose events were removed."
    )
    median_time_ms: float | None = strawberry.field(
        description=(
            "Median of the times from first entering the step to completing or leaving it, in "
            "milliseconds; null when no time is known."
        )
    )
    p90_time_ms: float | None = strawberry.field(name="p90TimeMs", description=P90)

    @classmethod
    def from_domain(cls, row: funnel.FunnelStep) -> Self:
        """Return the row in the schema's type."""
        numbers = {name: value for name, value in row if name != "step"}
        return cls(**_of_step(row.step), **numbers)


@strawberry.type(description="The way through the flows, step by step.")
class FunnelReport(AnalyticsReport):
    rows: list[FunnelRow] = strawberry.field(
        description="A row for each step of the sessions' flows, in flow order."
    )
    previous: "FunnelReport" = previous_field()

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report."""
        steps = await load_funnel(request.scope, now=request.now)
        return cls(**request.heading, rows=[FunnelRow.from_domain(step) for step in steps])


@strawberry.type(description="How customers fare with a field of a step.")
class FieldStatisticsRow(_OfStep):
    field: str = strawberry.field(
        description="The field's key as the widget says it; empty when it was erased."
    )
    update_count: int = strawberry.field(description="How often the field was given a value.")
    updating_session_count: int = strawberry.field(
        description="Sessions in which it was; each has a time on the field."
    )
    error_count: int = strawberry.field(description="How often an error was shown.")
    failing_session_count: int = strawberry.field(description="Sessions in which one was.")
    error_rate: float | None = strawberry.field(
        description="`errorCount` / `updateCount`; null when the field was never given a value."
    )
    median_time_ms: float | None = strawberry.field(
        description=(
            "Median of the times of the sessions on the field, each the sum over its updates, "
            "counted from the event before; in milliseconds."
        )
    )
    p90_time_ms: float | None = strawberry.field(name="p90TimeMs", description=P90)

    @classmethod
    def from_domain(cls, row: field_statistics.FieldStatistics) -> Self:
        """Return the row in the schema's type."""
        numbers = {name: value for name, value in row if name != "step"}
        return cls(**_of_step(row.step), **numbers, error_rate=row.error_rate)


@strawberry.type(description="Which fields customers stumble over.")
class FieldStatisticsReport(AnalyticsReport):
    rows: list[FieldStatisticsRow] = strawberry.field(
        description="A row for each field anything happened on, by step in flow order, then name."
    )
    previous: "FieldStatisticsReport" = previous_field()

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report."""
        rows = await load_field_statistics(request.scope, now=request.now)
        return cls(**request.heading, rows=[FieldStatisticsRow.from_domain(row) for row in rows])
