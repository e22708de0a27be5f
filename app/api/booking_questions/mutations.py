"""Editing questions and answer categories."""

import strawberry

from app.api.booking_questions.inputs import (
    CreateBookingAnswerCategoryInput,
    CreateBookingQuestionInput,
    DeleteBookingAnswerCategoryInput,
    DeleteBookingQuestionInput,
    UpdateBookingAnswerCategoryInput,
    UpdateBookingQuestionInput,
)
from app.api.booking_questions.types import BookingAnswerCategory, BookingQuestion
from app.api.context import Info
from app.api.inputs import read_given
from app.api.patches import read_deletion, read_patch
from app.api.permissions import Access, mutation
from app.api.usage import naming_users
from app.api.user_errors import MutationPayload
from app.domain.questions import AnswerCategoryContent, BookingQuestionContent
from app.services import booking_answer_categories, booking_questions


@strawberry.type(description="The outcome of `createBookingAnswerCategory`.")
class CreateBookingAnswerCategoryPayload(MutationPayload):
    booking_answer_category: BookingAnswerCategory | None = strawberry.field(
        default=None, description="The new category; null when it was refused."
    )


@strawberry.type(description="The outcome of `createBookingQuestion`.")
class CreateBookingQuestionPayload(MutationPayload):
    booking_question: BookingQuestion | None = strawberry.field(
        default=None, description="The new question; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateBookingAnswerCategory`.")
class UpdateBookingAnswerCategoryPayload(MutationPayload):
    booking_answer_category: BookingAnswerCategory | None = strawberry.field(
        default=None, description="The category as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `deleteBookingAnswerCategory`.")
class DeleteBookingAnswerCategoryPayload(MutationPayload):
    booking_answer_category: BookingAnswerCategory | None = strawberry.field(
        default=None, description="The category as it was; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateBookingQuestion`.")
class UpdateBookingQuestionPayload(MutationPayload):
    booking_question: BookingQuestion | None = strawberry.field(
        default=None, description="The question as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `deleteBookingQuestion`.")
class DeleteBookingQuestionPayload(MutationPayload):
    booking_question: BookingQuestion | None = strawberry.field(
        default=None, description="The question as it was; null when it was refused."
    )


@strawberry.type
class BookingQuestionMutations:
    @mutation(description="Create an answer category.", access=Access.EDITOR)
    async def create_booking_answer_category(
        self, info: Info, input: CreateBookingAnswerCategoryInput
    ) -> CreateBookingAnswerCategoryPayload:
        given = read_given(input, AnswerCategoryContent)
        category = await booking_answer_categories.create_answer_category(
            given, author=info.context.author
        )
        return CreateBookingAnswerCategoryPayload(
            booking_answer_category=BookingAnswerCategory.from_document(category)
        )

    @mutation(description="Create a question together with its answers.", access=Access.EDITOR)
    async def create_booking_question(
        self, info: Info, input: CreateBookingQuestionInput
    ) -> CreateBookingQuestionPayload:
        given = read_given(input, BookingQuestionContent)
        question = await booking_questions.create_booking_question(
            given, author=info.context.author
        )
        return CreateBookingQuestionPayload(
            booking_question=BookingQuestion.from_document(question)
        )

    @mutation(description="Change a question and its answers.", access=Access.EDITOR)
    async def update_booking_question(
        self, info: Info, input: UpdateBookingQuestionInput
    ) -> UpdateBookingQuestionPayload:
        booking_question = await booking_questions.update_booking_question(
            read_patch(input), author=info.context.author
        )
        return UpdateBookingQuestionPayload(
            booking_question=BookingQuestion.from_document(booking_question)
        )

    @mutation(
        description="Delete a question and its answers unless a flow asks it.", access=Access.EDITOR
    )
    async def delete_booking_question(
        self, info: Info, input: DeleteBookingQuestionInput
    ) -> DeleteBookingQuestionPayload:
        booking_question = await naming_users(
            booking_questions.delete_booking_question(
                read_deletion(input), author=info.context.author
            )
        )
        return DeleteBookingQuestionPayload(
            booking_question=BookingQuestion.from_document(booking_question)
        )

    @mutation(description="Change an answer category.", access=Access.EDITOR)
    async def update_booking_answer_category(
        self, info: Info, input: UpdateBookingAnswerCategoryInput
    ) -> UpdateBookingAnswerCategoryPayload:
        booking_answer_category = await booking_answer_categories.update_answer_category(
            read_patch(input), author=info.context.author
        )
        return UpdateBookingAnswerCategoryPayload(
            booking_answer_category=BookingAnswerCategory.from_document(booking_answer_category)
        )

    @mutation(
        description="Delete an answer category that no answer is shown in.", access=Access.EDITOR
    )
    async def delete_booking_answer_category(
        self, info: Info, input: DeleteBookingAnswerCategoryInput
    ) -> DeleteBookingAnswerCategoryPayload:
        booking_answer_category = await naming_users(
            booking_answer_categories.delete_answer_category(
                read_deletion(input), author=info.context.author
            )
        )
        return DeleteBookingAnswerCategoryPayload(
            booking_answer_category=BookingAnswerCategory.from_document(booking_answer_category)
        )
