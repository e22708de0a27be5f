"""Playing planned visits through the services that also serve the widget."""

import asyncio
from collections.abc import Callable, Sequence
from typing import assert_never

from app.documents.scheduler_config import SchedulerConfig
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.booking_sessions.complete import CompleteSession, complete_session
from app.services.booking_sessions.record import RecordEvents, record_events
from app.services.booking_sessions.start import StartSession, start_session
from app.services.demonstration.visits.visit import Ending, Visit

_VISITS_AT_A_TIME = 100


async def play_visits(
    visits: Sequence[Visit],
    *,
    config: SchedulerConfig,
    report_progress: Callable[[int, int], None],
) -> None:
    """Make a session of each visit, in the past; `report_progress` hears of each one done."""
    waiting = iter(visits)
    done = 0

    async def play_one_after_the_other() -> None:
        nonlocal done
        for visit in waiting:
            await _play(visit, config=config)
            done += 1
            report_progress(done, len(visits))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_VISITS_AT_A_TIME):
                group.create_task(play_one_after_the_other())
    except BaseExceptionGroup as errors:
        # The first failure ended the others; alone it says what is wrong.
        raise errors.exceptions[0] from None


async def _play(visit: Visit, *, config: SchedulerConfig) -> None:
    session = await start_session(
        StartSession(
            publishable_key=config.publishable_key,
            context=visit.arrival.page,
            session_context=visit.arrival.reported,
        ),
        config=config,
        now=visit.arrival.at,
    )
    for batch in visit.batches:
        await record_events(
            RecordEvents(booking_session_id=session.id, events=batch.events),
            organization_id=config.organization_id,
            now=batch.sent_at,
        )
    await _end(visit, session.id, organization_id=config.organization_id)


async def _end(visit: Visit, session_id: str, *, organization_id: str) -> None:
    match visit.ending:
        case Ending.BOOKED:
            await complete_session(
                CompleteSession(
                    booking_session_id=session_id, idempotency_key=f"booking-{session_id}"
                ),
                organization_id=organization_id,
                now=visit.ended_at,
            )
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
