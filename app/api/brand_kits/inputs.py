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
