"""Reading questions and answer categories."""

from typing import Annotated, Any

import strawberry

from app.api.booking_questions.types import BookingAnswerCategory, BookingQuestion
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.ordering import TitledOrder, titled_by
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.api.searching import text_query
from app.documents import booking_answer_category, booking_question
from app.loaders.base import owned


@strawberry.input(description="Which questions to list; conditions left out hold for all.")
class BookingQuestionFilter:
    search: str | None = strawberry.field(
        default=None,
        description="Those whose title or unique name contains this text, whatever the case.",
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for an impossible search."""
        return text_query(self.search, "question_content.title", "question_content.unique_name")


@strawberry.type
class BookingQuestionQueries:
    @query(description="A question; null when there is none.", access=Access.ANALYST)
    async def booking_question(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The question.")],
    ) -> BookingQuestion | None:
        booking_question_id = decode_id(EntityType.BOOKING_QUESTION, id)
        key = owned(info.context.organization_id, booking_question_id)
        found = None if key is None else await info.context.loaders.questions.load(key)
        return None if found is None else BookingQuestion.from_document(found)

    @query(description="The questions of the organization.", access=Access.ANALYST)
    async def booking_questions(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingQuestionFilter | None,
            strawberry.argument(description="Which questions to list."),
        ] = None,
        order_by: Annotated[
            TitledOrder, strawberry.argument(description="How to sort them.")
        ] = TitledOrder.CREATED_AT_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BookingQuestion]:
        return await paginate(
            info,
            booking_question.BookingQuestion,
            {
                "organization_id": info.context.organization_id,
                **(filter or BookingQuestionFilter()).to_query(),
            },
            order=titled_by("question_content.title", order_by),
            to_node=BookingQuestion.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )


@strawberry.input(description="Which answer categories to list; conditions left out hold for all.")
class BookingAnswerCategoryFilter:
    search: str | None = strawberry.field(
        default=None, description="Those whose title contains this text, whatever the case."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for an impossible search."""
        return text_query(self.search, "title")


@strawberry.type
class BookingAnswerCategoryQueries:
    @query(description="An answer category; null when there is none.", access=Access.ANALYST)
    async def booking_answer_category(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The answer category.")],
    ) -> BookingAnswerCategory | None:
        booking_answer_category_id = decode_id(EntityType.BOOKING_ANSWER_CATEGORY, id)
        key = owned(info.context.organization_id, booking_answer_category_id)
        found = None if key is None else await info.context.loaders.categories.load(key)
        return None if found is None else BookingAnswerCategory.from_document(found)

    @query(description="The answer categories of the organization.", access=Access.ANALYST)
    async def booking_answer_categories(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingAnswerCategoryFilter | None,
            strawberry.argument(description="Which answer categories to list."),
        ] = None,
        order_by: Annotated[
            TitledOrder, strawberry.argument(description="How to sort them.")
        ] = TitledOrder.CREATED_AT_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BookingAnswerCategory]:
        return await paginate(
            info,
            booking_answer_category.BookingAnswerCategory,
            {
                "organization_id": info.context.organization_id,
                **(filter or BookingAnswerCategoryFilter()).to_query(),
            },
            order=order_by.value,
            to_node=BookingAnswerCategory.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )
