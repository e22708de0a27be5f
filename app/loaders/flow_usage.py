"""Loaders of what leads customers to flows."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.scheduler_config import SchedulerConfig
from app.domain.values import EntityId
from app.loaders.base import OwnedId, chunked_keys
from app.loaders.measured import MeasuredLoader


class FlowUsage(NamedTuple):
    """The routers with a rule that leads to a flow, and the configs it is the default of."""

    routers: tuple[BookingFlowRouter, ...]
    configs: tuple[SchedulerConfig, ...]


class UsageByFlowIdLoader(MeasuredLoader[OwnedId, FlowUsage]):
    """Loads who uses flows, by flow id."""

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[FlowUsage]:
        """Return the users in the order of the keys."""
        chunks = chunked_keys(keys)
        routers, configs = await asyncio.gather(
            asyncio.gather(*(BookingFlowRouter.find_leading_to(*_ids(c)) for c in chunks)),
            asyncio.gather(*(SchedulerConfig.find_defaulting_to(*_ids(c)) for c in chunks)),
        )
        all_routers = {router.id: router for router in chain.from_iterable(routers)}.values()
        all_configs = list(chain.from_iterable(configs))
        return [
            FlowUsage(
                routers=tuple(
                    router
                    for router in all_routers
                    if router.organization_id == key.organization_id and router.leads_to(key.id)
                ),
                configs=tuple(
                    config
                    for config in all_configs
                    if config.organization_id == key.organization_id
                    and config.default_booking_flow_id == key.id
                ),
            )
            for key in keys
        ]


def _ids(keys: Iterable[OwnedId]) -> tuple[list[EntityId], list[EntityId]]:
    keys = list(keys)
    return sorted({key.organization_id for key in keys}), sorted({key.id for key in keys})
