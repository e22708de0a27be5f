"""Booking flows as their editors see them."""

from collections.abc import Iterable
from datetime import datetime

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.content import ContentConfig
from app.domain.values import EntityId


class BookingFlow(VersionedDocument):
    """The draft of a flow, and which of its revisions customers get.

    `steps` names the step documents of the draft in order; an edited step is a new document, so
    this document alone decides what the draft is. `revision_ids[n - 1]` is the frozen revision n.
    Appending to it is what publishes: a revision document no flow names was never published.
    """

    content: ContentConfig
    steps: list[EntityId] = []
    status: BookingFlowStatus = BookingFlowStatus.DRAFT
    revision_ids: list[EntityId] = []
    published_at: datetime | None = None

    class Settings:
        name = "booking_flows"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)],
                name="organization_status",
            )
        ]

    @classmethod
    async def owned_ids(
        cls, organization_id: EntityId, entity_ids: Iterable[EntityId]
    ) -> set[EntityId]:
        """Return which of the ids name a flow of the organization that is not deleted."""
        flows = await cls.list_owned(organization_id, entity_ids)
        return {flow.id for flow in flows if flow.status is not BookingFlowStatus.DELETED}

    @property
    def revision(self) -> int | None:
        """The newest revision, or None before the first publication."""
        return len(self.revision_ids) or None

    @property
    def published_revision_id(self) -> EntityId | None:
        """The revision the public API serves, or None when the flow is not published."""
        if self.status is not BookingFlowStatus.PUBLISHED or not self.revision_ids:
            return None
        return self.revision_ids[-1]
