"""Published states of booking flows."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DESCENDING, IndexModel
from app.documents.ranges import between
from app.domain.booking_flow.flow import FlowDefinition
from app.domain.booking_flow.steps import BookingFlowStep
from app.domain.content import ContentConfig
from app.domain.values import EntityId, Value


class RevisionHeader(Value):
    """A revision without its steps."""

    id: EntityId
    organization_id: EntityId
    booking_flow_id: EntityId
    revision: int
    flow_version: int
    content: ContentConfig
    published_at: datetime
    published_by: str
    published_by_member: bool = False


class BookingFlowRevision(OrganizationDocument):
    """A flow as it was published; never changed afterwards."""

    booking_flow_id: EntityId
    revision: int
    flow_version: int
    content: ContentConfig
    steps: list[BookingFlowStep]
    published_at: datetime
    published_by: str
    published_by_member: bool = False

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
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("published_at", ASCENDING)],
                name="organization_published",
            ),
        ]

    @classmethod
    async def find_headers(cls, keys: Iterable[tuple[EntityId, EntityId]]) -> list[RevisionHeader]:
        """Return the headers of the (organization, revision) ids that exist, in no order."""
        keys = list(keys)
        cursor = cls.get_motor_collection().find(
            {
                "_id": {"$in": sorted({revision_id for _, revision_id in keys})},
                "organization_id": {"$in": sorted({owner_id for owner_id, _ in keys})},
            },
            {"steps": 0},
        )
        return [RevisionHeader.model_validate({**raw, "id": raw["_id"]}) async for raw in cursor]

    @classmethod
    async def stream_headers(
        cls, organization_id: EntityId, *, since: datetime
    ) -> AsyncIterator[RevisionHeader]:
        """Yield the headers of the organization's revisions made at or after a time, oldest first.

        Not every one was published in the end: see `BookingFlow.revision_ids`.
        """
        query = {"organization_id": organization_id, **between("published_at", since, None)}
        cursor = (
            cls.get_motor_collection().find(query, {"steps": 0}).sort("published_at", ASCENDING)
        )
        async for raw in cursor:
            yield RevisionHeader.model_validate({**raw, "id": raw["_id"]})

    def to_header(self) -> RevisionHeader:
        """Return the revision without its steps."""
        return RevisionHeader(**{name: getattr(self, name) for name in RevisionHeader.model_fields})

    def to_definition(self) -> FlowDefinition:
        """Return the flow customers meet."""
        return FlowDefinition(
            booking_flow_id=self.booking_flow_id,
            revision=self.revision,
            content=self.content,
            steps=tuple(self.steps),
        )
