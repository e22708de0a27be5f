"""Editing services."""

from typing import Any

from app.documents.booking_service import BookingService
from app.domain.audit import AuditedEntity
from app.domain.usage import UsedKind
from app.domain.vendor import BookingServiceContent, VendorData, VendorDataContent
from app.services.authoring import Author
from app.services.editing import (
    Deletion,
    EntityKind,
    Patch,
    apply_patch,
    delete_entity,
    insert_entity,
    judge_new,
    update_entity,
)
from app.services.given import Given

KIND = EntityKind(document=BookingService, audited_as=AuditedEntity.BOOKING_SERVICE)


async def create_booking_service(
    given: BookingServiceContent | Given[BookingServiceContent], *, author: Author
) -> BookingService:
    """Store a service and return it; its link to the vendor waits for the first synchronization."""
    content = await judge_new(KIND, given, author=author)
    service = BookingService(
        **author.ownership(),
        service_content=content.service_content,
        vendor_data=_link(content.vendor_data, None),
    )
    return await insert_entity(KIND, service, author=author)


async def update_booking_service(patch: Patch, *, author: Author) -> BookingService:
    """Change a service and return it; raises Refused as every edit does.

    Linked to another job type it waits for the next synchronization again.
    """
    service, content = await apply_patch(KIND, BookingServiceContent, patch, author=author)
    changes: dict[str, Any] = {"service_content": content.service_content.model_dump()}
    # Left alone when it was not given: a synchronization may be writing it.
    if "vendor_data" in patch.fields:
        link = _link(content.vendor_data, service.vendor_data)
        changes["vendor_data"] = None if link is None else link.model_dump()
    return await update_entity(KIND, service, changes, author=author)


async def delete_booking_service(deletion: Deletion, *, author: Author) -> BookingService:
    """Delete a service and return it; raises InUse while a flow or an answer refers to it."""
    return await delete_entity(KIND, deletion, author=author, used_as=UsedKind.BOOKING_SERVICE)


def _link(wanted: VendorDataContent | None, known: VendorData | None) -> VendorData | None:
    if wanted is None:
        return None
    same_job_type = known is not None and (known.vendor_type, known.job_type_id) == (
        wanted.vendor_type,
        wanted.job_type_id,
    )
    if known is not None and same_job_type:
        return known.renamed(wanted.job_type_name)
    return VendorData(**dict(wanted))
