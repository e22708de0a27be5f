"""Published states of booking flows."""

from datetime import datetime

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DESCENDING, IndexModel
from app.domain.booking_flow.flow import FlowDefinition
from app.domain.booking_flow.steps import BookingFlowStep
from app.domain.content import ContentConfig
from app.domain.values import EntityId


class BookingFlowRevision(OrganizationDocument):
    """A flow as it was published; never changed afterwards."""

    booking_flow_id: EntityId
    revision: int
    flow_version: int
    content: ContentConfig
    steps: list[BookingFlowStep]
    published_at: datetime
    published_by: str

    class Settings:
        name = "booking_flow_revisions"
        indexes = [
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("booking_flow_id", ASCENDING),
                    ("revision", DESCENDING),
                ],
                name="organization_flow_revision",
            )
        ]

    def to_definition(self) -> FlowDefinition:
        """Return the flow customers meet."""
        return FlowDefinition(
            booking_flow_id=self.booking_flow_id,
            revision=self.revision,
            content=self.content,
            steps=tuple(self.steps),
        )
