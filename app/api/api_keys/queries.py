"""Reading API keys."""

import strawberry

from app.api.api_keys.types import ApiKey
from app.api.context import Info
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.documents import api_key as documents
from app.documents.paging import SortOrder

# Ids begin with the time of creation.
NEWEST_FIRST = SortOrder("_id", descending=True)


@strawberry.type
class ApiKeyQueries:
    @query(description="The API keys, the newest first, revoked ones too.", access=Access.OWNER)
    async def api_keys(
        self,
        info: Info,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ApiKey]:
        return await paginate(
            info,
            documents.ApiKey,
            {"organization_id": info.context.organization_id},
            order=NEWEST_FIRST,
            to_node=ApiKey.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )
