"""Making services of job types, and recording who asked for a synchronization."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from app.documents.booking_service import BookingService
from app.documents.vendor_account import VendorAccount
from app.domain.audit import AuditedEntity
from app.domain.content import ContentConfig
from app.domain.vendor_sync import JobTypeFact, SyncPlan, import_link
from app.services.audit import record_change
from app.services.authoring import Author

MUTATION = "syncVendorJobTypes"


async def import_job_types(
    facts: Iterable[JobTypeFact], *, author: Author
) -> tuple[BookingService, ...]:
    """Store a service for each job type, with the vendor's words for customers to be edited."""
    return tuple([await _import(fact, author) for fact in facts])


async def _import(fact: JobTypeFact, author: Author) -> BookingService:
    service = BookingService(
        **author.ownership(),
        service_content=ContentConfig(title=fact.name or fact.id, description=fact.summary),
        vendor_data=import_link(fact).model_copy(update={"last_synced_at": author.now}),
    )
    async with record_change(
        author=author,
        mutation=MUTATION,
        entity_type=AuditedEntity.BOOKING_SERVICE,
        entity_id=service.id,
        before=None,
    ) as change:
        await service.insert()
        change.after = service
    return service


@asynccontextmanager
async def recorded_sync(
    account: VendorAccount, plan: SyncPlan, *, author: Author | None
) -> AsyncIterator[None]:
    """Record what a synchronization writes in the block, if somebody asked for it."""
    if author is None:
        yield
        return
    async with record_change(
        author=author,
        mutation=MUTATION,
        entity_type=AuditedEntity.VENDOR_ACCOUNT,
        entity_id=account.id,
        before={"links": {each.service_id: each.before for each in plan.changes}},
    ) as change:
        yield
        change.after = {
            "links": {each.service_id: each.after for each in plan.changes},
            "report": plan.report,
        }
