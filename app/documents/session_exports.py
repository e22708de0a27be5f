"""Reading all sessions of a report, and all their events, in small pages.

A page costs the same wherever it lies: sessions are found by the time of their creation, the newest
first, in windows of time. The embedded database reads all of a range however few documents are
asked for, so a window is made as wide as some `SESSIONS_PER_PAGE` sessions took until then.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import ASCENDING, DESCENDING, aggregate
from app.documents.session_reports import match_scope
from app.domain.analytics.scope import ReportScope

Record: TypeAlias = Mapping[str, Any]

SESSIONS_PER_PAGE = 200
SESSIONS_PER_EVENT_QUERY = 25
"""The embedded database looks up many ids in quadratic time."""

EVENTS_PER_PAGE = 500
FIRST_WINDOW = timedelta(hours=6)
MILLISECOND = timedelta(milliseconds=1)
NEWEST_FIRST = {"created_at": DESCENDING, "_id": DESCENDING}
SESSION_BASICS = ("created_at", "sequence", "events_expire_at")


async def stream_session_pages(
    scope: ReportScope, *, fields: Sequence[str], now: datetime
) -> AsyncIterator[list[Record]]:
    """Yield the sessions created before `now`, the newest first, with these fields alone.

    Those created meanwhile would be no part of what stood at `now`.
    """
    end, window = min(scope.created_to, now), FIRST_WINDOW
    while end > scope.created_from:
        start = max(scope.created_from, end - min(window, end - scope.created_from))
        page = await _find_page(scope, start, end, fields)
        if page:
            yield page
        if len(page) < SESSIONS_PER_PAGE:
            end, window = start, window * 2
            continue
        oldest = page[-1]
        async for rest in _stream_rest_of_moment(scope, oldest, fields):
            yield rest
        window = max(end - oldest["created_at"], MILLISECOND)
        end = oldest["created_at"]


async def stream_event_pages(
    scope: ReportScope, *, fields: Sequence[str], now: datetime
) -> AsyncIterator[list[Record]]:
    """Yield the events of the same sessions, session by session and in order, with these fields.

    Those later than the session's snapshot are left out, since they may not be acknowledged yet, as
    are those of sessions whose events have expired, of which any may be removed already.
    """
    async for sessions in stream_session_pages(scope, fields=SESSION_BASICS, now=now):
        last_sequences = {
            session["_id"]: session["sequence"]
            for session in sessions
            if (expiry := session.get("events_expire_at")) is None or expiry > now
        }
        ids = list(last_sequences)
        for start in range(0, len(ids), SESSIONS_PER_EVENT_QUERY):
            some = {each: last_sequences[each] for each in ids[start:][:SESSIONS_PER_EVENT_QUERY]}
            async for page in _stream_events(some, fields):
                yield page


async def _stream_rest_of_moment(
    scope: ReportScope, last: Record, fields: Sequence[str]
) -> AsyncIterator[list[Record]]:
    """Yield the sessions created in the same millisecond as `last`, those after it."""
    moment = last["created_at"]
    while True:
        page = await _find_page(scope, moment, moment + MILLISECOND, fields, before_id=last["_id"])
        if page:
            yield page
            last = page[-1]
        if len(page) < SESSIONS_PER_PAGE:
            return


async def _find_page(
    scope: ReportScope,
    start: datetime,
    end: datetime,
    fields: Sequence[str],
    *,
    before_id: str | None = None,
) -> list[Record]:
    """Return the newest sessions created in `[start, end)`, one page of them."""
    cursor = aggregate(
        BookingSession.get_motor_collection(),
        page_pipeline(scope, start, end, fields, before_id=before_id),
        batchSize=SESSIONS_PER_PAGE + 1,
    )
    return [raw async for raw in cursor]


def page_pipeline(
    scope: ReportScope,
    start: datetime,
    end: datetime,
    fields: Sequence[str],
    *,
    before_id: str | None = None,
) -> list[dict[str, Any]]:
    """Return the stages that find a page; with `before_id`, of the sessions with smaller ids."""
    window = scope.model_copy(update={"created_from": start, "created_to": end})
    stages: list[dict[str, Any]] = match_scope(window)
    if before_id is not None:
        stages.append({"$match": {"_id": {"$lt": before_id}}})
    projection = dict.fromkeys((*SESSION_BASICS, *fields), 1)
    return [
        *stages,
        {"$sort": NEWEST_FIRST},
        {"$limit": SESSIONS_PER_PAGE},
        {"$project": projection},
    ]


def events_query(session_ids: Iterable[str]) -> dict[str, Any]:
    """Return the query for the events of a few sessions."""
    return {"booking_session_id": {"$in": list(session_ids)}}


async def _stream_events(
    last_sequences: Mapping[str, int], fields: Sequence[str]
) -> AsyncIterator[list[Record]]:
    cursor = (
        BookingSessionEventDocument.get_motor_collection()
        .find(
            events_query(last_sequences),
            dict.fromkeys(("booking_session_id", "sequence", *fields), 1),
        )
        .sort([("booking_session_id", ASCENDING), ("sequence", ASCENDING)])
        .batch_size(EVENTS_PER_PAGE)
    )
    page: list[Record] = []
    async for raw in cursor:
        if raw["sequence"] <= last_sequences[raw["booking_session_id"]]:
            page.append(raw)
        if len(page) == EVENTS_PER_PAGE:
            yield page
            page = []
    if page:
        yield page
