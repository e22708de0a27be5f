"""Half-open ranges on the real database."""

from datetime import UTC, datetime, timedelta

import pytest

from app.documents.driver import ASCENDING, DESCENDING, Database
from app.documents.ranges import between

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MOMENTS = [NOON + timedelta(milliseconds=n) for n in range(3)]


@pytest.mark.parametrize("direction", [ASCENDING, DESCENDING])
@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (None, None, [0, 1, 2]),
        (0, None, [0, 1, 2]),
        (1, None, [1, 2]),
        (None, 2, [0, 1]),
        (0, 1, [0]),
        (0, 2, [0, 1]),
        (1, 1, []),
    ],
)
async def test_a_range_contains_its_beginning_and_not_its_end_whatever_the_index(
    database: Database, direction: int, start: int | None, end: int | None, found: list[int]
) -> None:
    collection = database[f"moments_{direction}_{start}_{end}"]
    await collection.create_index([("owner", ASCENDING), ("at", direction), ("_id", direction)])
    await collection.insert_many(
        [{"_id": n, "owner": "a", "at": moment} for n, moment in enumerate(MOMENTS)]
    )
    query = between(
        "at",
        None if start is None else MOMENTS[start],
        None if end is None else MOMENTS[end],
    )

    listed = await collection.find({"owner": "a", **query}).sort("_id", ASCENDING).to_list(None)

    assert [document["_id"] for document in listed] == found


@pytest.mark.parametrize(
    ("start_us", "end_us", "found"), [(0, 1, [0]), (1, 1_001, [1]), (999, 1_000, []), (1, 999, [])]
)
async def test_bounds_between_two_milliseconds_are_exact(
    database: Database, start_us: int, end_us: int, found: list[int]
) -> None:
    collection = database[f"between_{start_us}_{end_us}"]
    await collection.insert_many([{"_id": n, "at": moment} for n, moment in enumerate(MOMENTS)])
    start, end = (NOON + timedelta(microseconds=us) for us in (start_us, end_us))

    listed = await collection.find(between("at", start, end)).sort("_id", ASCENDING).to_list(None)

    assert [document["_id"] for document in listed] == found
