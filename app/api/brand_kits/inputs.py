"""Brand kits as clients write them."""

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.scalars import HexColor


@strawberry.input(description="The colour scheme of a scheduler.")
class BrandColorsInput:
    primary: HexColor = strawberry.field(description="The main colour of key elements.")
    secondary: HexColor = strawberry.field(description="The supporting colour.")
    accent: HexColor = strawberry.field(description="The highlight of important actions.")


@strawberry.input(description="A new brand kit.")
class CreateBrandKitInput:
    name: str = strawberry.field(description="The name its editors know it by.")
    colors: BrandColorsInput = strawberry.field(description="The colour scheme.")
    logo_file_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A picture uploaded to `POST /files`.",
        metadata=refers_to(EntityType.FILE),
    )


@strawberry.input(description="Changes of a brand kit; what is left out stays as it is.")
class UpdateBrandKitInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.BRAND_KIT)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The name its editors know it by.",
    )
    colors: BrandColorsInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="The whole colour scheme.",
    )
    logo_file_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A picture uploaded to `POST /files`; null takes the logo away.",
        metadata=refers_to(EntityType.FILE),
    )


@strawberry.input(description="Which to delete.")
class DeleteBrandKitInput:
    id: strawberry.ID = strawberry.field(
        description="Which to delete.", metadata=refers_to(EntityType.BRAND_KIT)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version the editor has seen; any version when it is left out.",
    )
