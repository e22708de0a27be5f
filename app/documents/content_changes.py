"""Changes of what companies publish, by whatever process: one change stream for the process."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.booking_service import BookingService
from app.documents.brand_kit import BrandKit
from app.documents.change_stream_lag import observe_lag
from app.documents.driver import current_database, watch
from app.documents.scheduler_config import SchedulerConfig
from app.domain.values import EntityId

WAIT_MS = 500
"""How long a look waits for a change."""

CONTENT = (
    SchedulerConfig,
    BookingFlowRouter,
    BookingFlow,
    BrandKit,
    BookingService,
    BookingQuestion,
    BookingQuestionAnswer,
    BookingAnswerCategory,
)
"""What a widget's answer is made of; steps and files never change, a flow names others instead."""


class ContentChange(NamedTuple):
    """Something was written; the organization is None when it cannot be told, as of a deletion."""

    organization_id: EntityId | None


Look: TypeAlias = Callable[[], Awaitable[ContentChange | None]]


class ContentChangesEnded(Exception):
    """The database closed the stream, for example because a collection was dropped."""


@contextlib.asynccontextmanager
async def content_changes() -> AsyncIterator[Look]:
    """Yield what returns the next change, or None when there was none for a while.

    From the moment the block is entered none is missed. What the driver raises means that changes
    may have been missed.
    """
    collections = [document.get_collection_name() for document in CONTENT]
    pipeline: list[dict[str, Any]] = [
        {"$match": {"ns.coll": {"$in": collections}}},
        {"$project": {"operationType": 1, "wallTime": 1, "fullDocument.organization_id": 1}},
    ]
    watching = watch(
        current_database(), pipeline, full_document="updateLookup", max_await_time_ms=WAIT_MS
    )
    async with watching as changes:

        async def look() -> ContentChange | None:
            change: dict[str, Any] | None = await changes.try_next()
            if change is not None:
                observe_lag("content", change, now=datetime.now(UTC))
                document = change.get("fullDocument") or {}
                return ContentChange(document.get("organization_id"))
            if not changes.alive:
                raise ContentChangesEnded
            return None

        yield look
