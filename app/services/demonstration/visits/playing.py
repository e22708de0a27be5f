"""Playing planned visits through the services that also serve the widget."""

import asyncio
from collections.abc import Callable, Sequence
from typing import assert_never

from app.documents.booking import Booking
from app.documents.scheduler_config import SchedulerConfig
from app.domain.values import EntityId
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.booking_sessions.complete import CompleteSession, complete_session
from app.services.booking_sessions.record import RecordEvents, record_events
from app.services.booking_sessions.start import StartSession, start_session
from app.services.demonstration.visits.vendor import tell_vendor
from app.services.demonstration.visits.visit import Ending, Fate, Visit

_VISITS_AT_A_TIME = 100


async def play_visits(
    visits: Sequence[Visit],
    *,
    config: SchedulerConfig,
    report_progress: Callable[[int, int], None],
) -> None:
    """Make a session of each visit, in the past; `report_progress` hears of each one done."""
    waiting = iter(enumerate(visits))
    done = 0
    loop = asyncio.get_running_loop()
    booked: list[tuple[Booking, Fate]] = []
    played: list[asyncio.Future[EntityId]] = [loop.create_future() for _ in visits]

    async def play_one_after_the_other() -> None:
        nonlocal done
        for position, visit in waiting:
            # Whoever makes the earlier visit of a customer has begun it: it comes first.
            resumed = None if visit.resumes is None else await played[visit.resumes]
            session_id, booking = await _play(visit, config=config, resumed_from_session_id=resumed)
            played[position].set_result(session_id)
            if booking is not None and visit.fate is not None:
                booked.append((booking, visit.fate))
            done += 1
            report_progress(done, len(visits))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_VISITS_AT_A_TIME):
                group.create_task(play_one_after_the_other())
    except BaseExceptionGroup as errors:
        # The first failure ended the others; alone it says what is wrong.
        raise errors.exceptions[0] from None
    # Together, since each write of its own is put on disk by itself.
    await tell_vendor(booked)


async def _play(
    visit: Visit, *, config: SchedulerConfig, resumed_from_session_id: EntityId | None
) -> tuple[EntityId, Booking | None]:
    session = await start_session(
        StartSession(
            publishable_key=config.publishable_key,
            context=visit.arrival.page,
            session_context=visit.arrival.reported,
        ),
        config=config,
        now=visit.arrival.at,
        resumed_from_session_id=resumed_from_session_id,
    )
    for batch in visit.batches:
        await record_events(
            RecordEvents(booking_session_id=session.id, events=batch.events),
            organization_id=config.organization_id,
            now=batch.sent_at,
        )
    return session.id, await _end(visit, session.id, organization_id=config.organization_id)


async def _end(visit: Visit, session_id: EntityId, *, organization_id: EntityId) -> Booking | None:
    match visit.ending:
        case Ending.BOOKED:
            _, booking = await complete_session(
                CompleteSession(
                    booking_session_id=session_id, idempotency_key=f"booking-{session_id}"
                ),
                organization_id=organization_id,
                now=visit.ended_at,
            )
            return booking
        case Ending.LEFT:
            await abandon_session(
                AbandonSession(booking_session_id=session_id, reason=visit.reason),
                organization_id=organization_id,
                now=visit.ended_at,
            )
        case Ending.STILL_THERE:
            pass
        case _:
            assert_never(visit.ending)
    return None
