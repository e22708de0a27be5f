"""Editing brand kits."""

from collections.abc import Iterable

from app.documents.brand_kit import BrandKit
from app.documents.stored_file import StoredFile
from app.domain.audit import AuditedEntity
from app.domain.branding import BrandKitContent
from app.domain.problems import Problem, ProblemCode
from app.domain.usage import UsedKind
from app.services.authoring import Author, refuse_if
from app.services.editing import (
    Deletion,
    EntityKind,
    Patch,
    apply_patch,
    delete_entity,
    insert_entity,
    update_entity,
)

KIND = EntityKind(document=BrandKit, audited_as=AuditedEntity.BRAND_KIT, unique_field=("name",))


async def create_brand_kit(content: BrandKitContent, *, author: Author) -> BrandKit:
    """Store a brand kit and return it.

    Raises Refused with NOT_FOUND for a logo that is not the organization's, and with DUPLICATE when
    the name is taken.
    """
    refuse_if(await _find_problems(content, author))
    kit = BrandKit(**author.ownership(), **dict(content))
    return await insert_entity(KIND, kit, author=author)


async def update_brand_kit(patch: Patch, *, author: Author) -> BrandKit:
    """Change a brand kit and return it; raises Refused as creating one does, and as every edit."""
    kit, content = await apply_patch(
        BrandKit,
        BrandKitContent,
        patch,
        author=author,
        find_problems=lambda _, content: _find_problems(content, author),
    )
    return await update_entity(KIND, kit, content.model_dump(), author=author)


async def delete_brand_kit(deletion: Deletion, *, author: Author) -> BrandKit:
    """Delete a brand kit and return it; raises InUse while a scheduler config names it."""
    return await delete_entity(KIND, deletion, author=author, used_as=UsedKind.BRAND_KIT)


async def _find_problems(content: BrandKitContent, author: Author) -> Iterable[Problem]:
    file_id = content.logo_file_id
    if file_id is None or await StoredFile.list_owned(author.organization_id, [file_id]):
        return ()
    return (
        Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=("logo_file_id",)),
    )
