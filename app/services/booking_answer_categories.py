"""Editing answer categories."""

from app.documents.booking_answer_category import BookingAnswerCategory
from app.domain.questions import AnswerCategoryContent
from app.services.authoring import Author


async def create_answer_category(
    content: AnswerCategoryContent, *, author: Author
) -> BookingAnswerCategory:
    """Store an answer category and return it."""
    category = BookingAnswerCategory(**author.ownership(), **dict(content))
    await category.insert()
    return category
