"""What one more event costs does not depend on how many the session has."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from app.documents.booking_session import BookingSession
from app.documents.driver import (
    CommandCounter,
    CommandStartedEvent,
    CommandSucceededEvent,
    current_database,
    disconnect,
    new_id,
)
from app.documents.registry import connect_documents
from app.documents.session_snapshot import SnapshotUpdate
from app.domain.booking_session.derive import derive
from app.services.booking_sessions import history
from tests.domain.booking_session.builders import DETAILS, THROUGH_SERVICE, entered, updated
from tests.services.booking_sessions.builders import LATER, Customer, a_customer

LENGTHS = (10, 1_000, 10_000)
EVENTS_PER_COMMAND = 500


class Reads(CommandCounter):
    """Keeps what is looked for, and counts what is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.finds: list[tuple[str, dict[str, Any]]] = []
        self.returned_count = 0

    def started(self, event: CommandStartedEvent) -> None:
        super().started(event)
        if event.command_name == "find":
            self.finds.append((event.command["find"], event.command["filter"]))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        if event.command_name in {"find", "getMore"}:
            batch = event.reply["cursor"]
            self.returned_count += len(batch.get("firstBatch", batch.get("nextBatch", [])))


@dataclass
class Cost:
    """What one request cost the database."""

    commands: list[str]
    returned_count: int
    examined_count: int
    indexes: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reads(database_uri: str) -> AsyncIterator[Reads]:
    reads = Reads()
    await connect_documents(
        database_uri, database_name=f"test_{uuid.uuid4().hex}", listeners=[reads]
    )
    yield reads
    await disconnect()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def customers(reads: Reads) -> list[Customer]:
    """Customers whose sessions have so many events, each a little more with every test."""
    return [await a_session_of(length) for length in LENGTHS]


async def a_session_of(length: int) -> Customer:
    """Return an active session with so many events, and a snapshot of all of them."""
    customer = await a_customer(*THROUGH_SERVICE, entered(DETAILS))
    await customer.record(updated(DETAILS, "property", "house"))
    events = await customer.events()
    news = []
    for sequence in range(len(events) + 1, length + 1):
        event_id = new_id()
        own = {"id": event_id, "client_event_id": event_id, "batch_id": event_id}
        place = {"sequence": sequence, "batch_end": sequence}
        news.append(events[-1].model_copy(update={**own, **place}))
    for start in range(0, len(news), EVENTS_PER_COMMAND):
        await customer.insert_events_only(news[start : start + EVENTS_PER_COMMAND])
    state = derive([*events, *news])
    update = SnapshotUpdate(customer.session_id, state, (news[-1].id,), now=LATER)
    await BookingSession.save_snapshots([update])
    return customer


async def cost_of_one_more(customer: Customer, reads: Reads, *ids: str) -> Cost:
    await customer.record(updated(DETAILS, "property", "flat"), ids=ids or None)
    reads.finds, reads.returned_count = [], 0
    with reads.counting() as commands:
        await customer.record(updated(DETAILS, "property", "flat"), ids=ids or None)
    cost = Cost(commands=list(commands), returned_count=reads.returned_count, examined_count=0)
    for collection, query in list(reads.finds):
        plan = await current_database()[collection].find(query).explain()
        cost.examined_count += plan["executionStats"]["totalDocsExamined"]
        cost.indexes.append(plan["queryPlanner"]["winningPlan"]["inputStage"]["indexName"])
    return cost


async def test_appending_costs_the_same_however_many_events_there_are(
    customers: list[Customer], reads: Reads
) -> None:
    costs = [await cost_of_one_more(customer, reads) for customer in customers]

    written = ["insert booking_session_events", "update booking_sessions"]
    assert costs == [Cost(commands=written, returned_count=0, examined_count=0)] * len(LENGTHS)


async def test_appending_in_a_process_new_to_the_session_costs_the_same_however_many_there_are(
    customers: list[Customer], reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "keep_history", lambda *_, **__: None)

    costs = [await cost_of_one_more(customer, reads) for customer in customers]

    commands = [
        "find booking_sessions",
        "find booking_session_events",
        "find booking_session_events",
        "insert booking_session_events",
        "update booking_sessions",
    ]
    # The session is all that is read. Of events only the one stored by now is looked at.
    assert costs == [
        Cost(
            commands=commands,
            returned_count=1,
            examined_count=1 + 2,
            indexes=["_id_", "session_client_event_id", "session_sequence"],
        )
    ] * len(LENGTHS)


async def test_events_sent_again_cost_the_same_however_many_there_are(
    customers: list[Customer], reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "keep_history", lambda *_, **__: None)

    costs = [await cost_of_one_more(customer, reads, "sent-again") for customer in customers]

    assert [(cost.returned_count, cost.examined_count) for cost in costs] == [(2, 2)] * len(LENGTHS)
