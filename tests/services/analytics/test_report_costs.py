"""What reports read from rollups does not grow with the sessions."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, timedelta
from typing import Any

import bson
import pytest
import pytest_asyncio

from app.documents.driver import CommandListener, Database, disconnect, new_id
from app.documents.registry import connect_documents
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.booking_session.context import Device, DeviceType, SessionContext, UtmParameters
from app.services.analytics.choices import load_lost_demand, load_vendor_outcome
from app.services.analytics.rollups import rebuild_rollups
from app.services.analytics.sessions import load_breakdown, load_overview, load_progression
from app.services.analytics.steps import load_field_statistics, load_funnel, load_step_counts
from app.services.booking_sessions.record import RecordEvents, record_events
from tests.domain.booking_session.builders import NOW, SERVICE, ZIP, completed, entered, updated
from tests.services.booking_sessions.builders import Place, a_customer, a_place

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
DAYS = 3
COMMANDS = (updated(ZIP, "zipcode", "01963"), completed(ZIP, zipcode="01963"), entered(SERVICE))


class Reads(CommandListener):
    """How many documents the database has returned, and how many bytes."""

    def __init__(self) -> None:
        self.documents = self.bytes = 0

    def started(self, event: Any) -> None:
        pass

    def succeeded(self, event: Any) -> None:
        cursor = event.reply.get("cursor") or {}
        documents = [*cursor.get("firstBatch", ()), *cursor.get("nextBatch", ())]
        self.documents += len(documents)
        self.bytes += sum(len(bson.encode(document)) for document in documents)

    def failed(self, event: Any) -> None:
        pass


reads = Reads()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(database_uri: str) -> AsyncIterator[Database]:
    name = f"test_{uuid.uuid4().hex}"
    yield await connect_documents(database_uri, database_name=name, listeners=[reads])
    await disconnect()


# A breakdown by campaign has a row for each campaign, and each session is of another one.
DIMENSIONS = sorted(set(BreakdownDimension) - {BreakdownDimension.UTM_CAMPAIGN})
REPORTS: dict[str, Callable[..., Awaitable[Any]]] = {
    "step abandonment": load_step_counts,
    "funnel": load_funnel,
    "field statistics": load_field_statistics,
    "progression": load_progression,
    "overview": load_overview,
    "lost demand": load_lost_demand,
    "vendor outcome": load_vendor_outcome,
    **{
        f"breakdown by {dimension.value}": lambda scope, dimension=dimension, **how: load_breakdown(
            scope, dimension, zone=UTC, **how
        )
        for dimension in DIMENSIONS
    },
}
FILTERS: dict[str, dict[str, Any]] = {
    "everything": {},
    "a device": {"device_type": DeviceType.MOBILE},
    "a source": {"utm_source": "google"},
    "a rule": {"routing_rule_id": new_id()},
}


async def customers_come(place: Place, *, on_each_day: int) -> None:
    """Let customers come on two devices who all differ in how long they take and in campaign."""
    for number in range(DAYS * on_each_day):
        now = NOW - (number % DAYS + 1) * DAY + (number % 4) * 0.25 * HOUR
        device = [DeviceType.MOBILE, DeviceType.DESKTOP][number // DAYS % 2]
        utm = UtmParameters(source="google", campaign=new_id())
        context = SessionContext(utm=utm, device=Device(type=device))
        customer = await a_customer(place=place, context=context, now=now)
        # In the same band, and no two alike.
        took = [8_193 + 3 * number, 40_961 + 17 * number, 41_961 + 18 * number]
        events = tuple(
            place.command(command, new_id()).model_copy(
                update={"client_timestamp": now + timedelta(milliseconds=milliseconds)}
            )
            for command, milliseconds in zip(COMMANDS, took, strict=True)
        )
        await record_events(
            RecordEvents(booking_session_id=customer.session_id, events=events),
            organization_id=place.organization_id,
            now=now + 60 * SECOND,
        )


async def measure(place: Place) -> dict[tuple[str, str], tuple[int, int]]:
    """Return the documents and bytes that each report reads for each filter."""
    async for _ in rebuild_rollups(place.organization_id, now=NOW + HOUR):
        pass
    costs = {}
    for asked, wanted in FILTERS.items():
        scope = ReportScope(
            organization_id=place.organization_id,
            # On the first and the last day from hours, on the others from days.
            created_from=NOW - DAYS * DAY,
            created_to=NOW - DAY + HOUR,
            **wanted,
        )
        for name, report in REPORTS.items():
            reads.documents = reads.bytes = 0
            await report(scope, now=NOW + HOUR)
            costs[name, asked] = reads.documents, reads.bytes
    return costs


@pytest.mark.usefixtures("database")
async def test_reports_read_as_many_documents_whether_there_are_few_sessions_or_many() -> None:
    place = await a_place()
    await customers_come(place, on_each_day=4)
    few = await measure(place)
    await customers_come(place, on_each_day=36)
    many = await measure(place)

    assert {key: documents for key, (documents, _) in many.items()} == {
        key: documents for key, (documents, _) in few.items()
    }
    # Counts have more digits, and the two bands that are read hold ten times as many times.
    growth = {key: many[key][1] / few[key][1] for key in few}
    assert growth["funnel", "everything"] > 1
    assert {key: ratio for key, ratio in growth.items() if ratio > 1.4} == {}
