"""Which page or campaign leads to which flow."""

from collections.abc import Sequence

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.routing.rules import RoutingRule
from app.domain.values import EntityId, Name


class BookingFlowRouter(VersionedDocument):
    """An organization's routing rules."""

    name: Name
    rules: list[RoutingRule] = []

    class Settings:
        name = "booking_flow_routers"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("name", ASCENDING)],
                name="organization_name",
                unique=True,
            )
        ]

    @classmethod
    async def find_version(cls, organization_id: EntityId, router_id: EntityId) -> int | None:
        """Return the version alone, or None when the router is not there or another's."""
        raw = await cls.get_motor_collection().find_one(
            {"_id": router_id, "organization_id": organization_id}, {"version": 1}
        )
        return None if raw is None else int(raw["version"])

    def leads_to(self, flow_id: EntityId) -> bool:
        """Return whether one of the rules may choose the flow."""
        return any(flow_id in rule.flow_ids for rule in self.rules)

    @classmethod
    async def find_leading_to(
        cls, organization_ids: Sequence[EntityId], flow_ids: Sequence[EntityId]
    ) -> list["BookingFlowRouter"]:
        """Return the routers with a rule that may choose one of at most 100 flows."""
        named = {"$in": list(flow_ids)}
        return await cls.find(
            {
                "organization_id": {"$in": list(organization_ids)},
                "$or": [{"rules.booking_flow_id": named}, {"rules.split.booking_flow_id": named}],
            }
        ).to_list()
