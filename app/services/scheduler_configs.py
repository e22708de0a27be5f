"""Setting up widgets."""

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.brand_kit import BrandKit
from app.documents.scheduler_config import SchedulerConfig
from app.domain.scheduler_config import SchedulerConfigContent
from app.services.authoring import Author, find_missing, refuse_if
from app.services.secrets import new_publishable_key


class OriginNotAllowed(Exception):
    """The page that asks is on none of the origins its config allows."""


async def find_served_config(
    publishable_key: str, *, origin: str | None, server_origin: str
) -> SchedulerConfig | None:
    """Return the config of a widget's key, or None for an unknown key.

    Raises OriginNotAllowed for a page that is neither ours nor one the config allows. Requests
    without an `Origin` do not come from a page and are served.
    """
    config = await SchedulerConfig.find_by_publishable_key(publishable_key)
    if config is None or origin is None:
        return config
    if origin.lower() not in {server_origin.lower(), *config.allowed_origins}:
        raise OriginNotAllowed(origin)
    return config


async def create_scheduler_config(
    content: SchedulerConfigContent, *, author: Author
) -> SchedulerConfig:
    """Store a config with a fresh publishable key and return it.

    Raises Refused with NOT_FOUND for every reference that is not the organization's.
    """
    organization_id = author.organization_id
    refuse_if(
        [
            *await find_missing(
                BrandKit, organization_id, {("brand_kit_id",): content.brand_kit_id}
            ),
            *await find_missing(
                BookingFlowRouter,
                organization_id,
                {("booking_flow_router_id",): content.booking_flow_router_id},
            ),
            *await find_missing(
                BookingFlow,
                organization_id,
                {("default_booking_flow_id",): content.default_booking_flow_id},
            ),
        ]
    )
    config = SchedulerConfig(
        **author.ownership(), **dict(content), publishable_key=new_publishable_key()
    )
    await config.insert()
    return config
