"""Groups of requests: each is answered by what became of its own events alone."""

import asyncio
from collections.abc import Sequence

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.booking_session_event import BookingSessionEventDocument, EventBatch
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.services.booking_sessions import event_log
from app.services.booking_sessions.record import Recorded, RecordEvents, record_events
from app.services.booking_sessions.verification import find_session_problems
from tests.api.sessions import Office, an_office, global_id
from tests.domain.booking_session.builders import ZIP, updated
from tests.services.booking_sessions.builders import LATER, Customer, a_customer
from tests.services.booking_sessions.test_recording import decided

pytestmark = pytest.mark.usefixtures("database")

RECORD = """mutation ($input: RecordBookingSessionEventsInput!) {
  recordBookingSessionEvents(input: $input) { results { clientEventId } userErrors { code } }
}"""


class HeldUpLog:
    """Stops the writer before each group until it is released; keeps the sizes of the groups."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._append = BookingSessionEventDocument.append_batches
        self._released = asyncio.Event()
        self.is_writing = asyncio.Event()
        self.groups: list[int] = []
        monkeypatch.setattr(BookingSessionEventDocument, "append_batches", self._append_later)

    async def _append_later(self, batches: Sequence[EventBatch]) -> frozenset[int]:
        self.groups.append(len(batches))
        self.is_writing.set()
        await self._released.wait()
        return await self._append(batches)

    def release(self) -> None:
        self._released.set()


async def until_queued(event_count: int) -> None:
    log = event_log.current_event_log()
    while log._queued_events < event_count:  # noqa: ASYNC110 - it tells nobody.
        await asyncio.sleep(0.001)


def input_of(office: Office, customer: Customer, *ids: str) -> dict[str, object]:
    step_id = encode_id(EntityType.BOOKING_FLOW_STEP, office.place.step_ids[ZIP])
    data = {"fieldUpdated": {"field": "zipcode", "value": "01963"}}
    events = [{"clientEventId": id_, "stepId": step_id, "data": data} for id_ in ids]
    return {"input": {"bookingSessionId": global_id(customer), "events": events}}


async def client_ids(customer: Customer) -> list[str | None]:
    return [event.client_event_id for event in (await customer.events())[1:]]


async def test_full_queue_is_refused_at_once_and_nothing_of_it_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_log.current_event_log(), "max_queued_events", 4)
    office = await an_office()
    first, second, third = [await office.a_customer() for _ in range(3)]
    log = HeldUpLog(monkeypatch)
    writing = asyncio.create_task(office.client.data(RECORD, input_of(office, first, "a")))
    await log.is_writing.wait()
    queued = asyncio.create_task(
        office.client.data(RECORD, input_of(office, second, "b", "c", "d"))
    )
    await until_queued(3)

    refused = await office.client.execute(RECORD, input_of(office, third, "e", "f"))
    fitting = asyncio.create_task(office.client.data(RECORD, input_of(office, third, "g")))
    await until_queued(4)
    log.release()
    await asyncio.gather(writing, queued, fitting)

    assert [error["extensions"] for error in refused["errors"]] == [
        {"code": "UNAVAILABLE", "retryAfterMs": event_log.RETRY_AFTER_MS}
    ]
    assert await client_ids(first) == ["a"]
    assert await client_ids(second) == ["b", "c", "d"]
    assert await client_ids(third) == ["g"]
    await office.client.data(RECORD, input_of(office, third, "e", "f"))
    assert await client_ids(third) == ["g", "e", "f"]


async def test_session_that_another_process_extended_fails_alone_in_its_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocker = await a_customer()
    customers = [await a_customer() for _ in range(5)]
    overtaken = customers[2]
    elsewhere = await decided(overtaken, "elsewhere")
    log = HeldUpLog(monkeypatch)
    blocking = asyncio.create_task(blocker.record(updated(ZIP, "zipcode", "0")))
    await log.is_writing.wait()
    requests = [asyncio.create_task(record_at_start(customer)) for customer in customers]
    await until_queued(2 * len(customers))
    await overtaken.insert_events_only(elsewhere.events)

    log.release()
    answers = await asyncio.gather(*requests, return_exceptions=True)
    await blocking

    assert log.groups[:2] == [1, len(customers)]
    refused = answers.pop(2)
    assert isinstance(refused, Refused)
    assert [problem.code for problem in refused.problems] == [ProblemCode.SEQUENCE_CONFLICT]
    assert await client_ids(overtaken) == ["d-elsewhere"]
    for customer, answer in zip(customers[:2] + customers[3:], answers, strict=True):
        assert isinstance(answer, Recorded)
        assert [result.event for result in answer.results] == (await customer.events())[1:]
    for customer in customers:
        assert await find_session_problems(customer.session_id) == ()


async def record_at_start(customer: Customer) -> Recorded:
    """Record two events on the condition that nothing else was recorded yet."""
    events = tuple(
        customer.place.command(updated(ZIP, "zipcode", value), value) for value in ("1", "2")
    )
    return await record_events(
        RecordEvents(booking_session_id=customer.session_id, expected_sequence=1, events=events),
        organization_id=customer.place.organization_id,
        now=LATER,
    )
