"""Random histories of one session: retries, two server processes, faults at every point.

After each step, whatever happened in it: the stream is gapless, holds every acknowledged event once
and none that was not sent, keeps batches whole, and is what the snapshot says.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.documents.driver import disconnect, new_id
from app.documents.registry import connect_documents
from app.domain.booking_session.audit import FindingKind
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.derive import derive
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.state import is_active, is_completed
from app.domain.refusal import Refused
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.booking_sessions.event_log import EventLogFull
from app.services.booking_sessions.history import load_history
from app.services.booking_sessions.verification import find_session_problems
from tests.domain.booking_session.builders import (
    NO_STEP,
    REPAIR_PATH,
    SERVICE,
    THROUGH_SUMMARY,
    ZIP,
    completed,
    entered,
    updated,
    went_back,
)
from tests.services.booking_sessions.builders import LATER, Customer, Place, a_customer, a_place
from tests.services.booking_sessions.server_processes import (
    Fault,
    ServerProcess,
    Unavailable,
    play_processes,
    strike,
)

SETTINGS = settings(
    max_examples=30,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
inputs = st.sampled_from([updated(ZIP, "zipcode", value) for value in ("01963", "01901", "0")])
commands = st.sampled_from(
    [
        completed(ZIP, zipcode="01963"),
        completed(ZIP, zipcode="99999"),
        entered(SERVICE),
        *REPAIR_PATH,
        completed(SERVICE),
        went_back(ZIP, SERVICE),
        updated(NO_STEP, "zipcode", "01963"),
    ]
)
batches = st.one_of(
    st.lists(inputs, min_size=1, max_size=4),
    st.lists(inputs | commands, min_size=1, max_size=3),
).map(tuple)
faults = st.sampled_from([Fault.NONE, Fault.NONE, *Fault])
process_numbers = st.integers(0, 1)
now_and_then = st.integers(0, 5).map(lambda number: number == 0)


@dataclass(eq=False)
class Sent:
    """A batch as a client keeps it to send it again, and what is known of it.

    `new_ids` are those of its client event ids that no batch before it had.
    """

    commands: Sequence[SessionCommand]
    ids: Sequence[str]
    new_ids: Sequence[str]
    is_acknowledged: bool = False
    may_be_stored: bool = False


class SessionHistories(RuleBasedStateMachine):
    """One session, written to by two server processes."""

    run: ClassVar[Any]
    place: ClassVar[Place]

    @initialize(opening=st.sampled_from([(), THROUGH_SUMMARY]))
    def start(self, opening: tuple[SessionCommand, ...]) -> None:
        self.processes = (ServerProcess(), ServerProcess())
        self.sent: list[Sent] = []
        self.acknowledged: dict[str, BookingSessionEvent] = {}
        self.seen: list[BookingSessionEvent] = []
        self.customer = self.run(self.begin(opening))

    async def begin(self, opening: Sequence[SessionCommand]) -> Customer:
        strike(self.processes[0], Fault.NONE)
        customer = await a_customer(place=self.place)
        self.customer = customer
        if opening:
            await self.send(self.new_batch(opening), 0, Fault.NONE)
        return customer

    def new_batch(self, commands: Sequence[SessionCommand]) -> Sent:
        ids = [new_id() for _ in commands]
        batch = Sent(commands, ids, ids)
        self.sent.append(batch)
        return batch

    @rule(commands=batches, number=process_numbers, fault=faults)
    def record(self, commands: Sequence[SessionCommand], number: int, fault: Fault) -> None:
        self.run(self.send(self.new_batch(commands), number, fault))

    @rule(data=st.data(), number=process_numbers, fault=faults)
    def record_again(self, data: st.DataObject, number: int, fault: Fault) -> None:
        if self.sent:
            batch = data.draw(st.sampled_from(self.sent))
            self.run(self.send(batch, number, fault))

    @rule(first=batches, second=batches, fault=faults)
    def record_from_both_at_once(
        self, first: Sequence[SessionCommand], second: Sequence[SessionCommand], fault: Fault
    ) -> None:
        one, other = self.new_batch(first), self.new_batch(second)
        self.run(gather(self.send(one, 0, fault), self.send(other, 1, Fault.NONE)))

    @rule(commands=batches, fault=faults)
    def record_the_same_from_both_at_once(
        self, commands: Sequence[SessionCommand], fault: Fault
    ) -> None:
        batch = self.new_batch(commands)
        self.run(gather(self.send(batch, 0, fault), self.send(batch, 1, Fault.NONE)))

    @rule(number=process_numbers, commands=batches)
    def reuse_an_id_for_something_else(
        self, number: int, commands: Sequence[SessionCommand]
    ) -> None:
        taken = next(iter(self.acknowledged), None)
        if taken is None:
            return
        ids = [*(new_id() for _ in commands), taken]
        other = (*commands, updated(ZIP, "zipcode", f"not {taken}"))
        problems = self.run(self.attempt(number, Fault.NONE, self.customer.record(*other, ids=ids)))
        # Nothing of it is stored: these ids are not among those sent.
        assert isinstance(problems, Refused)

    @rule(number=process_numbers, fault=faults, is_time=now_and_then)
    def abandon(self, number: int, fault: Fault, *, is_time: bool) -> None:
        if not is_time:
            return
        command = AbandonSession(booking_session_id=self.customer.session_id)
        organization_id = self.place.organization_id
        self.run(
            self.attempt(
                number,
                fault,
                abandon_session(command, organization_id=organization_id, now=LATER),
            )
        )

    @rule(number=process_numbers, fault=faults, is_time=now_and_then)
    def complete(self, number: int, fault: Fault, *, is_time: bool) -> None:
        if is_time:
            self.run(self.attempt(number, fault, self.customer.complete()))

    async def attempt(self, number: int, fault: Fault, request: Awaitable[Any]) -> Any:
        """Return what a process answers, or why it does not."""
        strike(self.processes[number], fault)
        try:
            return await request
        except (Refused, EventLogFull, Unavailable) as error:
            return error

    async def send(self, batch: Sent, number: int, fault: Fault) -> None:
        request = self.customer.record(*batch.commands, ids=batch.ids)
        match await self.attempt(number, fault, request):
            case Unavailable():
                batch.may_be_stored |= fault is not Fault.NOT_STORED
            case Refused() | EventLogFull():
                pass
            case recorded:
                batch.is_acknowledged = batch.may_be_stored = True
                for result in recorded.results:
                    event = self.acknowledged.setdefault(result.client_event_id, result.event)
                    assert event == result.event

    @invariant()
    def every_promise_holds(self) -> None:
        self.run(self.check())

    async def check(self) -> None:
        strike(ServerProcess(), Fault.NONE)
        touched = await load_history(self.place.organization_id, self.customer.session_id)
        events = await self.customer.events()
        ids = [event.client_event_id for event in events if event.client_event_id]
        by_id = {event.client_event_id: event for event in events}

        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        assert len(set(ids)) == len(ids)
        assert {id_: by_id.get(id_) for id_ in self.acknowledged} == self.acknowledged
        for batch in self.sent:
            stored = [id_ in by_id for id_ in batch.new_ids]
            assert all(stored) or not any(stored)
            assert batch.may_be_stored or not any(stored)
        assert set(ids) <= {id_ for batch in self.sent for id_ in batch.new_ids}

        state = derive(events)
        assert touched is not None
        assert touched.state == state
        assert (await self.customer.stored()).to_state() == state
        findings = await find_session_problems(self.customer.session_id)
        # A completion that was not acknowledged makes its booking when it is asked for again.
        assert {found.kind for found in findings} <= {FindingKind.BOOKING_MISSING}

        assert events[: len(self.seen)] == self.seen
        was_closed = bool(self.seen) and not is_active(derive(self.seen))
        assert not was_closed or events == self.seen
        self.seen = events

    def teardown(self) -> None:
        self.run(self.finish())

    async def finish(self) -> None:
        """Ask for the booking again, as a client does: then not even that is missing."""
        if self.seen and is_completed(derive(self.seen)):
            await self.attempt(0, Fault.NONE, self.customer.complete())
            assert await find_session_problems(self.customer.session_id) == ()


async def gather(*awaitables: Awaitable[None]) -> None:
    await asyncio.gather(*awaitables)


@pytest.fixture
def runner(database_uri: str) -> Iterator[asyncio.Runner]:
    """Runs the steps of the machine, which is synchronous, on a database of its own."""
    with asyncio.Runner() as runner:
        runner.run(connect_documents(database_uri, database_name=f"test_{uuid.uuid4().hex}"))
        yield runner
        runner.run(disconnect())


def test_every_history_keeps_the_promises(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_processes(monkeypatch)
    SessionHistories.run = runner.run
    SessionHistories.place = place = runner.run(a_place())
    place.step_ids[NO_STEP] = NO_STEP

    run_state_machine_as_test(SessionHistories, settings=SETTINGS)
