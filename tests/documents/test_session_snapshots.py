"""Storing the snapshots of many sessions with one statement."""

import pytest

from app.documents import booking_session
from app.documents.booking_session import BookingSession
from app.documents.driver import CommandCounter
from app.documents.session_snapshot import SnapshotUpdate
from app.domain.booking_session.state import SessionState
from tests.domain.booking_session.builders import ZIP, record, start, updated
from tests.services.booking_sessions.builders import LATER, Customer, a_customer, a_place

pytestmark = pytest.mark.usefixtures("database")


async def customers(count: int) -> list[Customer]:
    place = await a_place()
    return [await a_customer(place=place) for _ in range(count)]


async def later_state(customer: Customer, sequence: int, value: object = "01963") -> SessionState:
    state = (await customer.stored()).to_state()
    form_data = {customer.place.step_ids[ZIP]: {"zipcode": value}}
    current = state.current_state.model_copy(update={"form_data": form_data})
    return state.model_copy(update={"sequence": sequence, "current_state": current})


def update_of(customer: Customer, state: SessionState) -> SnapshotUpdate:
    return SnapshotUpdate(customer.session_id, state, event_ids=("e" * 24,), now=LATER)


async def test_each_session_gets_its_own_snapshot(command_counter: CommandCounter) -> None:
    group = await customers(7)
    states = [await later_state(each, 2 + number) for number, each in enumerate(group)]

    with command_counter.counting() as commands:
        await BookingSession.save_snapshots(
            [update_of(each, state) for each, state in zip(group, states, strict=True)]
        )

    assert commands == ["update booking_sessions"]
    stored = [await each.stored() for each in group]
    assert [each.to_state() for each in stored] == states
    assert {(tuple(each.booking_session_event_ids), each.updated_at) for each in stored} == {
        (("e" * 24,), LATER)
    }


async def test_newest_of_several_snapshots_of_a_session_stays() -> None:
    (customer,) = await customers(1)
    newest = await later_state(customer, 4)

    await BookingSession.save_snapshots(
        [update_of(customer, newest), update_of(customer, await later_state(customer, 3, "old"))]
    )
    await BookingSession.save_snapshots([update_of(customer, await later_state(customer, 4, "x"))])

    assert (await customer.stored()).to_state() == newest


@pytest.mark.parametrize(
    "value", ["$sequence", "$$ROOT", {"a.b": ["$x", {"": "$$new"}]}, None, [], 2**62, "\u2028"]
)
async def test_what_a_customer_entered_is_stored_as_it_is(value: object) -> None:
    (customer,) = await customers(1)
    state = await later_state(customer, 2, value)

    await BookingSession.save_snapshots([update_of(customer, state)])

    assert (await customer.stored()).to_state() == state


async def test_snapshots_too_large_for_one_command_are_stored_with_several(
    command_counter: CommandCounter,
) -> None:
    group = await customers(4)
    states = [await later_state(each, 2, "x" * 4_500_000) for each in group]

    with command_counter.counting() as commands:
        await BookingSession.save_snapshots(
            [update_of(each, state) for each, state in zip(group, states, strict=True)]
        )

    assert 2 <= len(commands) <= 6
    assert [(await each.stored()).to_state() for each in group] == states


async def test_many_snapshots_are_stored_some_with_a_command(
    command_counter: CommandCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking_session, "SNAPSHOTS_PER_COMMAND", 3)
    group = await customers(7)
    updates = [update_of(each, await later_state(each, 2)) for each in group]

    with command_counter.counting() as commands:
        await BookingSession.save_snapshots(updates)

    assert len(commands) == 3
    assert {(await each.stored()).sequence for each in group} == {2}


async def test_session_is_stored_with_the_fields_that_the_document_has() -> None:
    state = record(start().state, updated(ZIP, "zipcode", "01963")).state
    (customer,) = await customers(1)
    stored = await customer.stored()
    session = stored.model_copy(
        update={"id": "f" * 24, **{name: getattr(state, name) for name in type(state).model_fields}}
    )

    assert await BookingSession.insert_new([session]) == frozenset()

    raw = await BookingSession.find_raw("f" * 24)
    assert raw is not None
    assert raw.keys() == (await BookingSession.find_raw(stored.id) or {}).keys()
    assert await BookingSession.get("f" * 24) == session
