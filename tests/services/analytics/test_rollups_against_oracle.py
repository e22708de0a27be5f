"""Reports from rollups say what the events say, whatever happens after the rollups were made."""

import random
from datetime import datetime, timedelta

import pytest

from app.documents.analytics_rollup import AnalyticsRollup
from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.access import OrganizationCredential, Role
from app.domain.analytics.tally import TimeSection
from app.domain.booking_session.event_types import AbandonmentReason
from app.services.analytics import sources
from app.services.analytics.choices import load_lost_demand
from app.services.analytics.rollups import RollupProgress, rebuild_rollups, refresh_rollups
from app.services.analytics.sources import open_source, read_directly
from app.services.analytics.steps import load_field_statistics
from app.services.authoring import Author
from app.services.booking_sessions.retention import apply_retention
from app.services.personal_data.persons import read_contact
from app.services.personal_data.requests import erase_personal_data
from tests.domain.booking_session.builders import NOW
from tests.services.analytics.histories import PHONES, play_history, play_late
from tests.services.analytics.worlds import World, a_world, require_true_reports

pytestmark = pytest.mark.usefixtures("database")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RETENTION_DAYS = 5


@pytest.fixture(autouse=True)
def short_ranges_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "SHORTEST_RANGE", timedelta(0))


async def refresh(world: World, *, now: datetime) -> RollupProgress:
    progress = RollupProgress()
    for owner in {place.organization_id for place in world.places}:
        async for step in refresh_rollups(owner, now=now):
            progress = step
    return progress


async def customers_go_on(world: World, randomly: random.Random, now: datetime) -> None:
    going_on = [c for c in world.customers if world.told[c.session_id].status == "active"]
    for customer in going_on[::2]:
        await play_late(randomly, customer, now=now)


async def customers_come(world: World, randomly: random.Random, now: datetime) -> None:
    world.customers += [await play_history(randomly, world.places, at=now) for _ in range(4)]


async def a_person_is_erased(world: World, randomly: random.Random, now: datetime) -> None:
    credential = OrganizationCredential(
        organization_id=world.owner, api_key_id="a" * 24, role=Role.OWNER
    )
    contact = read_contact(phone=randomly.choice(PHONES), email=None)
    await erase_personal_data(contact, author=Author(credential=credential, now=now))


async def events_are_marked(world: World, randomly: random.Random, now: datetime) -> None:
    async for _ in apply_retention(now=now, default_days=RETENTION_DAYS):
        pass


async def events_expire(world: World, randomly: random.Random, now: datetime) -> None:
    """Remove what the database would have removed by now."""
    collection = BookingSessionEventDocument.get_motor_collection()
    await collection.delete_many({"expires_at": {"$lte": now}})


async def the_worker_runs(world: World, randomly: random.Random, now: datetime) -> None:
    await refresh(world, now=now)


async def the_worker_dies(world: World, randomly: random.Random, now: datetime) -> None:
    async for _ in refresh_rollups(world.owner, now=now):
        break


async def rollups_are_rebuilt(world: World, randomly: random.Random, now: datetime) -> None:
    await AnalyticsRollup.get_motor_collection().update_many({}, {"$set": {"sections": {}}})
    for owner in {place.organization_id for place in world.places}:
        async for _ in rebuild_rollups(owner, now=now):
            pass


HAPPENINGS = (
    customers_go_on,
    customers_come,
    a_person_is_erased,
    events_are_marked,
    events_expire,
    the_worker_runs,
    the_worker_dies,
    rollups_are_rebuilt,
)


async def play(world: World, randomly: random.Random, names: list[str]) -> None:
    by_name = {happening.__name__: happening for happening in HAPPENINGS}
    now = NOW + 2 * DAY
    await refresh(world, now=now)
    for name in names:
        now += timedelta(hours=randomly.choice([1, 7, 60]))
        await world.forget_expired(now)
        await by_name[name](world, randomly, now)
        await world.listen()
        some = world.scopes()[:1] + randomly.sample(world.scopes()[1:], 2)
        await require_true_reports(world, now=now, open_with=open_source, scopes=some)
    await require_true_reports(world, now=now, open_with=open_source)
    await require_true_reports(world, now=now, open_with=read_directly)


@pytest.mark.parametrize("seed", [1, 2])
async def test_rollups_equal_what_the_events_tell_through_everything_that_can_happen(
    seed: int,
) -> None:
    world, randomly = await a_world(seed), random.Random(seed)  # noqa: S311 - not a secret.
    names = [happening.__name__ for happening in HAPPENINGS]
    randomly.shuffle(names)

    await play(world, randomly, names)

    # Or else nothing was proved.
    everything = world.scopes()[0].model_copy(update={"includes_bots": True})
    demand = await load_lost_demand(everything, now=NOW, open_with=read_directly)
    fields = await load_field_statistics(everything, now=NOW, open_with=read_directly)
    assert demand.lost_count > 0
    assert any(row.median_time_ms for row in fields)
    assert {told.has_expired for told in world.sessions} == {True, False}
    reasons = {getattr(t.state.booking_outcome, "reason", None) for t in world.sessions}
    assert AbandonmentReason.ERASURE in reasons


async def test_times_leave_rollups_as_events_expire_that_were_marked_after_counting() -> None:
    world, now = await a_world(3), NOW + 2 * DAY
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
    world = await a_world(3)
    await refresh(world, now=NOW + 2 * DAY)

    source = await open_source(world.scopes()[0], TimeSection.STEP_TIMES, now=NOW + 2 * DAY)

    assert source.direct == ()
    assert any(source.timed(TimeSection.STEP_TIMES))
