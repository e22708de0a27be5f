"""Pages of a list by time are the same whether they are found at once or in windows of time."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.documents import paging
from app.documents.api_key import ApiKey
from app.documents.audit_record import AuditRecord
from app.documents.driver import CommandCounter, Database, new_id
from app.documents.page_windows import FIRST_WINDOW, Walk, walk
from app.documents.paging import PageRequest, SortOrder, find_page, sort_key
from app.documents.ranges import between
from app.domain.audit import AuditedEntity

NOW = datetime(2026, 11, 24, 13, 0, 0, 500, tzinfo=UTC)
AGES = (
    *(timedelta(minutes=2 * n) for n in range(5)),
    FIRST_WINDOW - timedelta(milliseconds=1),
    FIRST_WINDOW,
    FIRST_WINDOW,
    FIRST_WINDOW,
    FIRST_WINDOW + timedelta(milliseconds=1),
    timedelta(days=3),
    timedelta(days=30),
    timedelta(days=5_000),
    timedelta(hours=-2),
)
"""Of the documents; one is of a clock that is ahead, and three are of one millisecond."""

NEWEST_FIRST = SortOrder("created_at", descending=True)
OLDEST_FIRST = SortOrder("created_at")


async def records_of(*ages: timedelta) -> dict[str, Any]:
    """Store records of an organization of their own, and return the query for them."""
    organization_id = new_id()
    await AuditRecord.insert_many(
        [
            AuditRecord(
                organization_id=organization_id,
                created_at=NOW - age,
                updated_at=NOW,
                mutation="updateBrandKit",
                entity_type=AuditedEntity.BRAND_KIT,
                entity_id="b" * 24,
            )
            for age in ages
        ]
    )
    return {"organization_id": organization_id}


async def read_all(query: dict[str, Any], order: SortOrder, *, backward: bool) -> list[str]:
    """Return the ids of the whole list, read in pages of two."""
    ids: list[str] = []
    key = None
    while True:
        cursor = {"before" if backward else "after": key}
        page = await find_page(
            AuditRecord,
            query,
            order=order,
            page=PageRequest(size=2, backward=backward, **cursor),
            now=NOW,
        )
        found = [item.id for item in page.items]
        ids = [*found, *ids] if backward else [*ids, *found]
        if not (page.has_previous if backward else page.has_next):
            return ids
        key = sort_key(page.items[0 if backward else -1], order)


@pytest.mark.parametrize("order", [NEWEST_FIRST, OLDEST_FIRST])
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(
    ("newest", "oldest"),
    [
        (None, None),
        (NOW - FIRST_WINDOW, None),
        (None, NOW - FIRST_WINDOW),
        (NOW - timedelta(minutes=5), NOW - timedelta(days=30)),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (None, datetime(9999, 12, 31, tzinfo=UTC)),
    ],
)
async def test_pages_found_in_windows_are_those_found_at_once(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    order: SortOrder,
    newest: datetime | None,
    oldest: datetime | None,
    *,
    backward: bool,
) -> None:
    query = {**await records_of(*AGES), **between("created_at", oldest, newest)}

    in_windows = await read_all(query, order, backward=backward)
    monkeypatch.setattr(paging, "reads_whole_ranges", lambda: False)
    at_once = await read_all(query, order, backward=backward)

    assert in_windows == at_once
    stored = AuditRecord.get_motor_collection()
    assert len(in_windows) == await stored.count_documents(query)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("count", [50, 500])
async def test_a_full_page_of_what_is_recent_is_one_command_however_much_is_older(
    command_counter: CommandCounter, count: int
) -> None:
    query = await records_of(*(timedelta(minutes=n) for n in range(count)))
    way = Walk(back=True, start=NOW)

    with command_counter.counting() as commands:
        found = await walk(AuditRecord, query, way=way, size=10)

    assert [record["created_at"] for record in found] == sorted(
        (record["created_at"] for record in found), reverse=True
    )
    assert (len(found), commands) == (10, ["find audit_records"])


@pytest.mark.usefixtures("database")
async def test_a_short_list_is_read_to_its_end_in_seven_commands(
    command_counter: CommandCounter,
) -> None:
    query = await records_of(timedelta(0), timedelta(days=5_000))

    with command_counter.counting() as commands:
        found = await walk(AuditRecord, query, way=Walk(back=True, start=NOW), size=10)

    assert (len(found), len(commands)) == (2, 7)


async def test_every_window_is_read_by_an_index(database: Database) -> None:
    asked: list[dict[str, Any]] = []
    query = await records_of(*AGES)
    key = sort_key((await AuditRecord.find(query).to_list())[7], NEWEST_FIRST)
    find = AuditRecord.get_motor_collection().find

    class Recording:
        def find(self, condition: dict[str, Any]) -> Any:
            asked.append(condition)
            return find(condition)

    class Document:
        @staticmethod
        def get_motor_collection() -> Recording:
            return Recording()

    after = (NOW - FIRST_WINDOW, str(key[1]))
    for back, start in itertools.product((True, False), (after, None)):
        way = Walk(back=back, start=NOW, after=start)
        await walk(Document, query, way=way, size=50)  # type: ignore[arg-type]

    plans = [(await find(each).explain())["queryPlanner"]["winningPlan"] for each in asked]
    assert len(asked) > 12
    assert [plan for plan in plans if "IXSCAN" not in str(plan)] == []


BY_MUTATION = SortOrder("mutation")


@pytest.mark.parametrize("order", [BY_MUTATION, SortOrder("mutation", descending=True)])
@pytest.mark.parametrize("backward", [False, True])
async def test_pages_by_a_field_with_equal_values_hold_everything_once_and_need_two_commands(
    database: Database, command_counter: CommandCounter, order: SortOrder, *, backward: bool
) -> None:
    query = await records_of(*AGES)
    collection = AuditRecord.get_motor_collection()
    ids = [record["_id"] async for record in collection.find(query)]
    for number, entity_id in enumerate(ids):
        await collection.update_one({"_id": entity_id}, {"$set": {"mutation": "abc"[number % 3]}})

    read = await read_all(query, order, backward=backward)

    sign = -1 if order.descending else 1
    expected = [
        record["_id"]
        async for record in collection.find(query).sort([("mutation", sign), ("_id", sign)])
    ]
    assert read == expected
    key = sort_key((await AuditRecord.find(query).to_list())[0], order)
    page = PageRequest(size=3, backward=backward, **{"before" if backward else "after": key})
    with command_counter.counting() as commands:
        await find_page(AuditRecord, query, order=order, page=page, now=NOW)
    assert len(commands) <= 2


@pytest.mark.usefixtures("database")
async def test_a_page_behind_an_id_is_found_by_an_index() -> None:
    query = {"organization_id": "a" * 24}

    within = paging._within(query, SortOrder("_id"), PageRequest(size=2, after=["b" * 24]))

    assert within == {**query, "_id": {"$gt": "b" * 24}}
    plan = await ApiKey.get_motor_collection().find(within).explain()
    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
