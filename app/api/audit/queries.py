"""Reading who changed what."""

from typing import Annotated, Any

import strawberry

from app.api.audit.enums import AuditedEntity
from app.api.audit.types import AuditRecord
from app.api.context import Info
from app.api.ids import parse_id
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.documents import audit_record as documents
from app.documents.paging import SortOrder


@strawberry.input(description="Which changes to list; conditions not given do not restrict.")
class AuditRecordFilter:
    entity_id: strawberry.ID | None = strawberry.field(
        default=None, description="Changes of this entity, also when it was deleted since."
    )
    entity_type: AuditedEntity | None = strawberry.field(
        default=None, description="Changes of this kind of entity."
    )


NEWEST_FIRST = SortOrder("created_at", descending=True)
NO_ENTITY = "0" * 24


@strawberry.type
class AuditQueries:
    @query(description="Who changed what, the newest change first.", access=Access.ANALYST)
    async def audit_records(
        self,
        info: Info,
        *,
        filter: Annotated[
            AuditRecordFilter | None, strawberry.argument(description="Which changes to list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AuditRecord]:
        return await paginate(
            info,
            documents.AuditRecord,
            _to_query(info, filter or AuditRecordFilter()),
            order=NEWEST_FIRST,
            to_node=AuditRecord.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )


def _to_query(info: Info, wanted: AuditRecordFilter) -> dict[str, Any]:
    query: dict[str, Any] = {"organization_id": info.context.organization_id}
    if wanted.entity_id is not None:
        parsed = parse_id(wanted.entity_id)
        query["entity_id"] = NO_ENTITY if parsed is None else parsed[1]
    if wanted.entity_type is not None:
        query["entity_type"] = wanted.entity_type.value
    return query
