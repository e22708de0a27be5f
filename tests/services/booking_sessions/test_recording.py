"""Recording while others write, and after processes died in the middle of it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument, EventBatch
from app.documents.driver import Database, new_id
from app.documents.session_snapshot import SnapshotUpdate
from app.domain.booking_session.batch import decide_batch
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.derive import derive
from app.domain.booking_session.duplicates import number_commands
from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.booking_session.lifecycle import decide_abandonment
from app.domain.booking_session.state import is_abandoned
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.services.booking_sessions import event_log, history
from app.services.booking_sessions.history import load_history
from app.services.booking_sessions.record import EventStatus
from app.services.booking_sessions.verification import find_session_problems
from tests.domain.booking_session.builders import CHECKS, SERVICE, ZIP, completed, entered, updated
from tests.services.booking_sessions.builders import LATER, Customer, a_customer

pytestmark = pytest.mark.usefixtures("database")

WRITERS = 30


async def decided(customer: Customer, *values: str) -> Decision:
    """Return the decision of a writer who has read the session and not yet stored anything."""
    loaded = await load_history(customer.place.organization_id, customer.session_id)
    assert loaded is not None
    commands = [
        customer.place.command(updated(ZIP, "zipcode", value), f"d-{value}") for value in values
    ]
    decision = decide_batch(
        loaded.state,
        number_commands(commands),
        given=Circumstances(flow=customer.place.flow, now=LATER, checks=CHECKS),
        event_ids=[new_id() for _ in commands],
    )
    assert isinstance(decision, Decision)
    return decision


async def patiently(customer: Customer, value: str, ids: list[str]) -> None:
    """Send a batch as a client does: again until it is acknowledged, and once more after that."""
    commands = [updated(ZIP, "zipcode", f"{value}-{id_}") for id_ in ids]
    acknowledged = 0
    while acknowledged < 2:
        try:
            await customer.record(*commands, ids=ids)
        except Refused as refused:
            if codes(refused) != [ProblemCode.SEQUENCE_CONFLICT]:
                raise
            await asyncio.sleep(0.01)
        else:
            acknowledged += 1


def codes(refused: Refused) -> list[ProblemCode]:
    return [problem.code for problem in refused.problems]


@pytest.mark.usefixtures("processes")
async def test_thirty_writers_leave_one_gapless_stream_with_every_event_once() -> None:
    customer = await a_customer()
    # Ten batches, each sent by three writers at once, three times over with retries.
    batches = [[f"{n}-{m}" for m in range(1 + n % 4)] for n in range(WRITERS // 3)]

    await asyncio.gather(*(patiently(customer, "same", ids) for ids in batches for _ in range(3)))

    events = await customer.events()
    sent = [client_event_id for ids in batches for client_event_id in ids]
    assert [event.sequence for event in events] == list(range(1, len(sent) + 2))
    assert sorted(event.client_event_id or "" for event in events[1:]) == sorted(sent)
    order = [event.client_event_id for event in events]
    starts = [order.index(ids[0]) for ids in batches]
    runs = [order[at : at + len(ids)] for at, ids in zip(starts, batches, strict=True)]
    assert runs == batches
    assert (await customer.stored()).to_state() == derive(events)
    assert await find_session_problems(customer.session_id) == ()


@pytest.mark.usefixtures("processes")
async def test_batches_that_share_an_event_store_it_once_and_keep_the_rest_together() -> None:
    customer = await a_customer()
    batches = [["shared", f"{n}-1", f"{n}-2"] for n in range(5)]

    await asyncio.gather(*(patiently(customer, "same", ids) for ids in batches))

    order = [event.client_event_id for event in (await customer.events())[1:]]
    assert sorted(map(str, order)) == sorted({id_ for ids in batches for id_ in ids})
    for _, second, third in batches:
        assert order.index(third) == order.index(second) + 1


async def test_snapshot_that_a_crash_left_behind_is_brought_up_by_the_next_reader() -> None:
    customer = await a_customer()
    decision = await decided(customer, "01963", "01901")
    await customer.insert_events_only(decision.events)
    assert (await customer.stored()).sequence == 1

    loaded = await load_history(customer.place.organization_id, customer.session_id)

    assert loaded is not None
    assert loaded.state == decision.state
    assert (await customer.stored()).to_state() == decision.state
    assert await find_session_problems(customer.session_id) == ()


async def test_writer_goes_on_where_the_crash_left_the_events() -> None:
    customer = await a_customer()
    await customer.insert_events_only((await decided(customer, "01963", "01901")).events)

    recorded = await customer.record(completed(ZIP, zipcode="01963"))

    assert recorded.session.state.sequence == 4
    assert (await customer.stored()).to_state() == derive(await customer.events())


async def test_lost_snapshot_of_an_abandoned_session_is_brought_up_though_it_takes_no_events() -> (
    None
):
    customer = await a_customer()
    stored = await customer.stored()
    end = decide_abandonment(
        stored.to_state(), reason=AbandonmentReason.CUSTOMER, event_id=new_id(), now=LATER
    )
    assert isinstance(end, Decision)
    await customer.insert_events_only(end.events)

    with pytest.raises(Refused):
        await customer.record(updated(ZIP, "zipcode", "01963"))

    assert is_abandoned((await customer.stored()).to_state())


async def test_retry_after_a_lost_snapshot_is_answered_with_what_was_stored() -> None:
    customer = await a_customer()
    decision = await decided(customer, "01963")
    await customer.insert_events_only(decision.events)

    recorded = await customer.record(updated(ZIP, "zipcode", "01963"), ids=["d-01963"])

    assert [(result.status, result.event.id) for result in recorded.results] == [
        (EventStatus.DUPLICATE, decision.events[0].id)
    ]
    assert len(await customer.events()) == 2


async def test_batch_cut_short_is_removed_and_its_events_can_be_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "SECONDS_BETWEEN_LOOKS", 0.001)
    customer = await a_customer()
    decision = await decided(customer, "a", "b", "c")
    await customer.insert_events_only(decision.events[:2])

    recorded = await customer.record(updated(ZIP, "zipcode", "a"), ids=["d-a"])

    assert [result.status for result in recorded.results] == [EventStatus.ACCEPTED]
    assert [event.client_event_id for event in await customer.events()] == [None, "d-a"]
    assert await find_session_problems(customer.session_id) == ()


async def test_batch_cut_short_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SECONDS_BETWEEN_LOOKS", 0.001)
    customer = await a_customer(updated(ZIP, "zipcode", "before"))
    whole = (await customer.stored()).to_state()
    await customer.insert_events_only((await decided(customer, "a", "b")).events[:1])

    loaded = await load_history(customer.place.organization_id, customer.session_id)

    assert loaded is not None
    assert loaded.state == whole


async def test_batch_still_being_stored_is_waited_for_and_not_removed() -> None:
    customer = await a_customer()
    decision = await decided(customer, "a", "b", "c")
    await customer.insert_events_only(decision.events[:1])
    reader = asyncio.create_task(load_history(customer.place.organization_id, customer.session_id))
    # Slower than anyone waits for a batch that stands still, but it never stands still.
    for event in decision.events[1:]:
        await asyncio.sleep(event_log.SECONDS_TO_FINISH_A_BATCH * 0.7)
        await customer.insert_events_only([event])

    loaded = await reader

    assert loaded is not None
    assert loaded.state == decision.state


async def test_slow_batch_that_others_gave_up_half_way_is_stored_anew_before_it_is_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_log, "SECONDS_TO_FINISH_A_BATCH", 0)
    append_batches = BookingSessionEventDocument.append_batches
    given_up: list[str] = []

    async def append_but_lose_the_first(batches: Sequence[EventBatch]) -> frozenset[int]:
        lost = await append_batches(batches)
        if not given_up:
            given_up.append(batches[0].events[0].id)
            await BookingSessionEventDocument.remove_unacknowledged(given_up)
        return lost

    customer = await a_customer()
    monkeypatch.setattr(BookingSessionEventDocument, "append_batches", append_but_lose_the_first)

    recorded = await customer.record(updated(ZIP, "zipcode", "a"), updated(ZIP, "zipcode", "b"))

    assert [result.event for result in recorded.results] == (await customer.events())[1:]
    assert await find_session_problems(customer.session_id) == ()


async def test_what_another_process_stored_is_built_upon_though_this_one_remembers_less() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "here"))
    elsewhere = decide_batch(
        (await customer.stored()).to_state(),
        number_commands([customer.place.command(completed(ZIP, zipcode="01963"), "elsewhere")]),
        given=Circumstances(flow=customer.place.flow, now=LATER, checks=CHECKS),
        event_ids=[new_id()],
    )
    assert isinstance(elsewhere, Decision)
    await customer.insert_events_only(elsewhere.events)

    # Only the completion stored elsewhere allows this step to be entered.
    recorded = await customer.record(entered(SERVICE))
    again = await customer.record(completed(ZIP, zipcode="01963"), ids=["elsewhere"])

    assert recorded.results[0].event.sequence == 4
    assert [(result.status, result.event.sequence) for result in again.results] == [
        (EventStatus.DUPLICATE, 3)
    ]
    assert await find_session_problems(customer.session_id) == ()


async def test_session_closed_by_another_process_takes_nothing_here_either() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "here"))
    end = decide_abandonment(
        (await customer.stored()).to_state(),
        reason=AbandonmentReason.TIMEOUT,
        event_id=new_id(),
        now=LATER,
    )
    assert isinstance(end, Decision)
    await customer.insert_events_only(end.events)

    with pytest.raises(Refused) as refused:
        await customer.record(updated(ZIP, "zipcode", "late"))

    assert codes(refused.value) == [ProblemCode.SESSION_CLOSED]
    assert len(await customer.events()) == 3


async def test_snapshot_of_a_slow_writer_does_not_replace_a_newer_one() -> None:
    customer = await a_customer()
    older = await decided(customer, "a")
    await customer.insert_events_only(older.events)
    await customer.record(updated(ZIP, "zipcode", "b"))
    newer = await customer.stored()

    await BookingSession.save_snapshots(
        [SnapshotUpdate(customer.session_id, older.state, event_ids=(), now=LATER)]
    )

    assert await customer.stored() == newer


async def test_server_time_never_runs_backwards_between_servers() -> None:
    customer = await a_customer()
    await customer.record(updated(ZIP, "zipcode", "a"), now=LATER)

    await customer.record(updated(ZIP, "zipcode", "b"), now=LATER - timedelta(seconds=30))

    timestamps = [event.timestamp for event in await customer.events()]
    assert timestamps == sorted(timestamps)
    assert await find_session_problems(customer.session_id) == ()


async def test_events_of_a_session_name_its_organization_and_flow(database: Database) -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "a"))

    stored = await BookingSessionEventDocument.find(
        {
            "organization_id": customer.place.organization_id,
            "booking_flow_id": customer.place.flow.flow.booking_flow_id,
            "event_type": BookingSessionEventType.FIELD_UPDATED.value,
        }
    ).to_list()

    assert [event.booking_session_id for event in stored] == [customer.session_id]
