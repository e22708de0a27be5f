"""Editing answer categories."""

from app.documents.booking_answer_category import BookingAnswerCategory
from app.domain.audit import AuditedEntity
from app.domain.questions import AnswerCategoryContent
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
    document=BookingAnswerCategory,
    audited_as=AuditedEntity.BOOKING_ANSWER_CATEGORY,
    unique_field=("title",),
)


async def create_answer_category(
    given: AnswerCategoryContent | Given[AnswerCategoryContent], *, author: Author
) -> BookingAnswerCategory:
    """Store an answer category and return it; raises Refused (DUPLICATE) for a taken title."""
    content = await judge_new(KIND, given, author=author)
    category = BookingAnswerCategory(**author.ownership(), **dict(content))
    return await insert_entity(KIND, category, author=author)


async def update_answer_category(patch: Patch, *, author: Author) -> BookingAnswerCategory:
    """Change an answer category and return it; raises Refused as creating and every edit does."""
    category, content = await apply_patch(KIND, AnswerCategoryContent, patch, author=author)
    return await update_entity(KIND, category, content.model_dump(), author=author)


async def delete_answer_category(deletion: Deletion, *, author: Author) -> BookingAnswerCategory:
    """Delete an answer category and return it; raises InUse while answers are grouped by it."""
    return await delete_entity(
        KIND, deletion, author=author, used_as=UsedKind.BOOKING_ANSWER_CATEGORY
    )
