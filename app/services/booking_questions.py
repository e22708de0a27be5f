"""Editing questions and their answers."""

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.booking_service import BookingService
from app.documents.driver import DuplicateKeyError
from app.domain.problems import Problem, ProblemCode, ProblemPath
from app.domain.questions import (
    AnswerInQuestion,
    BookingQuestionContent,
    PlainTextAnswerContent,
    ServiceReferenceAnswerContent,
)
from app.domain.refusal import refuse
from app.domain.values import EntityId
from app.services.authoring import Author, find_missing, refuse_if


async def create_booking_question(
    content: BookingQuestionContent, *, author: Author
) -> BookingQuestion:
    """Store a question with its answers and return it.

    Raises Refused with NOT_FOUND for services and categories that are not the organization's, and
    with DUPLICATE when the unique name is taken.
    """
    refuse_if(await _find_missing_references(content, author))
    ownership = author.ownership()
    answers = [
        _answer_document(answer, question_id=ownership["id"], author=author)
        for answer in content.answers
    ]
    question = BookingQuestion(
        **ownership,
        question_content=content.question_content,
        answers=[answer.id for answer in answers],
    )
    try:
        await question.insert()
    except DuplicateKeyError as error:
        raise refuse(
            ProblemCode.DUPLICATE,
            "another question has this unique name",
            "question_content",
            "unique_name",
        ) from error
    if answers:
        await BookingQuestionAnswer.insert_many(answers)
    return question


async def _find_missing_references(
    content: BookingQuestionContent, author: Author
) -> tuple[Problem, ...]:
    services: dict[ProblemPath, EntityId | None] = {}
    categories: dict[ProblemPath, EntityId | None] = {}
    for index, answer in enumerate(content.answers):
        categories["answers", index, "category_id"] = answer.category_id
        if isinstance(answer, ServiceReferenceAnswerContent):
            services["answers", index, "service_id"] = answer.service_id
    return (
        *await find_missing(BookingService, author.organization_id, services),
        *await find_missing(BookingAnswerCategory, author.organization_id, categories),
    )


def _answer_document(
    answer: AnswerInQuestion, *, question_id: EntityId, author: Author
) -> BookingQuestionAnswer:
    return BookingQuestionAnswer(
        **author.ownership(),
        booking_question_id=question_id,
        type=answer.type,
        category_id=answer.category_id,
        content=answer.content if isinstance(answer, PlainTextAnswerContent) else None,
        service_id=answer.service_id if isinstance(answer, ServiceReferenceAnswerContent) else None,
    )
