"""Several workers keep the rollups of several organizations."""

import asyncio
from contextlib import aclosing
from datetime import datetime, timedelta

import pytest

from app.documents.analytics_rollup import AnalyticsRollup
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import CountSection
from app.services.analytics import rollups
from app.services.analytics.sessions import load_progression
from app.services.analytics.sources import open_source
from app.services.analytics.turns import LEASE, RollupTurns
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import Place, a_customer, a_place

pytestmark = pytest.mark.usefixtures("database")

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
INTERVAL = 55 * SECOND


class Worker:
    """A worker with a clock of its own, and what it has counted."""

    def __init__(self) -> None:
        self.now = NOW + DAY
        self.turns = RollupTurns(clock=lambda: self.now, interval=INTERVAL)
        self.counted: list[str] = []

    async def go_round(self, *places: Place) -> None:
        for place in places:
            hour_count = 0
            async with aclosing(self.turns.refresh(place.organization_id)) as run:
                async for progress in run:
                    hour_count = progress.hour_count
            self.counted += [place.organization_id] * hour_count


async def a_busy_place(*, days: int = 2) -> Place:
    place = await a_place()
    for day in range(days):
        await a_customer(place=place, now=NOW - day * DAY)
    return place


async def is_read_from_rollups(place: Place, now: datetime) -> bool:
    scope = ReportScope(
        organization_id=place.organization_id, created_from=NOW - 9 * DAY, created_to=NOW + DAY
    )
    source = await open_source(scope, CountSection.PROGRESS, now=now)
    rows = await load_progression(scope, now=now)
    assert sum(row.count for row in rows) == 2
    return source.direct == ()


async def test_two_workers_share_the_organizations_and_each_hour_is_counted_once() -> None:
    places = [await a_busy_place() for _ in range(6)]
    workers = Worker(), Worker()

    await asyncio.gather(*(worker.go_round(*places) for worker in workers))

    counted = [each for worker in workers for each in worker.counted]
    assert sorted(counted) == sorted(place.organization_id for place in places for _ in range(2))
    assert [await is_read_from_rollups(place, workers[0].now) for place in places] == [True] * 6


async def test_an_organization_is_due_again_after_the_interval_for_whoever_comes_by() -> None:
    place, first, second = await a_busy_place(), Worker(), Worker()
    await first.go_round(place)
    await a_customer(place=place, now=first.now)

    second.now += INTERVAL - SECOND
    await second.go_round(place)
    too_soon = list(second.counted)
    second.now += SECOND
    await second.go_round(place)

    assert (too_soon, second.counted) == ([], [place.organization_id])


async def test_what_a_dead_worker_left_is_taken_over_when_its_lease_has_ended() -> None:
    place, dead, living = await a_busy_place(), Worker(), Worker()
    run = dead.turns.refresh(place.organization_id)
    await anext(run)

    living.now += LEASE - SECOND
    await living.go_round(place)
    assert living.counted == []
    living.now += 2 * SECOND
    await living.go_round(place)

    assert living.counted == [place.organization_id] * 2
    assert await is_read_from_rollups(place, living.now)
    # It was not dead, only held up: it notices, and takes nothing back.
    assert [progress async for progress in run] == []
    assert await is_read_from_rollups(place, living.now)


async def test_a_worker_that_is_told_to_stop_leaves_the_rest_to_the_next_at_once() -> None:
    place, stopped, next_one = await a_busy_place(), Worker(), Worker()
    async with aclosing(stopped.turns.refresh(place.organization_id)) as run:
        await anext(run)

    await next_one.go_round(place)

    assert next_one.counted == [place.organization_id] * 2


async def test_a_worker_that_fails_leaves_its_turn_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, failing, next_one = await a_busy_place(), Worker(), Worker()

    async def fail(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(rollups, "count_hour", fail)
        with pytest.raises(ConnectionError):
            await failing.go_round(place)
    await next_one.go_round(place)

    assert next_one.counted == [place.organization_id] * 2


async def test_workers_that_count_the_same_all_the_same_store_what_one_would() -> None:
    """Three that all believe it to be their turn, as after a lease that was too short."""
    place, now = await a_busy_place(), NOW + DAY

    async def refresh() -> None:
        async for _ in rollups.rebuild_rollups(place.organization_id, now=now):
            pass

    await asyncio.gather(refresh(), refresh(), refresh())

    assert await is_read_from_rollups(place, now)
    versions = {each.version async for each in AnalyticsRollup.find_all()}
    assert max(versions) > 1
