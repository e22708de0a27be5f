"""Reading members."""

import strawberry

from app.api.context import Info
from app.api.members.types import Member
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.documents import member as documents
from app.documents.paging import SortOrder

BY_EMAIL = SortOrder("email")


@strawberry.type
class MemberQueries:
    @query(description="The members and whoever is invited, by address.", access=Access.OWNER)
    async def members(
        self,
        info: Info,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Member]:
        return await paginate(
            info,
            documents.Member,
            {"organization_id": info.context.organization_id},
            order=BY_EMAIL,
            to_node=Member.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )
