"""What the documents of the demonstration weigh: the sizes that `simulate_scale.py` reckons with.

The demonstration organization is loaded into a database of its own with some hundred past visits,
its rollups are made, and every document is read back and weighed as BSON. An index entry is weighed
as the values it holds, without their names: a database that packs entries, as MongoDB does, needs
less.
"""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import current_database, disconnect, stored_bytes
from app.documents.in_memory_server import start_in_memory_server
from app.documents.registry import connect_documents
from app.domain.values import Value
from app.services.analytics.rollups import refresh_rollups
from app.services.demonstration import load_demonstration

MEASURED = Path(__file__).resolve().parent / "scale_measured.json"
COMMAND = "scripts/simulate_scale.py --measure"
VISITS = 400
EMPTY_BYTES = stored_bytes({})
RECORD_ID_BYTES = 8
"""An entry names its document by a number."""


class CollectionSize(Value):
    """What one collection holds: averages for each document."""

    name: str
    documents: int
    document_bytes: float
    index_entries: float
    index_bytes: float


class Measurement(Value):
    """What was measured, of one organization and some of its visits.

    `events_of_visits` are the visits by how many events they have.
    """

    command: str
    measured_on: str
    visits: int
    bookings: int
    rollup_days: int
    events_of_visits: dict[int, int]
    collections: tuple[CollectionSize, ...]

    @property
    def events_per_visit(self) -> float:
        """How many events a visit has on average."""
        events = sum(length * visits for length, visits in self.events_of_visits.items())
        return events / self.visits

    @property
    def visits_per_booking(self) -> float:
        """How many visits come to one that books."""
        return self.visits / self.bookings

    def size_of(self, collection: str) -> CollectionSize:
        """Return the collection's sizes; KeyError for one that nothing was found in."""
        for each in self.collections:
            if each.name == collection:
                return each
        raise KeyError(collection)


def read_measurement() -> Measurement:
    """Return what was measured last and is checked in."""
    return Measurement.model_validate_json(MEASURED.read_text())


def write_measurement(measurement: Measurement) -> None:
    """Keep a measurement beside the scripts."""
    MEASURED.write_text(json.dumps(measurement.model_dump(mode="json"), indent=1) + "\n")


def measure() -> Measurement:
    """Load the demonstration and return what its documents weigh; takes a minute."""
    with start_in_memory_server() as uri:
        return asyncio.run(_measure(uri))


async def _measure(uri: str) -> Measurement:
    now = datetime.now(UTC)
    await connect_documents(uri, database_name="scale")
    try:
        keys = await load_demonstration(now=now, report=lambda *_: None, visit_count=VISITS)
        async for _ in refresh_rollups(keys.organization_id, now=now):
            pass
        return Measurement(
            command=COMMAND,
            measured_on=f"{now:%Y-%m-%d}",
            visits=await BookingSession.count(),
            bookings=await Booking.count(),
            rollup_days=await _count_days(),
            events_of_visits=await _events_of_visits(),
            collections=await _weigh_all(),
        )
    finally:
        await disconnect()


async def _count_days() -> int:
    rollups = current_database()["analytics_rollups"]
    return int(await rollups.count_documents({"span": "day"}))


async def _events_of_visits() -> dict[int, int]:
    events = BookingSessionEventDocument.get_motor_collection()
    counts = Counter([raw["booking_session_id"] async for raw in events.find({})])
    return dict(sorted(Counter(counts.values()).items()))


async def _weigh_all() -> tuple[CollectionSize, ...]:
    names = await current_database().list_collection_names()
    sizes = [await _weigh(name) for name in sorted(names) if not name.startswith("system.")]
    return tuple(size for size in sizes if size.documents)


async def _weigh(name: str) -> CollectionSize:
    collection = current_database()[name]
    indexes = (await collection.index_information()).values()
    count = document_bytes = entries = index_bytes = 0
    async for record in collection.find({}):
        count += 1
        document_bytes += stored_bytes(record)
        for index in indexes:
            for entry in index_entries(record, index):
                entries += 1
                index_bytes += stored_bytes(entry) - EMPTY_BYTES + RECORD_ID_BYTES
    each = max(1, count)
    return CollectionSize(
        name=name,
        documents=count,
        document_bytes=round(document_bytes / each, 1),
        index_entries=round(entries / each, 2),
        index_bytes=round(index_bytes / each, 1),
    )


def index_entries(record: Mapping[str, Any], index: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries an index has of a record, as documents whose names weigh one byte.

    None in a sparse or partial index that leaves the record out, several where a value is a list.
    """
    fields = [field for field, _ in index["key"]]
    values = [_values_at(record, field.split(".")) for field in fields]
    if index.get("sparse") and all(found == (None,) for found in values):
        return
    if not _is_in(record, index.get("partialFilterExpression") or {}):
        return
    for combination in itertools.product(*values):
        yield {str(position): value for position, value in enumerate(combination)}


def _values_at(value: Any, path: list[str]) -> tuple[Any, ...]:
    if isinstance(value, list):
        found = [each for item in value for each in _values_at(item, path)]
        return tuple(found) or (None,)
    if not path:
        return (value,)
    return _values_at(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else (None,)


def _is_in(record: Mapping[str, Any], condition: Mapping[str, Any]) -> bool:
    for field, wanted in condition.items():
        [value] = _values_at(record, field.split("."))[:1]
        if wanted == {"$type": "string"}:
            if not isinstance(value, str):
                return False
        elif value != wanted:
            return False
    return True
