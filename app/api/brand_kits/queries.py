"""Reading brand kits."""

from typing import Annotated, Any

import strawberry

from app.api.brand_kits.types import BrandKit
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.ordering import NamedOrder
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.api.searching import text_query
from app.documents import brand_kit as documents
from app.loaders.base import owned


@strawberry.input(description="Which brand kits to list; conditions left out hold for all.")
class BrandKitFilter:
    search: str | None = strawberry.field(
        default=None, description="Those whose name contains this text, whatever the case."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for an impossible search."""
        return text_query(self.search, "name")


@strawberry.type
class BrandKitQueries:
    @query(description="A brand kit; null when there is none.", access=Access.ANALYST)
    async def brand_kit(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The brand kit.")],
    ) -> BrandKit | None:
        brand_kit_id = decode_id(EntityType.BRAND_KIT, id)
        key = owned(info.context.organization_id, brand_kit_id)
        found = None if key is None else await info.context.loaders.brand_kits.load(key)
        return None if found is None else BrandKit.from_document(found)

    @query(description="The brand kits of the organization.", access=Access.ANALYST)
    async def brand_kits(
        self,
        info: Info,
        *,
        filter: Annotated[
            BrandKitFilter | None, strawberry.argument(description="Which brand kits to list.")
        ] = None,
        order_by: Annotated[
            NamedOrder, strawberry.argument(description="How to sort them.")
        ] = NamedOrder.CREATED_AT_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BrandKit]:
        return await paginate(
            info,
            documents.BrandKit,
            {
                "organization_id": info.context.organization_id,
                **(filter or BrandKitFilter()).to_query(),
            },
            order=order_by.value,
            to_node=BrandKit.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )
