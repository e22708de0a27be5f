"""Handing out events as they are recorded."""

import pytest

from app.documents.booking_session_event import BookingSessionEventDocument, RecordedEvent
from app.documents.driver import CommandCounter, Database
from app.services.booking_sessions import live_events
from app.services.booking_sessions.live_events import EndReason, LiveEvents, LiveEventsEnded, Wanted
from app.services.booking_sessions.whole_batches import EventsMissing, WholeBatches
from tests.domain.booking_session.builders import ZIP, entered, failed, record, start
from tests.services.booking_sessions.builders import Customer, a_customer

pytestmark = pytest.mark.usefixtures("database")


def of_organization(customer: Customer) -> Wanted:
    return Wanted(organization_id=customer.place.organization_id)


async def test_subscribers_share_one_change_stream(command_counter: CommandCounter) -> None:
    customer = await a_customer()
    live = LiveEvents()
    with command_counter.counting() as commands:
        async with (
            live.subscribe(of_organization(customer)) as one,
            live.subscribe(of_organization(customer)) as another,
        ):
            await customer.record(entered(ZIP))
            received = [await subscriber.next_event() for subscriber in (one, another)]
    await live.close()

    assert [recorded.event.sequence for recorded in received] == [2, 2]
    assert commands.count("aggregate booking_session_events") == 1


async def test_stream_is_opened_again_after_the_last_subscriber_left() -> None:
    customer = await a_customer()
    live = LiveEvents()
    for sequence in (2, 3):
        async with live.subscribe(of_organization(customer)) as subscriber:
            await customer.record(entered(ZIP))
            assert (await subscriber.next_event()).event.sequence == sequence
    await live.close()


async def test_slow_subscriber_is_cut_off_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_events, "MAX_BUFFERED_EVENTS", 3)
    customer = await a_customer()
    live = LiveEvents()
    async with (
        live.subscribe(of_organization(customer)) as slow,
        live.subscribe(of_organization(customer)) as quick,
    ):
        for sequence in range(2, 6):
            await customer.record(entered(ZIP))
            assert (await quick.next_event()).event.sequence == sequence

        with pytest.raises(LiveEventsEnded) as ended:
            await slow.next_event()
    await live.close()

    assert ended.value.reason is EndReason.TOO_SLOW


async def test_subscribers_are_told_when_the_stream_fails_and_may_come_back(
    database: Database,
) -> None:
    customer = await a_customer()
    live = LiveEvents()
    async with live.subscribe(of_organization(customer)) as subscriber:
        await customer.record(entered(ZIP))
        await BookingSessionEventDocument.get_motor_collection().insert_one(
            {"_id": "no event", "booking_session_id": "none", "sequence": 1}
        )
        before = await subscriber.next_event()
        with pytest.raises(LiveEventsEnded) as ended:
            await subscriber.next_event()
    async with live.subscribe(of_organization(customer)) as again:
        await customer.record(entered(ZIP))
        after = await again.next_event()
    await live.close()

    assert (before.event.sequence, ended.value.reason) == (2, EndReason.LOST)
    assert after.event.sequence == 3


async def test_closing_ends_subscribers_and_refuses_new_ones() -> None:
    live = LiveEvents()
    async with live.subscribe(Wanted(organization_id="a")) as subscriber:
        live.end()
        with pytest.raises(LiveEventsEnded, match=EndReason.CLOSING.value):
            await subscriber.next_event()
    with pytest.raises(LiveEventsEnded, match=EndReason.CLOSING.value):
        async with live.subscribe(Wanted(organization_id="a")):
            pass
    await live.close()


def a_batch(size: int) -> list[RecordedEvent]:
    """Return the events 2, 3, … of a session, stored as one batch."""
    decision = record(start().state, *(failed(ZIP, f"field{n}") for n in range(size)))
    return [
        RecordedEvent(event=event, organization_id="o", booking_session_id="s", booking_flow_id="f")
        for event in decision.events
    ]


def test_batch_is_passed_on_once_it_is_whole() -> None:
    batches = WholeBatches()
    events = a_batch(3)

    assert [batches.add(event) for event in events] == [(), (), tuple(events)]


def test_batch_that_was_cut_short_is_never_passed_on() -> None:
    batches = WholeBatches()
    cut_short, stored = a_batch(3)[:2], a_batch(2)

    passed = [batches.add(event) for event in (*cut_short, *stored)]

    assert passed == [(), (), (), tuple(stored)]


def test_event_that_was_never_seen_is_noticed() -> None:
    batches = WholeBatches()
    first, (_, later) = a_batch(1), a_batch(2)
    batches.add(first[0])
    later = RecordedEvent(
        event=later.event.model_copy(update={"sequence": 4}),
        organization_id="o",
        booking_session_id="s",
        booking_flow_id="f",
    )

    with pytest.raises(EventsMissing):
        batches.add(later)
