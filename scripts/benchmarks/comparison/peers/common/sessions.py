"""Recording events: the events first, then the session's snapshot, if its sequence still is the
one read. Unique indexes on (session, sequence) and (session, client event id) refuse the slower of
two writers, who then reads again.
"""

import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from credentials import Credential
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError

MAX_ATTEMPTS = 20
DUPLICATE_KEY = 11000
EVENT_VERSION = int(os.environ["EVENT_VERSION"])
"""The version of this kind of document, which is not the peers' to choose."""

FindStepIds = Callable[[AsyncDatabase, str], Awaitable[frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Command:
    """A change of a form field that a client asks for."""

    client_event_id: str
    step_id: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The session after a batch and the event of each command, or why it was refused."""

    session: dict[str, Any] | None = None
    results: list[dict[str, Any]] = field(default_factory=list)
    problem: tuple[str, str] | None = None


async def read_step_ids(db: AsyncDatabase, revision_id: str) -> frozenset[str]:
    """Return the steps of a revision."""
    revision = await db.booking_flow_revisions.find_one({"_id": revision_id}, {"steps.id": 1})
    return frozenset(step["id"] for step in revision["steps"])


async def record_events(
    db: AsyncDatabase,
    credential: Credential,
    session_id: str | None,
    commands: Sequence[Command],
    *,
    find_step_ids: FindStepIds = read_step_ids,
) -> Recorded:
    is_foreign = credential.session_id not in {None, session_id}
    if session_id is None or is_foreign:
        return Recorded(problem=("NOT_FOUND", "names nothing here"))
    query = {"_id": session_id, "organization_id": credential.organization_id}
    for _ in range(MAX_ATTEMPTS):
        session = await db.booking_sessions.find_one(query)
        if session is None:
            return Recorded(problem=("NOT_FOUND", "names nothing here"))
        recorded = await _try_to_record(db, session, commands, find_step_ids)
        if recorded is not None:
            return recorded
    return Recorded(problem=("SEQUENCE_CONFLICT", "other writers keep extending this session"))


async def _try_to_record(
    db: AsyncDatabase,
    session: dict[str, Any],
    commands: Sequence[Command],
    find_step_ids: FindStepIds,
) -> Recorded | None:
    if session["booking_outcome"]["status"] != "active":
        return Recorded(problem=("SESSION_CLOSED", "is closed"))
    step_ids = await find_step_ids(db, session["booking_flow_revision_id"])
    if any(command.step_id not in step_ids for command in commands):
        return Recorded(problem=("STEP_NOT_IN_FLOW", "names no step of the flow"))
    known = await _find_known(db, session["_id"], commands)
    fresh = [command for command in commands if command.client_event_id not in known]
    events = _create_events(session, fresh)
    changed = await _store(db, session, events) if events else session
    if changed is None:
        return None
    stored = {event["client_event_id"]: event for event in events}
    results = [
        {
            "client_event_id": command.client_event_id,
            "status": "duplicate" if command.client_event_id in known else "accepted",
            "event": known.get(command.client_event_id) or stored[command.client_event_id],
        }
        for command in commands
    ]
    return Recorded(session=changed, results=results)


async def _find_known(
    db: AsyncDatabase, session_id: str, commands: Sequence[Command]
) -> dict[str, dict[str, Any]]:
    client_event_ids = [command.client_event_id for command in commands]
    query = {"booking_session_id": session_id, "client_event_id": {"$in": client_event_ids}}
    found = await db.booking_session_events.find(query).to_list()
    return {event["client_event_id"]: event for event in found}


def _create_events(session: Mapping[str, Any], commands: Sequence[Command]) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    now = max(now, session["current_state"]["last_activity_at"])
    event_ids = [str(ObjectId()) for _ in commands]
    return [
        {
            "_id": event_ids[index],
            "organization_id": session["organization_id"],
            "booking_session_id": session["_id"],
            "booking_flow_id": session["booking_flow_id"],
            "client_event_id": command.client_event_id,
            "sequence": session["sequence"] + 1 + index,
            "event_type": "field_updated",
            "timestamp": now,
            "client_timestamp": None,
            "occurred_at": now,
            "step_id": command.step_id,
            "data": command.data,
            "content_hash": _hash({"data": command.data, "step_id": command.step_id}),
            "batch_id": event_ids[0],
            "batch_end": session["sequence"] + len(commands),
            "schema_version": EVENT_VERSION,
        }
        for index, command in enumerate(commands)
    ]


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


async def _store(
    db: AsyncDatabase, session: dict[str, Any], events: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    """Return the session with the events, or None when another writer was faster."""
    try:
        await db.booking_session_events.insert_many(events)
    except BulkWriteError as error:
        if error.details["writeErrors"][0]["code"] != DUPLICATE_KEY:
            raise
        return None
    changes = _evolve(session, events)
    await db.booking_sessions.update_one(
        {"_id": session["_id"], "sequence": session["sequence"]}, {"$set": changes}
    )
    return {**session, **changes}


def _evolve(session: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    last, metrics, state = events[-1], session["metrics"], session["current_state"]
    form_data = dict(state["form_data"])
    for event in events:
        update = event["data"]
        values = form_data.get(event["step_id"], {})
        form_data[event["step_id"]] = {**values, update["field"]: update["value"]}
    kept = [*session["booking_session_event_ids"], *(event["_id"] for event in events)]
    limit = session["event_id_policy"]["limit"]
    lasted = last["timestamp"] - session["started_at"]
    return {
        "sequence": last["sequence"],
        "booking_session_event_ids": [kept[0], *kept[1 - limit :]] if len(kept) > limit else kept,
        "metrics": {
            **metrics,
            "duration_ms": round(lasted.total_seconds() * 1000),
            "event_count": last["sequence"],
            "field_update_count": metrics["field_update_count"] + len(events),
        },
        "current_state": {
            **state,
            "form_data": form_data,
            "last_event_id": last["_id"],
            "last_activity_at": last["timestamp"],
            "last_occurred_at": last["occurred_at"],
        },
        "updated_at": last["timestamp"],
    }
