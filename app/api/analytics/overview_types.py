"""Reports on ranges as a whole and on fields, as clients read them."""

from datetime import datetime

import strawberry

from app.api.analytics.enums import StepType
from app.api.analytics.report_types import AS_OF, NEWEST_NAME
from app.api.ids import EntityType, encode_id
from app.domain.analytics import field_statistics, overview
from app.domain.analytics.scope import ReportScope


@strawberry.type(description="The numbers of a range of time at a glance.")
class Overview:
    from_: datetime = strawberry.field(name="from", description="The beginning of the range.")
    to: datetime = strawberry.field(description="The end of the range, no longer part of it.")
    started_count: int = strawberry.field(description="Sessions that started.")
    completed_count: int = strawberry.field(description="Of these, those that led to a booking.")
    abandoned_count: int = strawberry.field(
        description="Of these, those that ended without a booking."
    )
    active_count: int = strawberry.field(description="Of these, those going on.")
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

    @classmethod
    def from_domain(cls, numbers: overview.Overview, *, scope: ReportScope) -> "Overview":
        """Return the numbers of the scope's range in the schema's type."""
        return cls(
            **dict(numbers),
            from_=scope.created_from,
            to=scope.created_to,
            conversion_rate=numbers.conversion_rate,
            recovered_conversion_rate=numbers.recovered_conversion_rate,
        )


@strawberry.type(description="The numbers of a range beside those of another one.")
class OverviewReport:
    current: Overview = strawberry.field(description="The range asked for.")
    previous: Overview = strawberry.field(description="The range it is compared with.")
    as_of: datetime = strawberry.field(description=AS_OF)


@strawberry.type(description="How customers fare with a field of a step.")
class FieldStatisticsRow:
    step_id: strawberry.ID = strawberry.field(description="The step that has the field.")
    step_name: str = strawberry.field(description=NEWEST_NAME)
    step_type: StepType = strawberry.field(description="What the step asks of the customer.")
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
    p90_time_ms: float | None = strawberry.field(
        name="p90TimeMs",
        description="The 90th percentile of these times, in milliseconds, linearly interpolated.",
    )

    @classmethod
    def from_domain(cls, row: field_statistics.FieldStatistics) -> "FieldStatisticsRow":
        """Return the row in the schema's type."""
        return cls(
            step_id=encode_id(EntityType.BOOKING_FLOW_STEP, row.step.id),
            step_name=row.step.name,
            step_type=row.step.step_type,
            error_rate=row.error_rate,
            **{name: value for name, value in row if name != "step"},
        )


@strawberry.type(description="Which fields customers stumble over.")
class FieldStatisticsReport:
    rows: list[FieldStatisticsRow] = strawberry.field(
        description="A row for each field anything happened on, by step in flow order, then name."
    )
    as_of: datetime = strawberry.field(description=AS_OF)
