"""One log record and one count for each operation: who asked for what, and what came of it."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect

from app.api.context import RequestContext
from app.documents.command_times import DatabaseTime, measure_database_time
from app.domain.access import Anonymous
from app.domain.problems import ProblemCode
from app.transport.operation_metrics import OperationNames, counter_of, times_of

OK = "OK"
CLIENT_GONE = "CLIENT_GONE"
BAD_REQUEST = "BAD_REQUEST"
"""The HTTP request was no GraphQL request."""

REFUSED = "REFUSED"
"""A mutation had errors of the user whose codes were not asked for."""

FAILED = "INTERNAL"
MAX_NAME_CHARACTERS = 100
_USER_ERROR_CODES = frozenset(code.name for code in ProblemCode)

logger = logging.getLogger(__name__)


class Span(Protocol):
    """What a trace shows of one operation."""

    def active(self) -> AbstractContextManager[object]:
        """Make what is done in the block part of the span."""

    def end(self, name: str | None, outcome: str) -> str:
        """End the span and return the id of its trace."""


@dataclass(kw_only=True)
class Observation:
    """What is known of one operation until it is recorded.

    `name` must be one that a valid document gives its operation: developers write those, customers
    do not. A stream is counted, and never slow.
    """

    context: RequestContext | None = None
    name: str | None = None
    outcome: str = OK
    cost: int | None = None
    is_stream: bool = False
    is_left: bool = False
    """Whether somebody else records the operation."""

    def note(self, content: dict[str, Any]) -> dict[str, Any]:
        """Take the outcome, the first that is not OK, and the cost from an answer; return it."""
        if self.outcome == OK:
            self.outcome = outcome_of(content)
        cost = content.get("extensions", {}).get("cost")
        if self.cost is None and cost is not None:
            self.cost = cost["requested"]
        return content


@dataclass(frozen=True, kw_only=True)
class OperationLog:
    """Where operations are recorded; one per process."""

    slow_ms: int = 1_000
    begin_span: Callable[[], Span] | None = None
    names: OperationNames = field(default_factory=OperationNames)

    @contextmanager
    def operation(self) -> Iterator[Observation]:
        """Measure the operation that this task runs in the block, and record it at the end."""
        began = time.perf_counter()
        database = measure_database_time()
        span = self.begin_span() if self.begin_span else None
        seen = Observation()
        try:
            with span.active() if span else nullcontext():
                yield seen
        except BaseException as error:
            seen.outcome = _outcome_of_end(error, seen)
            raise
        finally:
            trace_id = span.end(seen.name, seen.outcome) if span else None
            if not seen.is_left:
                seconds = time.perf_counter() - began
                self._record(seen, seconds, database, trace_id=trace_id)

    @contextmanager
    def stream(self, context: RequestContext | None) -> Iterator[Observation]:
        """Record at the end of the block an operation whose results different tasks ask for."""
        seen = Observation(context=context, is_stream=True)
        began = time.perf_counter()
        try:
            yield seen
        finally:
            self._record(seen, time.perf_counter() - began, DatabaseTime(), trace_id=None)

    def _record(
        self,
        seen: Observation,
        seconds: float,
        database: DatabaseTime,
        *,
        trace_id: str | None,
    ) -> None:
        self._count(seen, seconds, database)
        self._write(seen, seconds, database, trace_id)

    def _count(self, seen: Observation, seconds: float, database: DatabaseTime) -> None:
        label = self.names.label(seen.name, succeeded=seen.outcome == OK)
        counter_of(label, seen.outcome).inc()
        if not seen.is_stream:
            durations, database_seconds = times_of(label)
            durations.observe(seconds)
            database_seconds.inc(database.seconds)

    def _write(
        self, seen: Observation, seconds: float, database: DatabaseTime, trace_id: str | None
    ) -> None:
        is_slow = not seen.is_stream and seconds * 1_000 >= self.slow_ms
        level = logging.WARNING if is_slow else logging.INFO
        if not logger.isEnabledFor(level):
            return
        record = {
            **_who(seen.context),
            "operation": seen.name and seen.name[:MAX_NAME_CHARACTERS],
            "outcome": seen.outcome,
            "cost": seen.cost,
            "duration_ms": round(seconds * 1_000, 1),
            "database_ms": round(database.seconds * 1_000, 1),
            "database_commands": database.command_count,
        }
        if trace_id is not None:
            record["trace_id"] = trace_id
        logger.log(level, "slow operation" if is_slow else "operation", extra=record)


def _who(context: RequestContext | None) -> dict[str, Any]:
    if context is None:
        return {}  # The request's id is in every record of its task.
    credential = context.credential
    organization_id = None if isinstance(credential, Anonymous) else credential.organization_id
    return {"request_id": context.request_id, "organization_id": organization_id}


def _outcome_of_end(error: BaseException, seen: Observation) -> str:
    if isinstance(error, Exception) and not isinstance(error, WebSocketDisconnect):
        return FAILED
    # A client ends a stream when it has seen enough, and everything else when it goes away.
    return seen.outcome if seen.is_stream else CLIENT_GONE


def outcome_of(content: Mapping[str, Any]) -> str:
    """Return the code of the first error an answer shows, or `OK`."""
    for error in content.get("errors", ()):
        return str(error["extensions"]["code"])
    for payload in (content.get("data") or {}).values():
        if isinstance(payload, dict) and payload.get("userErrors"):
            return _code_of(payload["userErrors"][0])
    return OK


def _code_of(user_error: Mapping[str, Any]) -> str:
    # By an alias, `code` could be any other field.
    code = user_error.get("code")
    return code if code in _USER_ERROR_CODES else REFUSED
