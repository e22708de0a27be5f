"""Asking for the erasure of a person's data, and going on with what was asked."""

import logging
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

from app.documents.driver import UNAVAILABLE_ERRORS
from app.documents.erasure_request import ErasureRequest, ErasureStatus
from app.domain.audit import AuditedEntity
from app.domain.values import Value
from app.services.audit import record_change
from app.services.authoring import Author
from app.services.personal_data.erasing import carry_out, look_again
from app.services.personal_data.persons import Contact

SECOND_LOOK_AFTER = timedelta(minutes=2)
"""Longer than an operation may take that was under way when the request came."""

TAKEN_FOR_DEAD = timedelta(minutes=5)
"""A request that is not done by then is taken up by a worker; two at once do no harm."""

logger = logging.getLogger(__name__)


async def erase_personal_data(contact: Contact, *, author: Author) -> ErasureRequest:
    """Erase what the organization holds of a person, and return the request with its counts.

    An earlier request for the same person that is not done is gone on with. Erasing again erases
    nothing and counts nothing. The audit says that somebody erased a person, and not whom.
    """
    request = await ErasureRequest.find_running(
        author.organization_id, email=contact.email, phone=contact.phone
    )
    if request is None:
        request = ErasureRequest(**author.ownership(), email=contact.email, phone=contact.phone)
        await request.insert()
    async with record_change(
        author=author,
        mutation="erasePersonalData",
        entity_type=AuditedEntity.ORGANIZATION,
        entity_id=author.organization_id,
        before=None,
    ) as change:
        await carry_out(request, now=author.now)
        done = await ErasureRequest.get(request.id) or request
        change.after = _recorded(done)
    return done


def _recorded(request: ErasureRequest) -> dict[str, object]:
    return {
        "erasure_id": request.id,
        "by_email": request.email is not None,
        "by_phone": request.phone is not None,
        "session_count": request.session_count,
        "event_count": request.event_count,
        "booking_count": request.booking_count,
    }


class ErasureProgress(Value):
    """With how many requests a worker was done, and how many were left for a fault."""

    erased_count: int = 0
    finished_count: int = 0
    failed_count: int = 0


async def carry_on(*, now: datetime) -> AsyncGenerator[ErasureProgress, None]:
    """Go on with requests that nobody seems to be at, and look again where that is due.

    Yields the progress after each request, where a caller may stop. Raises one of
    UNAVAILABLE_ERRORS when the database cannot be reached.
    """
    counts = dict.fromkeys(ErasureProgress.model_fields, 0)
    due = (
        (ErasureStatus.RUNNING, now - TAKEN_FOR_DEAD, carry_out, "erased_count"),
        (ErasureStatus.ERASED, now - SECOND_LOOK_AFTER, look_again, "finished_count"),
    )
    for status, before, act, counted in due:
        for request in await ErasureRequest.list_of(status, created_before=before):
            try:
                await act(request, now=now)
            except UNAVAILABLE_ERRORS:
                raise
            except Exception as error:
                # Only the kind of error: its text may repeat what the customer entered.
                logger.error("erasure %s failed: %s", request.id, type(error).__name__)
                counts["failed_count"] += 1
            else:
                counts[counted] += 1
            yield ErasureProgress(**counts)
