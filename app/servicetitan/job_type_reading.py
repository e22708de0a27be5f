"""Reading all job types although rows move between pages while they are read."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from app.servicetitan.client import PAGE_SIZE, ServiceTitanClient
from app.servicetitan.payloads.job_types import JobType

MAX_PASSES = 3


class JobTypesRead(NamedTuple):
    """Job types by id, each as last seen; `is_complete` is False when some may be missing."""

    by_id: Mapping[int, JobType]
    is_complete: bool


async def collect_job_types(
    client: ServiceTitanClient,
    *,
    modified_on_or_after: datetime | None = None,
    page_size: int = PAGE_SIZE,
) -> JobTypesRead:
    """Return all job types, active or not, or those changed since.

    A row that leaves its page pulls another one past the border, unseen. It betrays itself by a row
    that comes twice or by a total that changes: then the pages are read again, three times at most.
    Before a row counts as gone, ask for it by its id all the same: one row removed and another
    added between two pages cannot be told from nothing.
    """
    seen: dict[int, JobType] = {}
    for _ in range(MAX_PASSES):
        rows, was_still = await _read_pages(
            client, modified_on_or_after=modified_on_or_after, page_size=page_size
        )
        if was_still:
            return JobTypesRead(MappingProxyType(rows), is_complete=True)
        seen |= rows
    return JobTypesRead(MappingProxyType(seen), is_complete=False)


async def _read_pages(
    client: ServiceTitanClient, *, modified_on_or_after: datetime | None, page_size: int
) -> tuple[dict[int, JobType], bool]:
    """Return the rows of one pass, the later of two states, and whether no row can have moved."""
    rows: dict[int, JobType] = {}
    totals: set[int | None] = set()
    pages = client.iterate_job_types(modified_on_or_after=modified_on_or_after, page_size=page_size)
    async for page in pages:
        totals.add(page.total_count)
        rows.update((row.id, row) for row in page.data)
    return rows, totals == {len(rows)}
