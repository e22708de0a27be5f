from datetime import UTC, datetime

import pytest

from app.servicetitan.job_type_reading import collect_job_types
from app.servicetitan.payloads.job_types import ActiveFilter
from app.transport.vendor_stand_in.job_types import DEMO_JOB_TYPES
from tests.servicetitan.builders import a_client
from tests.servicetitan.running_stand_in import RunningStandIn

ALL_IDS = [row["id"] for row in DEMO_JOB_TYPES]
AFTER_THE_DEMO_ROWS = datetime(2025, 6, 1, tzinfo=UTC)


async def test_pages_follow_each_other_to_the_end(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in) as client:
        pages = [page async for page in client.iterate_job_types(page_size=7)]
    assert [len(page.data) for page in pages] == [7, 7, 1]
    assert [page.total_count for page in pages] == [15, 15, 15]
    assert [row.id for page in pages for row in page.data] == ALL_IDS


async def test_list_that_fills_its_last_page_needs_no_further_call(
    stand_in: RunningStandIn,
) -> None:
    async with a_client(stand_in) as client:
        pages = [page async for page in client.iterate_job_types(page_size=5)]
    assert [len(page.data) for page in pages] == [5, 5, 5]
    assert stand_in.calls("list_job_types") == 3


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        (ActiveFilter.ANY, ALL_IDS),
        (ActiveFilter.ACTIVE, ALL_IDS[1:]),
        (ActiveFilter.INACTIVE, ALL_IDS[:1]),
    ],
)
async def test_inactive_job_types_come_when_asked_for(
    stand_in: RunningStandIn, active: ActiveFilter, expected: list[int]
) -> None:
    stand_in.change_job_type(ALL_IDS[0], active=False)
    async with a_client(stand_in) as client:
        pages = [page async for page in client.iterate_job_types(active=active)]
    assert [row.id for page in pages for row in page.data] == expected


async def test_changes_since_a_moment_include_what_was_deactivated(
    stand_in: RunningStandIn,
) -> None:
    stand_in.change_job_type(5502, name="HVAC - Tune-up")
    stand_in.change_job_type(6101, active=False)
    async with a_client(stand_in) as client:
        read = await collect_job_types(client, modified_on_or_after=AFTER_THE_DEMO_ROWS)
    assert {row.id: (row.name, row.active) for row in read.by_id.values()} == {
        5502: ("HVAC - Tune-up", True),
        6101: ("PLM - Drain Clearing", False),
    }
    assert read.is_complete


RENAMED_MEANWHILE = {
    "job_type_order": "modified_on",
    "between_pages": [{"id": 5501, "name": "HVAC - Cooling Repair"}],
}


async def test_row_that_moves_to_the_end_pulls_another_past_the_border(
    stand_in: RunningStandIn,
) -> None:
    stand_in.turn(**RENAMED_MEANWHILE)
    async with a_client(stand_in) as client:
        pages = [page async for page in client.iterate_job_types(page_size=7)]
    seen = [row.id for page in pages for row in page.data]
    assert (seen.count(5501), seen.count(ALL_IDS[7])) == (2, 0)


async def test_row_that_moves_between_pages_is_neither_missed_nor_doubled(
    stand_in: RunningStandIn,
) -> None:
    stand_in.turn(**RENAMED_MEANWHILE)
    async with a_client(stand_in) as client:
        read = await collect_job_types(client, page_size=7)
    assert sorted(read.by_id) == ALL_IDS
    assert read.by_id[5501].name == "HVAC - Cooling Repair"
    assert read.is_complete
    assert stand_in.calls("list_job_types") == 6


async def test_row_removed_between_pages_is_gone_and_hides_no_other(
    stand_in: RunningStandIn,
) -> None:
    stand_in.turn(between_pages=[{"id": 5501, "is_removed": True}])
    async with a_client(stand_in) as client:
        read = await collect_job_types(client, page_size=7)
    assert sorted(read.by_id) == ALL_IDS[1:]
    assert read.is_complete


async def test_rows_that_never_rest_are_reported_as_incomplete(stand_in: RunningStandIn) -> None:
    stand_in.turn(
        job_type_order="modified_on",
        between_pages=[{"id": job_type_id, "active": True} for job_type_id in ALL_IDS],
    )
    async with a_client(stand_in) as client:
        read = await collect_job_types(client, page_size=7)
    assert not read.is_complete
    assert stand_in.calls("list_job_types") == 9
