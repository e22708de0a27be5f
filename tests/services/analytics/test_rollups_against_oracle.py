"""Reports from rollups say what the events say, whatever happens after the rollups were made."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.analytics.tally import TimeSection
from app.domain.booking_session.event_types import AbandonmentReason
from app.services.analytics import sources
from app.services.analytics.choices import load_lost_demand, load_vendor_outcome
from app.services.analytics.sources import open_source, read_directly
from app.services.analytics.steps import load_field_statistics
from tests.domain.booking_session.builders import NOW
from tests.services.analytics.happenings import (
    HAPPENINGS,
    RETENTION_DAYS,
    Happening,
    events_are_marked,
    events_expire,
    refresh,
)
from tests.services.analytics.worlds import World, a_world, require_true_reports

pytestmark = pytest.mark.usefixtures("database")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SETTINGS = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def short_ranges_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "SHORTEST_RANGE", timedelta(0))


class Moment(NamedTuple):
    """What happens next, how many hours later, and which reports are asked for after it.

    With `is_refreshed` all rollups are up to date right before it.
    """

    happening: Happening
    after_hours: int
    asked: int
    is_refreshed: bool


MOMENTS = st.builds(
    Moment,
    st.sampled_from(HAPPENINGS),
    st.sampled_from([1, 7, 60]),
    st.integers(0, 10),
    st.booleans(),
)


async def play(world: World, randomly: random.Random, moments: Sequence[Moment]) -> None:
    """Let all this happen, and compare both ways of asking with what the events tell."""
    now = NOW + 2 * DAY
    await refresh(world, now=now)
    for happening, after_hours, asked, is_refreshed in moments:
        now += after_hours * HOUR
        await world.forget_expired(now)
        if is_refreshed:
            await refresh(world, now=now)
        await happening(world, randomly, now)
        await world.listen()
        scopes = world.scopes()
        some = [scopes[0], scopes[asked]]
        await require_true_reports(world, now=now, open_with=open_source, scopes=some)
    await require_true_reports(world, now=now, open_with=open_source)
    some = world.scopes()[:2]
    await require_true_reports(world, now=now, open_with=read_directly, scopes=some)


async def test_rollups_equal_what_the_events_tell_whatever_happens_in_whatever_order() -> None:
    loop = asyncio.get_running_loop()

    async def play_one(seed: int, moments: Sequence[Moment]) -> None:
        world = await a_world(seed, customers=8)
        await play(world, random.Random(seed), moments)  # noqa: S311 - not a secret.

    @SETTINGS
    @given(seed=st.integers(0, 999), moments=st.lists(MOMENTS, min_size=3, max_size=6))
    def run(seed: int, moments: list[Moment]) -> None:
        asyncio.run_coroutine_threadsafe(play_one(seed, moments), loop).result()

    await asyncio.to_thread(run)


async def test_rollups_equal_what_the_events_tell_after_everything_that_can_happen() -> None:
    world = await a_world(5, customers=30)
    randomly = random.Random(5)  # noqa: S311 - not a secret.
    moments = [Moment(each, 20, place, place % 2 == 0) for place, each in enumerate(HAPPENINGS)]
    randomly.shuffle(moments)

    await play(world, randomly, moments)

    # Or else nothing was proved.
    everything = world.scopes()[0].model_copy(update={"includes_bots": True})
    demand = await load_lost_demand(everything, now=NOW, open_with=read_directly)
    fields = await load_field_statistics(everything, now=NOW, open_with=read_directly)
    outcome = await load_vendor_outcome(everything, now=NOW, open_with=read_directly)
    assert demand.lost_count > 0
    assert any(row.median_time_ms for row in fields)
    assert outcome.cancelled_count > 0
    assert outcome.known_count > 0
    assert {told.has_expired for told in world.sessions} == {True, False}
    reasons = {getattr(t.state.booking_outcome, "reason", None) for t in world.sessions}
    assert AbandonmentReason.ERASURE in reasons


async def test_times_leave_rollups_as_events_expire_that_were_marked_after_counting() -> None:
    world, now = await a_world(3, customers=12), NOW + 2 * DAY
    randomly = random.Random(3)  # noqa: S311 - not a secret.
    await refresh(world, now=now)
    await events_are_marked(world, randomly, now + HOUR)
    await refresh(world, now=now + 2 * HOUR)
    now += 2 * RETENTION_DAYS * DAY
    await world.forget_expired(now)
    await events_expire(world, randomly, now)

    for _ in range(2):
        scopes = world.scopes()[:2]
        await require_true_reports(world, now=now, open_with=open_source, scopes=scopes)
        await refresh(world, now=now)
    source = await open_source(world.scopes()[0], TimeSection.STEP_TIMES, now=now)
    assert source.direct == ()


async def test_random_worlds_are_read_from_rollups() -> None:
    world = await a_world(3, customers=6)
    await refresh(world, now=NOW + 2 * DAY)

    source = await open_source(world.scopes()[0], TimeSection.STEP_TIMES, now=NOW + 2 * DAY)

    assert source.direct == ()
    assert any(source.timed(TimeSection.STEP_TIMES))
