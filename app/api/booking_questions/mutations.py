"""Editing questions and answer categories."""

import strawberry

from app.api.booking_questions.inputs import (
    CreateBookingAnswerCategoryInput,
    CreateBookingQuestionInput,
)
from app.api.booking_questions.types import BookingAnswerCategory, BookingQuestion
from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import UserError
from app.domain.questions import AnswerCategoryContent, BookingQuestionContent
from app.services import booking_answer_categories, booking_questions


@strawberry.type(description="The outcome of `createBookingAnswerCategory`.")
class CreateBookingAnswerCategoryPayload:
    booking_answer_category: BookingAnswerCategory | None = strawberry.field(
        default=None, description="The new category; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type(description="The outcome of `createBookingQuestion`.")
class CreateBookingQuestionPayload:
    booking_question: BookingQuestion | None = strawberry.field(
        default=None, description="The new question; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type
class BookingQuestionMutations:
    @mutation(description="Create an answer category.", access=Access.EDITOR)
    async def create_booking_answer_category(
        self, info: Info, input: CreateBookingAnswerCategoryInput
    ) -> CreateBookingAnswerCategoryPayload:
        content = read_input(input, AnswerCategoryContent)
        category = await booking_answer_categories.create_answer_category(
            content, author=info.context.author
        )
        return CreateBookingAnswerCategoryPayload(
            booking_answer_category=BookingAnswerCategory.from_document(category)
        )

    @mutation(description="Create a question together with its answers.", access=Access.EDITOR)
    async def create_booking_question(
        self, info: Info, input: CreateBookingQuestionInput
    ) -> CreateBookingQuestionPayload:
        content = read_input(input, BookingQuestionContent)
        question = await booking_questions.create_booking_question(
            content, author=info.context.author
        )
        return CreateBookingQuestionPayload(
            booking_question=BookingQuestion.from_document(question)
        )
