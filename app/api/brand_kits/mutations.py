"""Editing brand kits."""

import strawberry

from app.api.brand_kits.inputs import CreateBrandKitInput, DeleteBrandKitInput, UpdateBrandKitInput
from app.api.brand_kits.types import BrandKit
from app.api.context import Info
from app.api.inputs import read_given
from app.api.patches import read_deletion, read_patch
from app.api.permissions import Access, mutation
from app.api.usage import naming_users
from app.api.user_errors import MutationPayload
from app.domain.branding import BrandKitContent
from app.services import brand_kits


@strawberry.type(description="The outcome of `createBrandKit`.")
class CreateBrandKitPayload(MutationPayload):
    brand_kit: BrandKit | None = strawberry.field(
        default=None, description="The new brand kit; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateBrandKit`.")
class UpdateBrandKitPayload(MutationPayload):
    brand_kit: BrandKit | None = strawberry.field(
        default=None, description="The kit as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `deleteBrandKit`.")
class DeleteBrandKitPayload(MutationPayload):
    brand_kit: BrandKit | None = strawberry.field(
        default=None, description="The kit as it was; null when it was refused."
    )


@strawberry.type
class BrandKitMutations:
    @mutation(description="Create a brand kit.", access=Access.EDITOR)
    async def create_brand_kit(
        self, info: Info, input: CreateBrandKitInput
    ) -> CreateBrandKitPayload:
        given = read_given(input, BrandKitContent)
        kit = await brand_kits.create_brand_kit(given, author=info.context.author)
        return CreateBrandKitPayload(brand_kit=BrandKit.from_document(kit))

    @mutation(description="Change a brand kit.", access=Access.EDITOR)
    async def update_brand_kit(
        self, info: Info, input: UpdateBrandKitInput
    ) -> UpdateBrandKitPayload:
        brand_kit = await brand_kits.update_brand_kit(read_patch(input), author=info.context.author)
        return UpdateBrandKitPayload(brand_kit=BrandKit.from_document(brand_kit))

    @mutation(
        description="Delete a brand kit that no scheduler config names.", access=Access.EDITOR
    )
    async def delete_brand_kit(
        self, info: Info, input: DeleteBrandKitInput
    ) -> DeleteBrandKitPayload:
        brand_kit = await naming_users(
            brand_kits.delete_brand_kit(read_deletion(input), author=info.context.author)
        )
        return DeleteBrandKitPayload(brand_kit=BrandKit.from_document(brand_kit))
