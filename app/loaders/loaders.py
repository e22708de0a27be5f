"""The loaders of one request."""

from functools import cached_property

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_question import BookingQuestion
from app.documents.booking_service import BookingService
from app.documents.booking_session import BookingSession
from app.documents.brand_kit import BrandKit
from app.loaders.base import OwnedByIdLoader
from app.loaders.booking_flows import StepsByFlowIdLoader
from app.loaders.booking_questions import AnswersByQuestionIdLoader
from app.loaders.files import FileInfosByIdLoader


class Loaders:
    """Made per request, so that nothing loaded for one caller is seen by another."""

    @cached_property
    def questions(self) -> OwnedByIdLoader[BookingQuestion]:
        """Questions by id."""
        return OwnedByIdLoader(BookingQuestion)

    @cached_property
    def answers_by_question_id(self) -> AnswersByQuestionIdLoader:
        """The answers of questions."""
        return AnswersByQuestionIdLoader()

    @cached_property
    def categories(self) -> OwnedByIdLoader[BookingAnswerCategory]:
        """Answer categories by id."""
        return OwnedByIdLoader(BookingAnswerCategory)

    @cached_property
    def services(self) -> OwnedByIdLoader[BookingService]:
        """Services by id."""
        return OwnedByIdLoader(BookingService)

    @cached_property
    def flows(self) -> OwnedByIdLoader[BookingFlow]:
        """Flows by id."""
        return OwnedByIdLoader(BookingFlow)

    @cached_property
    def revisions(self) -> OwnedByIdLoader[BookingFlowRevision]:
        """Published revisions by id."""
        return OwnedByIdLoader(BookingFlowRevision)

    @cached_property
    def steps_by_flow_id(self) -> StepsByFlowIdLoader:
        """The steps of drafts."""
        return StepsByFlowIdLoader()

    @cached_property
    def brand_kits(self) -> OwnedByIdLoader[BrandKit]:
        """Brand kits by id."""
        return OwnedByIdLoader(BrandKit)

    @cached_property
    def routers(self) -> OwnedByIdLoader[BookingFlowRouter]:
        """Routers by id."""
        return OwnedByIdLoader(BookingFlowRouter)

    @cached_property
    def files(self) -> FileInfosByIdLoader:
        """What is known of uploaded files."""
        return FileInfosByIdLoader()

    @cached_property
    def sessions(self) -> OwnedByIdLoader[BookingSession]:
        """Booking sessions by id."""
        return OwnedByIdLoader(BookingSession)
