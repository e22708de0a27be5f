"""Random histories of customers, recorded through the services."""

import contextlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.driver import new_id
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.context import (
    Device,
    DeviceType,
    RouteTaken,
    SessionContext,
    UtmParameters,
)
from app.domain.booking_session.event_types import AbandonmentReason, RecoveredProgress
from app.domain.booking_session.flow_index import index_flow
from app.domain.refusal import Refused
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.booking_sessions.complete import CompleteSession, complete_session
from app.services.booking_sessions.record import RecordEvents, record_events
from tests.domain.booking_session.builders import (
    CUSTOMER,
    DETAILS,
    NOW,
    REPAIR_PATH,
    ROSA,
    SERVICE,
    STEPS,
    SUMMARY,
    TIME,
    ZIP,
    answered,
    chose_service,
    chose_time,
    completed,
    entered,
    failed,
    updated,
    went_back,
)
from tests.services.booking_sessions.builders import Customer, Place, a_customer

WORK: dict[str, tuple[SessionCommand, ...]] = {
    ZIP: (completed(ZIP, zipcode="01963"),),
    SERVICE: (*REPAIR_PATH, completed(SERVICE)),
    DETAILS: (completed(DETAILS, property="house"),),
    TIME: (chose_time(), completed(TIME)),
    CUSTOMER: (completed(CUSTOMER, **ROSA),),
    SUMMARY: (completed(SUMMARY, consent=True),),
}
PHONES = (ROSA["phone"], "+17815550188")


async def republish(place: Place, *, steps: Sequence[str], revision: int) -> Place:
    """Publish the flow anew with these of its steps, titled after the revision."""
    by_id = {step.id: step for step in place.flow.flow.steps}
    kept = [by_id[place.step_ids[step]] for step in steps]
    titled = [
        step.model_copy(
            update={
                "step_config": step.step_config.model_copy(
                    update={"title": f"{step.step_type.value} {revision}"}
                )
            }
        )
        for step in kept
    ]
    flow = place.flow.flow.model_copy(update={"revision": revision, "steps": tuple(titled)})
    document = BookingFlowRevision(
        organization_id=place.organization_id,
        created_at=NOW,
        updated_at=NOW,
        booking_flow_id=flow.booking_flow_id,
        revision=revision,
        flow_version=revision,
        content=flow.content,
        steps=titled,
        published_at=NOW,
        published_by="test",
    )
    await document.insert()
    return Place(place.organization_id, document.id, index_flow(flow), place.step_ids)


async def play_history(
    randomly: random.Random, places: Sequence[Place], *, at: datetime | None = None
) -> Customer:
    """Let a customer do this and that on one of the flows from some time on, and end or not."""
    now = at or NOW + timedelta(milliseconds=randomly.randrange(-36, 12) * 3_600_000 + 1)
    place = randomly.choice(places)
    customer = await a_customer(
        place=place, context=_a_context(randomly), recovered=_a_recovery(randomly), now=now
    )
    steps = [step for step in STEPS if place.step_ids[step] in place.flow.steps]
    for position in range(randomly.choice([len(steps), randomly.randrange(len(steps) + 1)])):
        if position:
            now = await _try(customer, randomly, now, (entered(steps[position]),))
        now = await _try(customer, randomly, now, _work_on(steps[position], randomly))
        if randomly.random() < 0.3:
            now = await _try(customer, randomly, now, _a_detour(randomly))
    await _end(customer, randomly, now)
    return customer


async def play_late(randomly: random.Random, customer: Customer, *, now: datetime) -> None:
    """Let a customer who has been away do this and that, and perhaps end, from `now` on."""
    for _ in range(3):
        now = await _try(customer, randomly, now, _a_detour(randomly))
    await _end(customer, randomly, now)


def _work_on(step: str, randomly: random.Random) -> tuple[SessionCommand, ...]:
    if step != CUSTOMER:
        return WORK[step]
    return (completed(CUSTOMER, **{**ROSA, "phone": randomly.choice(PHONES)}),)


def _a_recovery(randomly: random.Random) -> RecoveredProgress | None:
    return randomly.choice([None, None, RecoveredProgress(booking_session_id="a" * 24)])


def _a_context(randomly: random.Random) -> SessionContext:
    return SessionContext(
        utm=UtmParameters(
            source=randomly.choice([None, "google", "bing"]),
            medium=randomly.choice([None, "cpc"]),
            campaign=randomly.choice([None, "", "spring", "Spring", PHONES[0]]),
        ),
        device=Device(type=randomly.choice(list(DeviceType))),
        route=randomly.choice([None, RouteTaken(), RouteTaken(rule_id="r1")]),
    )


def _a_detour(randomly: random.Random) -> tuple[SessionCommand, ...]:
    step, sent_from = randomly.choice(STEPS), randomly.choice(STEPS)
    return randomly.choice(
        [
            (went_back(step, sent_from),),
            (went_back(step, sent_from), entered(step), *WORK[step]),
            (entered(step),),
            (answered("need", "ac"),),
            (chose_service("drain"), completed(SERVICE)),
            (updated(ZIP, "zipcode", randomly.choice(["01901", "99999", "nowhere", 7])),),
            (failed(ZIP, "zipcode"), failed(ZIP, "unheard of")),
            (updated(DETAILS, "notes", "x"), failed(DETAILS, "notes"), went_back(ZIP, DETAILS)),
        ]
    )


async def _try(
    customer: Customer,
    randomly: random.Random,
    now: datetime,
    commands: Sequence[SessionCommand],
) -> datetime:
    """Send a batch whose events occurred one after another; return the time of its arrival."""
    events = []
    for command in commands:
        now += timedelta(milliseconds=randomly.randrange(0, 90_000))
        sent = customer.place.command(command, new_id())
        events.append(sent.model_copy(update={"client_timestamp": now}))
    now += timedelta(milliseconds=randomly.randrange(5_000))
    batch = RecordEvents(booking_session_id=customer.session_id, events=tuple(events))
    with contextlib.suppress(Refused):
        await record_events(batch, organization_id=customer.place.organization_id, now=now)
    return now


async def _end(customer: Customer, randomly: random.Random, now: datetime) -> None:
    now += timedelta(milliseconds=randomly.randrange(600_000))
    owner, session_id = customer.place.organization_id, customer.session_id
    if randomly.random() < 0.25:
        return
    try:
        completion = CompleteSession(booking_session_id=session_id, idempotency_key="key")
        await complete_session(completion, organization_id=owner, now=now)
    except Refused:
        reason = randomly.choice(list(AbandonmentReason))
        abandonment = AbandonSession(booking_session_id=session_id, reason=reason)
        await abandon_session(abandonment, organization_id=owner, now=now)
