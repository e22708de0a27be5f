"""How rollups are kept and when reports are read from them."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.documents import analytics_rollup
from app.documents.analytics_checkpoint import AnalyticsCheckpoint
from app.documents.analytics_rollup import AnalyticsRollup
from app.documents.analytics_times import AnalyticsTimes
from app.documents.driver import CommandCounter
from app.documents.session_changes import mark_all_changed
from app.domain.analytics.encoded_tally import EncodedTally, sum_counts
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import CountSection
from app.domain.analytics.views import View
from app.services.analytics import buckets, counting, rollups
from app.services.analytics.rollups import OVERLAP, rebuild_rollups, refresh_rollups
from app.services.analytics.sessions import load_progression
from app.services.analytics.sources import ReportSource, open_source
from app.services.analytics.steps import load_funnel
from tests.domain.booking_session.builders import NOW, THROUGH_ZIP
from tests.services.booking_sessions.builders import Place, a_customer, a_place

pytestmark = pytest.mark.usefixtures("database")

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LATER = NOW + DAY


async def refresh(place: Place, *, now: datetime = LATER) -> int:
    """Return how many hours were counted."""
    hour_count = 0
    async for progress in refresh_rollups(place.organization_id, now=now):
        hour_count = progress.hour_count
    return hour_count


def a_scope(place: Place, **changes: Any) -> ReportScope:
    fields = {
        "organization_id": place.organization_id,
        "created_from": NOW - 10 * DAY,
        "created_to": NOW + 10 * DAY,
        **changes,
    }
    return ReportScope(**fields)


async def count_sessions(place: Place, **changes: Any) -> int:
    rows = await load_progression(a_scope(place, **changes), now=LATER)
    return sum(row.count for row in rows)


async def direct_parts(place: Place, **changes: Any) -> list[tuple[datetime, datetime]]:
    source = await open_source(a_scope(place, **changes), CountSection.PROGRESS, now=LATER)
    return [(part.created_from, part.created_to) for part in source.direct]


async def stored(place: Place) -> dict[str, EncodedTally]:
    """Return what is stored of each view of each bucket."""
    query = {"organization_id": place.organization_id}
    cursor = AnalyticsTimes.get_motor_collection().find(query)
    times = {raw["_id"]: raw["times"] async for raw in cursor}
    found = {
        raw["_id"]: EncodedTally(raw["sections"], times.pop(raw["times_id"], {}))
        async for raw in AnalyticsRollup.get_motor_collection().find(query)
    }
    assert times == {}
    return found


def count_sessions_in(encoded: EncodedTally) -> int:
    return sum(number for *_, number in sum_counts([encoded.sections[CountSection.TOTALS]]))


async def test_only_what_has_changed_and_the_edges_of_the_range_are_read_from_sessions() -> None:
    place = await a_place()
    old = [await a_customer(place=place, now=NOW - day * DAY) for day in range(1, 6)]
    await refresh(place)

    assert await direct_parts(place) == []
    whole = NOW - 2 * DAY - MINUTE, NOW - DAY + MINUTE
    assert await direct_parts(place, created_from=whole[0], created_to=whole[1]) == [
        (whole[0], NOW - 2 * DAY),
        (NOW - DAY, whole[1]),
    ]
    await old[3].record(*THROUGH_ZIP, now=LATER)
    assert await direct_parts(place) == [(NOW - 4 * DAY, NOW - 4 * DAY + HOUR)]
    assert await count_sessions(place) == 5


async def test_a_report_costs_the_same_commands_however_many_sessions_there_are(
    command_counter: CommandCounter,
) -> None:
    place = await a_place()
    counts = []
    for sessions in (2, 10):
        for n in range(sessions):
            await a_customer(place=place, now=NOW - n * HOUR)
        await refresh(place)
        with command_counter.counting() as commands:
            await count_sessions(place)
            counts.append(list(commands))

    assert (
        counts
        == [["find analytics_checkpoints", "aggregate booking_sessions", "find analytics_rollups"]]
        * 2
    )


async def test_an_organization_without_rollups_is_answered_from_its_sessions() -> None:
    place, other = await a_place(), await a_place()
    await a_customer(place=place)
    await refresh(other)

    assert await direct_parts(place) == [(NOW - 10 * DAY, NOW + 10 * DAY)]
    assert await count_sessions(place) == 1


async def test_a_run_counts_only_hours_that_changed_since_the_last_one() -> None:
    place = await a_place()
    for day in range(3):
        await a_customer(place=place, now=NOW - day * DAY)

    assert await refresh(place) == 3
    assert await refresh(place) == 0
    await a_customer(place=place, now=LATER)
    assert await refresh(place, now=LATER + MINUTE) == 1


async def test_a_session_stored_later_than_it_says_is_counted() -> None:
    place = await a_place()
    await refresh(place)
    await a_customer(place=place, now=LATER - OVERLAP + MINUTE)

    assert await refresh(place, now=LATER + MINUTE) == 1
    assert await refresh(place, now=LATER + HOUR) == 1
    assert await refresh(place, now=LATER + 2 * HOUR) == 0


async def test_sessions_of_the_past_stored_now_are_counted_once_they_are_marked() -> None:
    place = await a_place()
    await refresh(place)
    await a_customer(place=place, now=NOW - DAY)

    await mark_all_changed(place.organization_id, now=LATER)

    assert await count_sessions(place) == 1
    assert await refresh(place) == 1


async def test_the_checkpoint_never_goes_back() -> None:
    place = await a_place()
    await refresh(place, now=LATER)
    await refresh(place, now=NOW)

    assert await AnalyticsCheckpoint.find_time(place.organization_id) == LATER - OVERLAP


async def test_a_worker_that_read_earlier_does_not_overwrite_one_that_read_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place()
    await a_customer(place=place)
    count_hour: Callable[..., Awaitable[Any]] = counting.count_hour
    interruptions: list[bool] = []

    async def count_and_be_slow(*args: Any) -> Any:
        counted = await count_hour(*args)
        if not interruptions:
            interruptions.append(True)
            await a_customer(place=place)
            await refresh(place)
        return counted

    monkeypatch.setattr(rollups, "count_hour", count_and_be_slow)
    await refresh(place)

    assert await direct_parts(place) == []
    assert await count_sessions(place) == 2


@pytest.mark.parametrize("too_large", ["day", "hour"])
async def test_buckets_too_large_to_be_stored_are_read_from_hours_or_sessions(
    monkeypatch: pytest.MonkeyPatch, too_large: str
) -> None:
    place = await a_place()
    for hour in range(3):
        await a_customer(*THROUGH_ZIP, place=place, now=NOW - hour * HOUR)
    await refresh(place)
    monkeypatch.setattr(EncodedTally, "document_bytes", property(count_sessions_in))
    monkeypatch.setattr(buckets, "MAX_DOCUMENT_BYTES", 1 if too_large == "day" else 0)
    async for _ in rebuild_rollups(place.organization_id, now=LATER):
        pass

    tallies = await stored(place)
    assert {key.split("-")[1] for key in tallies if tallies[key] == ({}, {})} == (
        {"day"} if too_large == "day" else {"day", "hour"}
    )
    assert await direct_parts(place) == (
        [] if too_large == "day" else [(NOW - 2 * HOUR, NOW + HOUR)]
    )
    assert await count_sessions(place) == 3


async def test_rollups_of_another_format_are_not_read_and_are_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place()
    await a_customer(*THROUGH_ZIP, place=place)
    await refresh(place)
    query = {"organization_id": place.organization_id}
    first_format = {**query, "_id": "a", "format": 1, "span": "day", "starts_at": NOW}
    await AnalyticsRollup.get_motor_collection().insert_one(first_format)
    monkeypatch.setattr(analytics_rollup, "FORMAT", analytics_rollup.FORMAT + 1)

    assert await direct_parts(place) == [(NOW - 10 * DAY, NOW + 10 * DAY)]
    assert await refresh(place) == 1
    assert await direct_parts(place) == []
    assert await count_sessions(place) == 1
    for document in (AnalyticsRollup, AnalyticsTimes):
        formats = await document.get_motor_collection().distinct("format", query)
        assert formats == [analytics_rollup.FORMAT]


async def test_times_replaced_while_a_report_is_made_are_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place()
    await a_customer(*THROUGH_ZIP, place=place)
    await refresh(place)
    expected = await load_funnel(a_scope(place), now=LATER)
    opened: list[ReportSource] = []

    async def open_and_be_slow(*args: Any, **how: Any) -> ReportSource:
        opened.append(await open_source(*args, **how))
        if len(opened) == 1:
            async for _ in rebuild_rollups(place.organization_id, now=LATER):
                pass
        return opened[-1]

    rows = await load_funnel(a_scope(place), now=LATER, open_with=open_and_be_slow)

    assert rows == expected
    assert [row.timed_count for row in rows][:2] == [1, 0]
    assert [source.direct for source in opened] == [(), ()]


async def test_a_report_whose_rollups_are_replaced_all_the_time_is_made_of_the_sessions() -> None:
    place = await a_place()
    await a_customer(*THROUGH_ZIP, place=place)
    await refresh(place)
    expected = await load_funnel(a_scope(place), now=LATER)
    removed = await AnalyticsTimes.get_motor_collection().delete_many({})

    assert await load_funnel(a_scope(place), now=LATER) == expected
    assert removed.deleted_count > 0


async def test_rollups_made_anew_are_the_same_to_the_byte() -> None:
    place = await a_place()
    for hour in range(3):
        await a_customer(*THROUGH_ZIP, place=place, now=NOW - hour * HOUR)
    await refresh(place)
    before = await stored(place)

    async for _ in rebuild_rollups(place.organization_id, now=LATER + HOUR):
        pass

    assert await stored(place) == before
    assert len(before) == (3 + 1) * len(View)
