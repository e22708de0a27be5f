"""Batches of which only a part is stored, and parts of them that are stored late."""

import asyncio

import pytest

from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import new_id
from app.domain.booking_session.batches import barrier_after
from app.domain.booking_session.derive import derive
from app.domain.booking_session.events import BookingSessionEvent
from app.services.booking_sessions import history, verification
from app.services.booking_sessions.history import load_history
from app.services.booking_sessions.verification import find_session_problems, rebuild_sessions
from tests.domain.booking_session.builders import ZIP, updated
from tests.services.booking_sessions.builders import LATER, Customer, a_customer
from tests.services.booking_sessions.test_recording import decided

pytestmark = pytest.mark.usefixtures("database", "impatient")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that stands still is soon given up."""
    monkeypatch.setattr(history, "SECONDS_BETWEEN_LOOKS", 0.001)


async def another_batch(customer: Customer, size: int) -> tuple[BookingSessionEvent, ...]:
    """Return a batch that a writer has decided on and not yet stored."""
    return (await decided(customer, *(f"{size}-{n}" for n in range(size)))).events


async def client_ids(customer: Customer) -> list[str | None]:
    return [event.client_event_id for event in (await customer.events())[1:]]


async def assert_sound(customer: Customer) -> None:
    events = await customer.events()
    assert (await customer.stored()).to_state() == derive(events)
    assert await find_session_problems(customer.session_id) == ()


@pytest.mark.parametrize("taken", [1, 2, 3])
async def test_rest_of_a_batch_that_lands_when_others_gave_its_beginning_up_never_counts(
    taken: int,
) -> None:
    customer = await a_customer()
    slow = await another_batch(customer, 4)
    other = await another_batch(customer, taken)
    # The slow writer's beginning is given up, another batch takes its place, the rest lands.
    await customer.insert_events_only(other)
    await customer.insert_events_only(slow[taken:])

    recorded = await customer.record(updated(ZIP, "zipcode", "next"), ids=["next"])

    assert recorded.session.state.sequence == taken + 2
    others = [event.client_event_id for event in other]
    assert await client_ids(customer) == [*others, "next"]
    await assert_sound(customer)


async def test_halves_of_two_batches_are_no_whole_though_their_numbers_fit() -> None:
    customer = await a_customer()
    one, other = [await another_batch(customer, 4) for _ in range(2)]
    # Both writers died, one after landing its rest, one after its beginning.
    await customer.insert_events_only([*other[:2], *one[2:]])

    loaded = await load_history(customer.place.organization_id, customer.session_id)

    assert loaded is not None
    assert loaded.state.sequence == 1
    assert await client_ids(customer) == []
    await assert_sound(customer)


async def test_writer_whose_batch_is_being_given_up_cannot_store_more_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = await a_customer()
    slow = await another_batch(customer, 3)
    await customer.insert_events_only(slow[:1])
    remove = BookingSessionEventDocument.remove_unacknowledged
    landed: list[bool] = []

    async def remove_when_the_rest_has_landed(event_ids: list[str]) -> None:
        if not landed:
            landed.append(True)
            with pytest.raises(Exception, match="duplicate key"):
                await customer.insert_events_only(slow[1:])
        await remove(event_ids)

    monkeypatch.setattr(
        BookingSessionEventDocument, "remove_unacknowledged", remove_when_the_rest_has_landed
    )

    loaded = await load_history(customer.place.organization_id, customer.session_id)

    assert landed
    assert loaded is not None
    assert loaded.state.sequence == 1
    assert await client_ids(customer) == []


async def test_batch_that_becomes_whole_at_the_last_moment_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = await a_customer()
    slow = await another_batch(customer, 3)
    await customer.insert_events_only(slow[:1])
    append = BookingSessionEventDocument.append_batches
    landed: list[bool] = []

    async def append_after_the_rest(batches: object) -> frozenset[int]:
        if not landed:
            landed.append(True)
            await customer.insert_events_only(slow[1:])
        return await append(batches)  # type: ignore[arg-type]

    monkeypatch.setattr(BookingSessionEventDocument, "append_batches", append_after_the_rest)

    loaded = await load_history(customer.place.organization_id, customer.session_id)

    assert loaded is not None
    assert loaded.state.sequence == 4
    assert (await customer.events())[1:] == list(slow)


@pytest.mark.parametrize("removed", [0, 1, 2])
async def test_barrier_of_one_who_died_while_giving_up_is_removed_like_the_rest(
    removed: int,
) -> None:
    customer = await a_customer()
    slow = await another_batch(customer, 3)
    barrier = barrier_after(slow[1], event_id=new_id())
    await customer.insert_events_only([*slow[removed:2], barrier])

    recorded = await customer.record(updated(ZIP, "zipcode", "next"), ids=["next"])

    assert recorded.session.state.sequence == 2
    assert await client_ids(customer) == ["next"]
    await assert_sound(customer)


async def test_rest_without_its_beginning_is_removed_by_a_rebuild(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verification, "SECONDS_BEFORE_SECOND_LOOK", 0)
    customer = await a_customer()
    slow = await another_batch(customer, 3)
    await customer.insert_events_only(slow[1:])

    await rebuild_sessions(now=LATER, on_finding=lambda _: None)

    assert await client_ids(customer) == []
    await assert_sound(customer)


async def test_several_who_give_up_the_same_batch_do_not_harm_the_one_after_it() -> None:
    customer = await a_customer()
    await customer.insert_events_only((await another_batch(customer, 4))[:2])

    loads = (load_history(customer.place.organization_id, customer.session_id) for _ in range(8))
    loaded = await asyncio.gather(
        *loads, customer.record(updated(ZIP, "zipcode", "next"), ids=["next"])
    )

    assert len(loaded) == 9
    assert await client_ids(customer) == ["next"]
    await assert_sound(customer)
