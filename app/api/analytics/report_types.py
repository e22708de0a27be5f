"""Reports on many sessions as clients read them."""

from collections.abc import Callable, Iterable
from datetime import datetime

import strawberry

from app.api.analytics.enums import BookingSessionStatus, BreakdownDimension, StepType
from app.api.ids import EntityType, encode_id
from app.domain.analytics import breakdown, funnel, progression, step_counts

NEWEST_NAME = "Its title in the newest revision that has the step."


@strawberry.type(description="Who gave up on a step.")
class StepAbandonmentRow:
    step_id: strawberry.ID = strawberry.field(description="The step.")
    step_name: str = strawberry.field(description=NEWEST_NAME)
    step_type: StepType = strawberry.field(description="What it asks of the customer.")
    entered_count: int = strawberry.field(
        description="Sessions that were on the step at least once."
    )
    abandonment_count: int = strawberry.field(description="Abandoned sessions that ended on it.")
    active_count: int = strawberry.field(
        description="Sessions going on that are on it now; they are not lost."
    )
    abandonment_rate: float | None = strawberry.field(
        description="`abandonmentCount` / `enteredCount`, 0 to 1; null when nobody entered."
    )

    @classmethod
    def from_domain(cls, count: step_counts.StepCount) -> "StepAbandonmentRow":
        """Return the row in the schema's type."""
        return cls(
            step_id=encode_id(EntityType.BOOKING_FLOW_STEP, count.step.id),
            step_name=count.step.name,
            step_type=count.step.step_type,
            entered_count=count.entered_count,
            abandonment_count=count.dropped_count,
            active_count=count.active_count,
            abandonment_rate=count.abandonment_rate,
        )


@strawberry.type(description="What became of the sessions on a step, and how long they took.")
class FunnelRow:
    step_id: strawberry.ID = strawberry.field(description="The step.")
    step_name: str = strawberry.field(description=NEWEST_NAME)
    step_type: StepType = strawberry.field(description="What it asks of the customer.")
    entered_count: int = strawberry.field(
        description="Sessions that were on the step at least once."
    )
    completed_count: int = strawberry.field(description="Sessions in which it stands completed.")
    dropped_count: int = strawberry.field(description="Abandoned sessions that ended on it.")
    active_count: int = strawberry.field(
        description="Sessions going on that are on it now; they are not lost."
    )
    timed_count: int = strawberry.field(
        description="Sessions whose time on the step is known; not those whose events were removed."
    )
    median_time_ms: float | None = strawberry.field(
        description=(
            "Median of the times from first entering the step to completing or leaving it, in "
            "milliseconds; null when no time is known."
        )
    )
    p90_time_ms: float | None = strawberry.field(
        name="p90TimeMs",
        description="The 90th percentile of these times, in milliseconds, linearly interpolated.",
    )

    @classmethod
    def from_domain(cls, step: funnel.FunnelStep) -> "FunnelRow":
        """Return the row in the schema's type."""
        return cls(
            step_id=encode_id(EntityType.BOOKING_FLOW_STEP, step.step.id),
            step_name=step.step.name,
            step_type=step.step.step_type,
            entered_count=step.entered_count,
            completed_count=step.completed_count,
            dropped_count=step.dropped_count,
            active_count=step.active_count,
            timed_count=step.timed_count,
            median_time_ms=step.median_time_ms,
            p90_time_ms=step.p90_time_ms,
        )


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
    def from_domain(cls, row: progression.ProgressionRow) -> "ProgressionRow":
        """Return the row in the schema's type."""
        return cls(**dict(row), completion_percentage=row.completion_percentage)


@strawberry.type(description="How the sessions of one key ended.")
class BreakdownRow:
    key: str | None = strawberry.field(
        description="What the sessions have in common; null for those without it."
    )
    started_count: int = strawberry.field(description="Sessions that started.")
    completed_count: int = strawberry.field(description="Of these, those that led to a booking.")
    abandoned_count: int = strawberry.field(
        description="Of these, those that ended without a booking."
    )
    active_count: int = strawberry.field(description="Of these, those going on.")
    conversion_rate: float | None = strawberry.field(
        description="`completedCount` / `startedCount`, 0 to 1."
    )

    @classmethod
    def from_domain(cls, row: breakdown.BreakdownRow, *, key: str | None) -> "BreakdownRow":
        """Return the row in the schema's type, under the key that clients know."""
        return cls(**{**dict(row), "key": key}, conversion_rate=row.conversion_rate)


AS_OF = "When the report was made: the sessions are counted as they stood then."


@strawberry.type(description="Where customers give up.")
class StepAbandonmentReport:
    rows: list[StepAbandonmentRow] = strawberry.field(
        description="A row for each step of the sessions' flows, in flow order."
    )
    as_of: datetime = strawberry.field(description=AS_OF)


@strawberry.type(description="How far customers come.")
class ProgressionReport:
    rows: list[ProgressionRow] = strawberry.field(
        description="By status, then steps of the flow, then steps completed."
    )
    as_of: datetime = strawberry.field(description=AS_OF)


@strawberry.type(description="The way through the flows, step by step.")
class FunnelReport:
    rows: list[FunnelRow] = strawberry.field(
        description="A row for each step of the sessions' flows, in flow order."
    )
    as_of: datetime = strawberry.field(description=AS_OF)


@strawberry.type(description="How sessions ended, by what they have in common.")
class BreakdownReport:
    rows: list[BreakdownRow] = strawberry.field(
        description=(
            "Days in order of time, other keys with the most sessions first, the null key last."
        )
    )
    as_of: datetime = strawberry.field(description=AS_OF)

    @classmethod
    def from_domain(
        cls,
        rows: Iterable[breakdown.BreakdownRow],
        *,
        dimension: BreakdownDimension,
        as_of: datetime,
    ) -> "BreakdownReport":
        """Return the report with services under their global ids, devices under their enum."""
        to_key = CLIENT_KEYS.get(dimension, str)
        return cls(
            rows=[
                BreakdownRow.from_domain(row, key=None if row.key is None else to_key(row.key))
                for row in rows
            ],
            as_of=as_of,
        )


def _service_key(service_id: str) -> str:
    return encode_id(EntityType.BOOKING_SERVICE, service_id)


CLIENT_KEYS: dict[BreakdownDimension, Callable[[str], str]] = {
    BreakdownDimension.SERVICE: _service_key,
    BreakdownDimension.DEVICE: str.upper,
}
