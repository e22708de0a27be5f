"""Steps of the drafts of booking flows."""

from datetime import datetime
from typing import Any

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.booking_flow.steps import STEP_ADAPTER, BookingFlowStep, StepType
from app.domain.values import EntityId


class BookingFlowStepDocument(OrganizationDocument):
    """A step; `step_type` says which shape `type_config` has."""

    booking_flow_id: EntityId
    step_type: StepType
    step_config: dict[str, Any]
    type_config: dict[str, Any]

    class Settings:
        name = "booking_flow_steps"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("booking_flow_id", ASCENDING)],
                name="organization_flow",
            )
        ]

    def to_step(self) -> BookingFlowStep:
        """Return the typed step."""
        return STEP_ADAPTER.validate_python(
            {
                "id": self.id,
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
        organization_id: EntityId,
        booking_flow_id: EntityId,
        now: datetime,
    ) -> "BookingFlowStepDocument":
        """Return the document that stores `step`."""
        return cls(
            id=step.id,
            organization_id=organization_id,
            booking_flow_id=booking_flow_id,
            step_type=step.step_type,
            step_config=step.step_config.model_dump(),
            type_config=step.type_config.model_dump(mode="json"),
            created_at=now,
            updated_at=now,
        )
