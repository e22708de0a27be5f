"""Rates of rows with and without sessions."""

from app.domain.analytics.flow_steps import StepOutline
from app.domain.analytics.progression import ProgressionRow, sort_progression
from app.domain.analytics.step_counts import StepCount
from app.domain.booking_flow.steps import StepType
from app.domain.booking_session.state import BookingSessionStatus as Status


def a_count(*, entered: int, dropped: int) -> StepCount:
    return StepCount(
        step=StepOutline("a", "Zip", StepType.ZIPCODE),
        entered_count=entered,
        completed_count=0,
        dropped_count=dropped,
        active_count=0,
    )


def a_row(status: Status, completed: int, total: int) -> ProgressionRow:
    return ProgressionRow(status=status, steps_completed=completed, total_steps=total, count=1)


def test_abandonment_rate_is_dropped_of_entered_and_none_of_nothing() -> None:
    assert a_count(entered=8, dropped=2).abandonment_rate == 0.25
    assert a_count(entered=0, dropped=0).abandonment_rate is None


def test_completion_percentage_is_completed_of_total_and_none_of_nothing() -> None:
    assert a_row(Status.ACTIVE, 3, 4).completion_percentage == 75.0
    assert a_row(Status.ACTIVE, 0, 0).completion_percentage is None


def test_progression_is_sorted_by_status_then_total_then_completed() -> None:
    ordered = (
        a_row(Status.ACTIVE, 2, 5),
        a_row(Status.ACTIVE, 0, 6),
        a_row(Status.ACTIVE, 1, 6),
        a_row(Status.COMPLETED, 6, 6),
        a_row(Status.ABANDONED, 0, 6),
    )

    assert sort_progression(reversed(ordered)) == ordered
