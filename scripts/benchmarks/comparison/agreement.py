"""Whether two servers answer the same and store the same, before anything is measured."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from pymongo.database import Database as MongoDatabase

from scripts.benchmarks.comparison.dataset import Dataset
from scripts.benchmarks.comparison.load_generator import COUNT, VALUE, Plan
from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.servers import RunningServer

OWN_VALUES = frozenset(
    {
        *("_id", "id", "lastEventId", "last_event_id", "booking_session_id", "bookingSessionId"),
        *("booking_session_event_ids", "batch_id", "content_hash", "durationMs", "duration_ms"),
        *("clientEventId", "client_event_id"),
    }
)
"""What is another value at each server, and each time: ids, digests and how long it took."""

SECONDS_TO_STORE = 5.0


class DisagreementError(Exception):
    """A server answers or stores something else than this one does."""


def ask(server: RunningServer, plan: Plan, *, number: int = 0) -> dict[str, Any]:
    """Return the answer to one request of a plan; a number beyond its last begins anew."""
    place = number % len(plan.values)
    body = plan.body.replace(VALUE, plan.values[place])
    body = body.replace(COUNT.decode(), f"{number:08}")
    headers = {"Content-Type": "application/json"}
    if plan.tokens[place]:
        headers["Authorization"] = f"Bearer {plan.tokens[place]}"
    answered = httpx.post(server.url, content=body, headers=headers, timeout=60)
    try:
        answer: dict[str, Any] = answered.json()
    except ValueError as error:
        raise DisagreementError(f"it answers {answered.text[:300]}") from error
    if "errors" in answer or not answer.get("data"):
        raise DisagreementError(f"it answers {answered.text[:300]}")
    return answer


def expected_answer(server: RunningServer, dataset: Dataset, operation: Operation) -> Any:
    """Return what all servers are to answer and, for a write, what they are to store."""
    if not operation.writes:
        return ask(server, dataset.plan(operation, dataset.large))["data"]
    session_id, *_ = dataset.copy_session(dataset.large.fresh_session_id, count=1)
    answer = ask(server, dataset.plan(operation, dataset.large, [session_id]))["data"]
    results = answer["recordBookingSessionEvents"]["results"]
    return {
        "answer": without_own_values(answer),
        "stored": _read_stored(dataset.stored, session_id, sequence=1 + len(results)),
    }


def find_difference(expected: Any, actual: Any, *, path: str = "") -> str | None:
    """Return where two answers differ first, or None when they are the same."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name in sorted(expected.keys() | actual.keys()):
            if name not in expected or name not in actual:
                return f"{path}.{name} is on one side only"
            found = find_difference(expected[name], actual[name], path=f"{path}.{name}")
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return f"{path} has {len(actual)} items, not {len(expected)}"
        pairs = enumerate(zip(expected, actual, strict=True))
        found_in = (find_difference(*both, path=f"{path}[{at}]") for at, both in pairs)
        return next(filter(None, found_in), None)
    return None if expected == actual else f"{path} is {actual!r}, not {expected!r}"


def without_own_values(value: Any) -> Any:
    """Return the value with ids, times and digests replaced by the names of their types."""
    if isinstance(value, Mapping):
        return {
            name: type(item).__name__ if name in OWN_VALUES else without_own_values(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [without_own_values(item) for item in value]
    if isinstance(value, datetime) or _is_time(value):
        return "a time"
    return value


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 24 and value.endswith("Z") and value[10] == "T"


def _read_stored(
    database: MongoDatabase[dict[str, Any]], session_id: str, *, sequence: int
) -> dict[str, Any]:
    """Return the session and its events as stored, once the snapshot has the sequence."""
    deadline = time.monotonic() + SECONDS_TO_STORE
    session = database.booking_sessions.find_one({"_id": session_id}) or {}
    while session.get("sequence") != sequence and time.monotonic() < deadline:
        time.sleep(0.05)
        session = database.booking_sessions.find_one({"_id": session_id}) or {}
    events = database.booking_session_events.find({"booking_session_id": session_id})
    stored = {"session": session, "events": list(events.sort("sequence", 1))}
    cleaned: dict[str, Any] = without_own_values(stored)
    return cleaned
