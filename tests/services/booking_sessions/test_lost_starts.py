"""Sessions whose start was cut short between the event and the session."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.lost_starts import remove_lost_start
from app.services.booking_sessions import event_log
from app.services.booking_sessions.event_log import StartedTooLate
from app.services.booking_sessions.lost_starts import GRACE, LostStarts
from app.services.booking_sessions.start import PageContext, StartSession, start_session
from app.services.booking_sessions.verification import rebuild_sessions
from tests.api.site import PAGE, Site, a_site
from tests.domain.booking_session.builders import ZIP, updated
from tests.services.booking_sessions.builders import LATER, a_customer

pytestmark = pytest.mark.usefixtures("database")


async def start(site: Site, *, now: datetime = LATER) -> BookingSession:
    command = StartSession(
        publishable_key=site.config.publishable_key, context=PageContext(url=PAGE)
    )
    return await start_session(command, config=site.config, now=now)


async def a_lost_start(site: Site, *, now: datetime = LATER) -> str:
    """Return the id of a session whose server died before it was stored."""
    session = await start(site, now=now)
    await session.delete()
    return session.id


async def events_of(session_id: str) -> list[BookingSessionEventDocument]:
    return await BookingSessionEventDocument.find({"booking_session_id": session_id}).to_list()


async def test_worker_removes_first_events_of_no_session_that_are_a_minute_old() -> None:
    site = await a_site()
    lost = await a_lost_start(site, now=LATER - GRACE - timedelta(seconds=1))
    recent = await a_lost_start(site, now=LATER - GRACE)
    started = await start(site, now=LATER - timedelta(hours=1))
    worker = LostStarts()

    counts = [await worker.remove(now=LATER) for _ in range(2)]

    assert counts == [{"removed_count": 1}, {"removed_count": 0}]
    assert [len(await events_of(id_)) for id_ in (lost, recent, started.id)] == [0, 1, 1]
    assert await worker.remove(now=LATER + timedelta(seconds=1)) == {"removed_count": 1}
    assert await events_of(recent) == []


async def test_what_a_customer_recorded_is_never_removed() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "01963"))
    await (await customer.stored()).delete()

    assert not await remove_lost_start(customer.session_id)
    assert len(await customer.events()) == 2


async def test_session_stored_while_its_first_event_is_removed_gets_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = await start(await a_site())
    events = await events_of(session.id)
    await session.delete()
    existing_ids = BookingSession.existing_ids

    async def store_meanwhile(session_ids: Collection[str]) -> set[str]:
        await BookingSession.insert_new([session])
        return await existing_ids(session_ids)

    monkeypatch.setattr(BookingSession, "existing_ids", store_meanwhile)

    assert not await remove_lost_start(session.id)
    assert await events_of(session.id) == events


async def test_start_that_took_so_long_that_its_event_was_removed_is_taken_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As if the process had been stopped for a minute between the event and the session.
    monkeypatch.setattr(event_log, "SECONDS_TO_START_A_SESSION", 0)
    insert_new = BookingSession.insert_new

    async def insert_late(sessions: Collection[BookingSession]) -> frozenset[int]:
        for session in sessions:
            assert await remove_lost_start(session.id)
        return await insert_new([*sessions])

    monkeypatch.setattr(BookingSession, "insert_new", insert_late)
    site = await a_site()

    with pytest.raises(StartedTooLate):
        await start(site)

    query = {"organization_id": site.organization_id}
    assert await BookingSession.find(query).count() == 0
    assert await BookingSessionEventDocument.find(query).count() == 0


async def test_rebuilding_removes_a_lost_start() -> None:
    lost = await a_lost_start(await a_site())
    told: set[str] = set()

    await rebuild_sessions(
        now=LATER + timedelta(days=1),
        on_finding=lambda found: told.add(found.booking_session_id),
    )

    assert lost not in told
    assert await events_of(lost) == []
