"""Which page or campaign leads to which flow."""

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.routing.rules import RoutingRule
from app.domain.values import Name


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
