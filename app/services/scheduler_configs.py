"""Setting up widgets."""

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.brand_kit import BrandKit
from app.documents.scheduler_config import SchedulerConfig
from app.domain.audit import AuditedEntity
from app.domain.problems import Problem
from app.domain.scheduler_config import SchedulerConfigContent, find_text_problems
from app.domain.values import EntityId
from app.services.authoring import Author, find_missing, refuse_if
from app.services.editing import (
    Deletion,
    EntityKind,
    Patch,
    apply_patch,
    delete_entity,
    insert_entity,
    update_entity,
)
from app.services.secrets import new_publishable_key
from app.services.text_checks import LibraryTextChecks

KIND = EntityKind(
    document=SchedulerConfig, audited_as=AuditedEntity.SCHEDULER_CONFIG, unique_field=("name",)
)
TEXT_CHECKS = LibraryTextChecks()


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


async def allows_origin(organization_id: EntityId, origin: str) -> bool:
    """Return whether a widget of the organization may run on pages of the origin."""
    return await SchedulerConfig.allows_origin(organization_id, origin.lower())


async def create_scheduler_config(
    content: SchedulerConfigContent, *, author: Author
) -> SchedulerConfig:
    """Store a config with a fresh publishable key and return it.

    Raises Refused with INVALID for texts that are no selectors or phone numbers, with NOT_FOUND for
    every reference that is not the organization's, and with DUPLICATE for a taken name.
    """
    refuse_if(await _find_problems(content, author))
    config = SchedulerConfig(
        **author.ownership(), **dict(content), publishable_key=new_publishable_key()
    )
    return await insert_entity(KIND, config, author=author)


async def update_scheduler_config(patch: Patch, *, author: Author) -> SchedulerConfig:
    """Change a config and return it; raises Refused as creating one and every edit does."""
    config, content = await apply_patch(
        SchedulerConfig,
        SchedulerConfigContent,
        patch,
        author=author,
        find_problems=lambda _, content: _find_problems(content, author),
    )
    return await update_entity(KIND, config, content.model_dump(), author=author)


async def delete_scheduler_config(deletion: Deletion, *, author: Author) -> SchedulerConfig:
    """Delete a config and return it; its publishable key opens nothing from then on."""
    return await delete_entity(KIND, deletion, author=author)


async def _find_problems(content: SchedulerConfigContent, author: Author) -> tuple[Problem, ...]:
    organization_id = author.organization_id
    return (
        *find_text_problems(content, checks=TEXT_CHECKS),
        *await find_missing(BrandKit, organization_id, {("brand_kit_id",): content.brand_kit_id}),
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
    )
