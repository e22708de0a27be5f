"""Editing questions and their answers.

A question's list of answer documents is what makes them its answers: new states of answers are
stored before the question names them, and dropped ones go after it no longer does. Wherever an edit
is cut short, customers meet the question wholly as before or wholly as after.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.booking_service import BookingService
from app.domain.audit import AuditedEntity
from app.domain.problems import Problem, ProblemCode
from app.domain.questions import (
    AnswerInQuestion,
    BookingQuestionContent,
    PlainTextAnswerContent,
    ServiceReferenceAnswerContent,
)
from app.domain.refusal import Refused
from app.domain.usage import UsedKind
from app.domain.values import EntityId
from app.services.audit import Snapshot
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
    document=BookingQuestion,
    audited_as=AuditedEntity.BOOKING_QUESTION,
    unique_field=("question_content", "unique_name"),
    references={"service_id": BookingService, "category_id": BookingAnswerCategory},
)


async def create_booking_question(
    given: BookingQuestionContent | Given[BookingQuestionContent], *, author: Author
) -> BookingQuestion:
    """Store a question with its answers and return it.

    Raises Refused with NOT_FOUND for services and categories that are not the organization's, and
    with DUPLICATE when the unique name is taken.
    """
    content = await judge_new(KIND, given, author=author)
    ownership = author.ownership()
    answers = [
        _new_state(answer, answer_id=None, question_id=ownership["id"], author=author)
        for answer in content.answers
    ]
    question = BookingQuestion(
        **ownership,
        question_content=content.question_content,
        answers=[answer.id for answer in answers],
    )
    await BookingQuestionAnswer.store(answers)
    try:
        return await insert_entity(
            KIND, question, author=author, snapshot=_snapshot(question, answers)
        )
    except Refused:
        await BookingQuestionAnswer.discard(answers)
        raise


async def update_booking_question(patch: Patch, *, author: Author) -> BookingQuestion:
    """Change a question and return it; its answers become exactly those given, when they are.

    An answer given with the id of one of the question's keeps that id. Raises Refused as creating a
    question and every edit does, and with NOT_FOUND for the id of no answer of the question.
    """
    question, content = await apply_patch(
        KIND,
        BookingQuestionContent,
        patch,
        author=author,
        find_problems=lambda question: _find_wrong_answer_ids(question, patch),
        current=_without_answers,
    )
    before = await load_answers(question)
    after = _next_states(content, before, question, author) if "answers" in patch.fields else before
    known = {answer.id for answer in before}
    fresh = [answer for answer in after if answer.id not in known]
    await BookingQuestionAnswer.store(fresh)
    try:
        updated = await update_entity(
            KIND,
            question,
            {
                "question_content": content.question_content.model_dump(),
                "answers": [answer.id for answer in after],
            },
            author=author,
            before=_snapshot(question, before),
            after=lambda updated: _snapshot(updated, after),
        )
    except Refused:
        await BookingQuestionAnswer.discard(fresh)
        raise
    await _supersede(updated, dropped=known - set(updated.answers), author=author)
    return updated


async def delete_booking_question(deletion: Deletion, *, author: Author) -> BookingQuestion:
    """Delete a question with its answers and return it; raises InUse while a flow asks it."""
    question = await delete_entity(
        KIND,
        deletion,
        author=author,
        used_as=UsedKind.BOOKING_QUESTION,
        snapshot=_load_snapshot,
    )
    gone = question.model_copy(update={"answers": []})
    await _supersede(gone, dropped=set(question.answers), author=author)
    return question


async def load_answers(question: BookingQuestion) -> tuple[BookingQuestionAnswer, ...]:
    """Return the question's answers in order."""
    stored = await BookingQuestionAnswer.find(
        {"organization_id": question.organization_id, "booking_question_id": question.id}
    ).to_list()
    by_id = {answer.id: answer for answer in stored}
    return tuple(by_id[answer_id] for answer_id in question.answers if answer_id in by_id)


async def _find_wrong_answer_ids(question: BookingQuestion, patch: Patch) -> Sequence[Problem]:
    known = {answer.answer_id for answer in await load_answers(question)}
    seen: set[EntityId] = set()
    problems = []
    for index, answer in enumerate(patch.fields.get("answers") or ()):
        answer_id, path = answer.get("id"), ("answers", index, "id")
        if answer_id is None:
            continue
        if answer_id not in known:
            message = "names nothing here"
            problems.append(Problem(code=ProblemCode.NOT_FOUND, message=message, path=path))
        elif answer_id in seen:
            problems.append(
                Problem(code=ProblemCode.DUPLICATE, message="is given twice", path=path)
            )
        seen.add(answer_id)
    return problems


def _next_states(
    content: BookingQuestionContent,
    before: Sequence[BookingQuestionAnswer],
    question: BookingQuestion,
    author: Author,
) -> tuple[BookingQuestionAnswer, ...]:
    """Return the documents of the answers wanted: the stored one where nothing changed."""
    by_answer_id = {answer.answer_id: answer for answer in before}
    states = []
    for wanted in content.answers:
        kept = by_answer_id.get(wanted.id or "")
        state = _new_state(wanted, answer_id=wanted.id, question_id=question.id, author=author)
        states.append(kept if kept is not None and kept.says_the_same_as(state) else state)
    return tuple(states)


def _new_state(
    answer: AnswerInQuestion,
    *,
    answer_id: EntityId | None,
    question_id: EntityId,
    author: Author,
) -> BookingQuestionAnswer:
    ownership = author.ownership()
    return BookingQuestionAnswer(
        **ownership,
        answer_id=answer_id or ownership["id"],
        booking_question_id=question_id,
        type=answer.type,
        category_id=answer.category_id,
        content=answer.content if isinstance(answer, PlainTextAnswerContent) else None,
        service_id=answer.service_id if isinstance(answer, ServiceReferenceAnswerContent) else None,
    )


async def _supersede(question: BookingQuestion, *, dropped: set[EntityId], author: Author) -> None:
    await BookingQuestionAnswer.supersede(
        organization_id=question.organization_id,
        booking_question_id=question.id,
        named=question.answers,
        dropped=sorted(dropped),
        now=author.now,
    )


async def _load_snapshot(question: BookingQuestion) -> Snapshot:
    return _snapshot(question, await load_answers(question))


def _snapshot(question: BookingQuestion, answers: Sequence[BookingQuestionAnswer]) -> Snapshot:
    return {"question": question, "answers": tuple(answers)}


def _without_answers(question: BookingQuestion) -> Mapping[str, Any]:
    return {"question_content": question.question_content, "answers": ()}
