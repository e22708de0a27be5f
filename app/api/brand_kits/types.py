"""Brand kits as clients read them."""

import strawberry

from app.api.brand_kits.enums import ContrastPair
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.permissions import Access, AccessExtension
from app.api.scalars import HexColor, Url
from app.api.usage import EntityUser, load_users
from app.documents import brand_kit as documents
from app.domain import branding
from app.domain.usage import UsedKind
from app.loaders.base import OwnedId, owned


@strawberry.type(description="The colour scheme of a scheduler.")
class BrandColors:
    primary: HexColor = strawberry.field(description="The main colour of key elements.")
    secondary: HexColor = strawberry.field(description="The supporting colour.")
    accent: HexColor = strawberry.field(description="The highlight of important actions.")

    @classmethod
    def from_domain(cls, colors: branding.BrandColors) -> "BrandColors":
        """Return the colours in the schema's type."""
        return cls(
            primary=HexColor(colors.primary),
            secondary=HexColor(colors.secondary),
            accent=HexColor(colors.accent),
        )


@strawberry.type(description="Two colours too much alike for a text.")
class ContrastWarning:
    pair: ContrastPair = strawberry.field(description="The text and what it stands on.")
    ratio: float = strawberry.field(description="Their contrast: n in n : 1, from 1 to 21.")
    needed: float = strawberry.field(description="The contrast the text needs.")


@strawberry.type(description="An uploaded picture.")
class Image:
    id: strawberry.ID = strawberry.field(description="The file's global id.")
    url: Url = strawberry.field(description="Where the picture is served, cacheable for ever.")
    content_type: str = strawberry.field(description="The media type, as `image/png`.")
    width: int = strawberry.field(description="The width in pixels.")
    height: int = strawberry.field(description="The height in pixels.")


@strawberry.type(description="Colours and a logo, reused across scheduler configs.")
class BrandKit(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    name: str = strawberry.field(description="The name its editors know it by.")
    colors: BrandColors = strawberry.field(description="The colour scheme.")
    owned_id: strawberry.Private[OwnedId]
    domain_colors: strawberry.Private[branding.BrandColors]
    logo_file_id: strawberry.Private[OwnedId | None] = None

    @strawberry.field(description="The company's logo, or null.")
    async def logo(self, info: Info) -> Image | None:
        if self.logo_file_id is None:
            return None
        stored = await info.context.loaders.files.load(self.logo_file_id)
        if stored is None:
            return None
        file_id = encode_id(EntityType.FILE, stored.id)
        return Image(
            id=file_id,
            url=Url(f"{info.context.public_url}/files/{file_id}"),
            content_type=stored.content_type,
            width=stored.width,
            height=stored.height,
        )

    @strawberry.field(
        description="Texts some people cannot read in these colours, by WCAG 2.2 level AA.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def contrast_warnings(self) -> list[ContrastWarning]:
        return [
            ContrastWarning(**dict(warning))
            for warning in branding.find_contrast_warnings(self.domain_colors)
        ]

    @strawberry.field(
        description="The scheduler configs that name the kit.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def used_by(self, info: Info) -> list[EntityUser]:
        return await load_users(info, UsedKind.BRAND_KIT, self.owned_id)

    @classmethod
    def from_document(cls, kit: documents.BrandKit) -> "BrandKit":
        """Return the kit in the schema's type."""
        return cls(
            id=encode_id(EntityType.BRAND_KIT, kit.id),
            version=kit.version,
            name=kit.name,
            colors=BrandColors.from_domain(kit.colors),
            owned_id=OwnedId(kit.organization_id, kit.id),
            domain_colors=kit.colors,
            logo_file_id=owned(kit.organization_id, kit.logo_file_id),
        )
