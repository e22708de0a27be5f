"""Editing brand kits."""

from app.documents.brand_kit import BrandKit
from app.documents.stored_file import StoredFile
from app.domain.audit import AuditedEntity
from app.domain.branding import BrandKitContent
from app.domain.usage import UsedKind
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

KIND = EntityKind(
    document=BrandKit,
    audited_as=AuditedEntity.BRAND_KIT,
    unique_field=("name",),
    references={"logo_file_id": StoredFile},
)


async def create_brand_kit(
    given: BrandKitContent | Given[BrandKitContent], *, author: Author
) -> BrandKit:
    """Store a brand kit and return it.

    Raises Refused with NOT_FOUND for a logo that is not the organization's, and with DUPLICATE when
    the name is taken.
    """
    content = await judge_new(KIND, given, author=author)
    kit = BrandKit(**author.ownership(), **dict(content))
    return await insert_entity(KIND, kit, author=author)


async def update_brand_kit(patch: Patch, *, author: Author) -> BrandKit:
    """Change a brand kit and return it; raises Refused as creating one does, and as every edit."""
    kit, content = await apply_patch(KIND, BrandKitContent, patch, author=author)
    return await update_entity(KIND, kit, content.model_dump(), author=author)


async def delete_brand_kit(deletion: Deletion, *, author: Author) -> BrandKit:
    """Delete a brand kit and return it; raises InUse while a scheduler config names it."""
    return await delete_entity(KIND, deletion, author=author, used_as=UsedKind.BRAND_KIT)
