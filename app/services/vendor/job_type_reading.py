"""Learning of the vendor's job types what a synchronization needs."""

import asyncio
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.values import Value
from app.domain.vendor_sync import MAX_NAME_LENGTH, JobTypeFact, JobTypeReading
from app.servicetitan.client import ServiceTitanClient
from app.servicetitan.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
)
from app.servicetitan.job_type_reading import collect_job_types
from app.servicetitan.payloads.job_types import JobType

OVERLAP = timedelta(minutes=10)
"""Read again of what was read before: the vendor may show a change later than it dates it."""

QUESTIONS_AT_ONCE = 8
JOB_TYPE_ID = re.compile(r"[1-9][0-9]{0,18}")
"""Any other text names no job type, and need not be asked for."""

MAX_SUMMARY_LENGTH = 2_000


class ReadJobTypes(Value):
    """What was learned; `modified_up_to` is the newest change seen, by the vendor's clock.

    With `is_complete` False rows kept moving while they were read: what was seen is right, and
    something else may have been missed.
    """

    reading: JobTypeReading
    is_complete: bool
    modified_up_to: datetime | None = None


async def read_all(client: ServiceTitanClient, wanted: Iterable[str]) -> ReadJobTypes:
    """Read every job type; those `wanted` that do not come are asked for one by one.

    Raises `ServiceTitanError` when the vendor fails: then nothing is known.
    """
    return await _read(client, wanted, since=None)


async def read_changes(
    client: ServiceTitanClient, wanted: Iterable[str], *, since: datetime
) -> ReadJobTypes:
    """Read the job types changed since, and those `wanted` whatever their age; raises as above."""
    return await _read(client, wanted, since=since - OVERLAP)


async def _read(
    client: ServiceTitanClient, wanted: Iterable[str], *, since: datetime | None
) -> ReadJobTypes:
    listed = await collect_job_types(client, modified_on_or_after=since)
    rows = listed.by_id.values()
    seen = {str(row.id): _to_fact(row) for row in rows}
    asked = await _ask(client, set(wanted) - seen.keys())
    return ReadJobTypes(
        reading=asked.model_copy(update={"seen": {**asked.seen, **seen}}),
        is_complete=listed.is_complete,
        modified_up_to=max((row.modified_on for row in rows if row.modified_on), default=None),
    )


async def _ask(client: ServiceTitanClient, ids: set[str]) -> JobTypeReading:
    """Return what the vendor says of single job types."""
    numbers = sorted(filter(JOB_TYPE_ID.fullmatch, ids))
    places = asyncio.Semaphore(QUESTIONS_AT_ONCE)

    async def ask(job_type_id: str) -> JobTypeFact:
        async with places:
            return _to_fact(await client.get_job_type(int(job_type_id)))

    answers = await asyncio.gather(*map(ask, numbers), return_exceptions=True)
    seen: dict[str, JobTypeFact] = {}
    gone, unclear = ids - set(numbers), set()
    for job_type_id, answer in zip(numbers, answers, strict=True):
        match answer:
            case JobTypeFact(id=answered) if answered == job_type_id:
                seen[job_type_id] = answer
            case NotFoundError():
                gone.add(job_type_id)
            case JobTypeFact() | InvalidRequestError() | ForbiddenError():
                unclear.add(job_type_id)
            case BaseException():
                raise answer
    return JobTypeReading(seen=seen, gone=frozenset(gone), unclear=frozenset(unclear))


def _to_fact(row: JobType) -> JobTypeFact:
    return JobTypeFact(
        id=str(row.id),
        name=_cut(row.name, MAX_NAME_LENGTH),
        summary=_cut(row.summary or "", MAX_SUMMARY_LENGTH),
        is_active=row.active,
    )


def _cut(text: str, length: int) -> str | None:
    return text.strip()[:length].strip() or None
