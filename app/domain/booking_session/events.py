"""An event of a booking session, and how stored ones of any version are read."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.booking_session.event_types import BookingSessionEventData, BookingSessionEventType
from app.domain.instants import Instant
from app.domain.values import EntityId, Value

SCHEMA_VERSION = 3

SERVER_MARK = "\0"
"""Begins the stored client event id of an event that no client sent; no client can send it."""

UPCASTERS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    # Events of version 1 do not know their batch, only where it ends.
    1: lambda content: {"batch_id": None, **content},
    # Events of version 2 that no client sent may be stored without any client event id.
    2: lambda content: content,
}
"""For each version but the current one, how its documents become those of the next version."""


class BookingSessionEvent(Value):
    """Something that happened in a session; never changed afterwards.

    `sequence` counts from 1 without gaps and is the order. `timestamp` is the server's clock and
    never runs backwards within a session; `client_timestamp` is what the device claimed, and
    `occurred_at` the best guess made of the two (see `clocks`). `step_id` is the step it happened
    on, the current one for the end of a session. `batch_end` is the sequence of the last event
    stored together with this one, `batch_id` the id of the first. `content_hash` covers what the
    client sent.
    """

    id: EntityId
    client_event_id: str | None = None
    sequence: int
    event_type: BookingSessionEventType
    timestamp: Instant
    client_timestamp: Instant | None = None
    occurred_at: Instant
    step_id: EntityId
    data: BookingSessionEventData
    content_hash: str | None = None
    batch_end: int
    batch_id: EntityId | None = None
    schema_version: int = SCHEMA_VERSION


def event_from_document(document: Mapping[str, Any]) -> BookingSessionEvent:
    """Return the event a stored document holds, whatever version wrote it.

    A document without a version is of the first. Unknown fields are passed over, so that a reader
    survives events of a newer version that only added some. ValidationError when it is no event.
    """
    content: dict[str, Any] = {"schema_version": 1, **document}
    if "_id" in content:
        content["id"] = str(content["_id"])
    if _is_mark(content.get("client_event_id")):
        content["client_event_id"] = None
    for version in range(content["schema_version"], SCHEMA_VERSION):
        content = {**UPCASTERS[version](content), "schema_version": version + 1}
    return BookingSessionEvent.model_validate(content)


def stored_client_event_id(client_event_id: str | None, *, sequence: int) -> str:
    """Return what is stored as the client event id: something of its own in every event.

    So a plain unique index over a session's client event ids is possible, in which every database
    can look them up.
    """
    return f"{SERVER_MARK}{sequence}" if client_event_id is None else client_event_id


def _is_mark(client_event_id: Any) -> bool:
    return isinstance(client_event_id, str) and client_event_id.startswith(SERVER_MARK)
