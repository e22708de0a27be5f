"""Stored questions as values, with their answers."""

from collections.abc import Mapping, Sequence

from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.domain.questions import BookingQuestionContent
from app.domain.values import EntityId


async def load_contents(
    organization_id: EntityId, questions: Sequence[BookingQuestion]
) -> Mapping[EntityId, BookingQuestionContent]:
    """Return the content of each question by its id; one command per 100 answers."""
    answers = await BookingQuestionAnswer.list_owned(
        organization_id, [name for question in questions for name in question.answers]
    )
    by_id = {answer.id: answer for answer in answers}
    return {
        question.id: BookingQuestionContent(
            question_content=question.question_content,
            answers=tuple(by_id[name].to_content() for name in question.answers if name in by_id),
        )
        for question in questions
    }
