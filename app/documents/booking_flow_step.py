"""Steps of the drafts of booking flows.

A step document is written once and never changed: an edited step is a new document with the same
`step_id`, which clients, sessions and revisions know. The flow document names the documents that
make up its draft, so the one write that raises its version makes a whole edit visible, or nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.booking_flow.steps import STEP_ADAPTER, BookingFlowStep, StepType
from app.domain.values import EntityId

SUPERSEDED_KEPT = timedelta(hours=1)
"""How long a document the draft no longer names is kept: a reader may have just read the flow."""


class BookingFlowStepDocument(OrganizationDocument):
    """One state of a step; `step_type` says which shape `type_config` has.

    The documents a flow is created with have the ids of their steps, later ones ids of their own.
    """

    booking_flow_id: EntityId
    step_id: EntityId
    step_type: StepType
    step_config: dict[str, Any]
    type_config: dict[str, Any]
    superseded_at: datetime | None = None

    class Settings:
        name = "booking_flow_steps"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("booking_flow_id", ASCENDING)],
                name="organization_flow",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("step_id", ASCENDING)], name="organization_step"
            ),
            IndexModel(
                [("superseded_at", ASCENDING)],
                name="superseded",
                expireAfterSeconds=int(SUPERSEDED_KEPT.total_seconds()),
            ),
        ]

    def to_step(self) -> BookingFlowStep:
        """Return the typed step."""
        return STEP_ADAPTER.validate_python(
            {
                "id": self.step_id,
                "step_type": self.step_type,
                "step_config": self.step_config,
                "type_config": self.type_config,
            }
        )

    @classmethod
    def from_step(
        cls,
        step: BookingFlowStep,
        *,
        document_id: EntityId,
        organization_id: EntityId,
        booking_flow_id: EntityId,
        now: datetime,
    ) -> "BookingFlowStepDocument":
        """Return the document that stores `step`."""
        return cls(
            id=document_id,
            organization_id=organization_id,
            booking_flow_id=booking_flow_id,
            step_id=step.id,
            step_type=step.step_type,
            step_config=step.step_config.model_dump(),
            type_config=step.type_config.model_dump(mode="json"),
            created_at=now,
            updated_at=now,
        )

    @classmethod
    async def find_flow_id(cls, organization_id: EntityId, step_id: EntityId) -> EntityId | None:
        """Return the flow a step belongs or belonged to, or None for an unknown step."""
        raw = await cls.get_motor_collection().find_one(
            {"organization_id": organization_id, "step_id": step_id}, {"booking_flow_id": 1}
        )
        return None if raw is None else raw["booking_flow_id"]

    @classmethod
    async def supersede(
        cls,
        *,
        organization_id: EntityId,
        booking_flow_id: EntityId,
        named: Sequence[EntityId],
        dropped: Sequence[EntityId],
        now: datetime,
    ) -> None:
        """Let the documents expire that an edit dropped, and those an edit cut short left behind.

        A document that is neither named nor old may belong to an edit that is being written.
        """
        await cls.get_motor_collection().update_many(
            {
                "organization_id": organization_id,
                "booking_flow_id": booking_flow_id,
                "superseded_at": None,
                "_id": {"$nin": list(named)},
                "$or": [
                    {"_id": {"$in": list(dropped)}},
                    {"created_at": {"$lt": now - SUPERSEDED_KEPT}},
                ],
            },
            {"$set": {"superseded_at": now}},
        )
