"""Loaders of flows' steps."""

from collections.abc import Sequence

from aiodataloader import DataLoader

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.loaders.base import OwnedId


class StepsByFlowIdLoader(DataLoader[OwnedId, list[BookingFlowStepDocument]]):
    """Loads the steps of drafts by flow id, in no order: the flow's `steps` gives it."""

    def __init__(self) -> None:
        super().__init__(max_batch_size=MAX_IDS_PER_COMMAND)

    async def batch_load_fn(self, keys: Sequence[OwnedId]) -> list[list[BookingFlowStepDocument]]:
        """Return the lists of steps in the order of the keys."""
        query = {
            "booking_flow_id": {"$in": sorted({key.id for key in keys})},
            "organization_id": {"$in": sorted({key.organization_id for key in keys})},
        }
        steps: dict[OwnedId, list[BookingFlowStepDocument]] = {key: [] for key in keys}
        async for step in BookingFlowStepDocument.find(query):
            key = OwnedId(step.organization_id, step.booking_flow_id)
            if key in steps:
                steps[key].append(step)
        return [steps[key] for key in keys]
