"""Editing brand kits."""

import strawberry

from app.api.brand_kits.inputs import CreateBrandKitInput
from app.api.brand_kits.types import BrandKit
from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import UserError
from app.domain.branding import BrandKitContent
from app.services import brand_kits


@strawberry.type(description="The outcome of `createBrandKit`.")
class CreateBrandKitPayload:
    brand_kit: BrandKit | None = strawberry.field(
        default=None, description="The new brand kit; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type
class BrandKitMutations:
    @mutation(description="Create a brand kit.", access=Access.EDITOR)
    async def create_brand_kit(
        self, info: Info, input: CreateBrandKitInput
    ) -> CreateBrandKitPayload:
        content = read_input(input, BrandKitContent)
        kit = await brand_kits.create_brand_kit(content, author=info.context.author)
        return CreateBrandKitPayload(brand_kit=BrandKit.from_document(kit))
