"""Setting up widgets."""

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.brand_kit import BrandKit
from app.documents.scheduler_config import SchedulerConfig
from app.domain.audit import AuditedEntity
from app.domain.origins import normalise_origin
from app.domain.scheduler_config import SchedulerConfigContent
from app.services.authoring import Author
from app.services.content_generations import KeptContent, current_generations
from app.services.editing import (
    Deletion,
    EntityKind,
    Patch,
    apply_patch,
    delete_entity,
    insert_entity,
    judge_new,
    update_entity,
)
from app.services.given import Given
from app.services.secrets import new_publishable_key

KIND = EntityKind(
    document=SchedulerConfig,
    audited_as=AuditedEntity.SCHEDULER_CONFIG,
    unique_field=("name",),
    references={
        "brand_kit_id": BrandKit,
        "booking_flow_router_id": BookingFlowRouter,
        "default_booking_flow_id": BookingFlow,
    },
)


_configs: KeptContent[SchedulerConfig] = KeptContent(max_size=1_000)


class OriginNotAllowed(Exception):
    """The page that asks is on none of the origins its config allows."""


async def find_served_config(
    publishable_key: str, *, origin: str | None, server_origin: str
) -> SchedulerConfig | None:
    """Return the config of a widget's key, or None for an unknown key.

    Raises OriginNotAllowed for a page that is neither ours nor one the config allows. Requests
    without an `Origin` do not come from a page and are served.
    """
    config = await _find_by_key(publishable_key)
    if config is None or origin is None:
        return config
    if normalise_origin(origin) not in {normalise_origin(server_origin), *config.allowed_origins}:
        raise OriginNotAllowed(origin)
    return config


async def _find_by_key(publishable_key: str) -> SchedulerConfig | None:
    kept = _configs.find(publishable_key)
    if kept is not None:
        return kept
    stamp = current_generations().stamp()
    config = await SchedulerConfig.find_by_publishable_key(publishable_key)
    if config is not None:
        organization_id = config.organization_id
        _configs.keep(publishable_key, config, organization_id=organization_id, stamp=stamp)
    return config


async def create_scheduler_config(
    given: SchedulerConfigContent | Given[SchedulerConfigContent], *, author: Author
) -> SchedulerConfig:
    """Store a config with a fresh publishable key and return it.

    Raises Refused with INVALID for texts that are no selectors or phone numbers, with NOT_FOUND for
    every reference that is not the organization's, and with DUPLICATE for a taken name.
    """
    content = await judge_new(KIND, given, author=author)
    config = SchedulerConfig(
        **author.ownership(), **dict(content), publishable_key=new_publishable_key()
    )
    return await insert_entity(KIND, config, author=author)


async def update_scheduler_config(patch: Patch, *, author: Author) -> SchedulerConfig:
    """Change a config and return it; raises Refused as creating one and every edit does."""
    config, content = await apply_patch(KIND, SchedulerConfigContent, patch, author=author)
    return await update_entity(KIND, config, content.model_dump(), author=author)


async def delete_scheduler_config(deletion: Deletion, *, author: Author) -> SchedulerConfig:
    """Delete a config and return it; its publishable key opens nothing from then on."""
    return await delete_entity(KIND, deletion, author=author)
