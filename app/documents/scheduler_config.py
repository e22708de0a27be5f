"""What a widget is set up with."""

from collections.abc import Sequence

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.branding import FallbackPhoneNumberScreen
from app.domain.values import EntityId, Name


class SchedulerConfig(VersionedDocument):
    """One widget installation: its look, its routing and the pages it may run on."""

    name: Name
    publishable_key: str
    target_click_elements: list[str] = []
    allowed_origins: list[str] = []
    brand_kit_id: EntityId | None = None
    booking_flow_router_id: EntityId | None = None
    default_booking_flow_id: EntityId | None = None
    fallback_phone_number_screen: FallbackPhoneNumberScreen | None = None

    class Settings:
        name = "scheduler_configs"
        indexes = [
            IndexModel([("publishable_key", ASCENDING)], name="publishable_key", unique=True),
            IndexModel(
                [("organization_id", ASCENDING), ("name", ASCENDING)],
                name="organization_name",
                unique=True,
            ),
            IndexModel(
                [("allowed_origins", ASCENDING), ("organization_id", ASCENDING)],
                name="allowed_origins",
            ),
        ]

    @classmethod
    async def find_defaulting_to(
        cls, organization_ids: Sequence[EntityId], flow_ids: Sequence[EntityId]
    ) -> list["SchedulerConfig"]:
        """Return the configs whose default is one of at most 100 flows."""
        return await cls.find(
            {
                "organization_id": {"$in": list(organization_ids)},
                "default_booking_flow_id": {"$in": list(flow_ids)},
            }
        ).to_list()

    @classmethod
    async def find_by_publishable_key(cls, publishable_key: str) -> "SchedulerConfig | None":
        """Return the config a widget's key belongs to."""
        return await cls.find_one({"publishable_key": publishable_key})

    @classmethod
    async def allows_origin(cls, origin: str, *, organization_id: EntityId | None = None) -> bool:
        """Return whether a config of the organization allows the origin, given as browsers do.

        Without an organization: whether any config does, whosever.
        """
        query = {"allowed_origins": origin}
        if organization_id is not None:
            query["organization_id"] = organization_id
        return await cls.get_motor_collection().find_one(query, {"_id": 1}) is not None
