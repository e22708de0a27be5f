"""Places are found by indexes, and each is taken once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.documents.driver import Database
from app.documents.ranges import between
from app.documents.timeslot_reservation import Terms, TimeslotReservation, WantedPlace

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)


def a_place_for(session_id: str, start_time: datetime = NOW) -> WantedPlace:
    return WantedPlace(
        organization_id="a" * 24,
        step_id="b" * 24,
        booking_session_id=session_id,
        start_time=start_time,
        end_time=start_time + timedelta(hours=4),
        capacity=3,
    )


@pytest.mark.parametrize(
    "query",
    [
        {"organization_id": "a", "booking_flow_step_id": "b", "start_time": NOW},
        {
            "organization_id": "a",
            "booking_flow_step_id": "b",
            **between("start_time", NOW, NOW + timedelta(days=92)),
        },
        {"organization_id": "a", "booking_session_id": "c"},
        {"organization_id": "a", "booking_session_id": "c", "start_time": NOW},
    ],
)
async def test_places_are_found_by_an_index(database: Database, query: dict[str, Any]) -> None:
    plan = await TimeslotReservation.get_motor_collection().find(query).explain()

    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])


async def test_a_place_is_taken_once_and_a_session_has_one_of_a_window() -> None:
    first, second = a_place_for("c" * 24), a_place_for("d" * 24)

    taken = [
        await TimeslotReservation.insert_place(wanted, place, Terms(), now=NOW)
        for wanted, place in ((first, 0), (second, 0), (first, 1), (second, 1))
    ]

    assert taken == [True, False, False, True]


async def test_places_of_all_windows_of_a_range_are_found_with_the_first_and_without_the_end() -> (
    None
):
    step_id = "b" * 24
    starts = [NOW + timedelta(days=40 + n) for n in range(3)]
    for n, start in enumerate(starts):
        wanted = a_place_for(f"{n:024x}", start)
        await TimeslotReservation.insert_place(wanted, 0, Terms(), now=NOW)

    found = await TimeslotReservation.find_starting_between(
        "a" * 24, step_id=step_id, starts_from=starts[0], starts_before=starts[2]
    )

    assert sorted(place.start_time for place in found) == starts[:2]
