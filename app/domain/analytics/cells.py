"""What sessions of a rollup are kept apart by, so that every filter can be applied afterwards."""

from typing import NamedTuple

from app.domain.analytics.scope import BOT_DEVICE_TYPES, SessionFilter
from app.domain.booking_session.context import SessionContext
from app.domain.values import EntityId


class Cell(NamedTuple):
    """Sessions that no filter tells apart; the words are as stored."""

    booking_flow_id: EntityId
    revision: int
    revision_id: EntityId
    routing_rule_id: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    device_type: str

    @property
    def is_bot(self) -> bool:
        """Whether its sessions are of programs."""
        return self.device_type in BOT_DEVICE_TYPES

    def is_in(self, wanted: SessionFilter) -> bool:
        """Whether its sessions count under a filter."""
        if wanted.leaves_bots_out and self.is_bot:
            return False
        return (
            wanted.booking_flow_id in (None, self.booking_flow_id)
            and wanted.revision in (None, self.revision)
            and wanted.routing_rule_id in (None, self.routing_rule_id)
            and wanted.utm_source in (None, self.utm_source)
            and wanted.utm_medium in (None, self.utm_medium)
            and wanted.utm_campaign in (None, self.utm_campaign)
            and wanted.device_type in (None, self.device_type)
        )


def cell_of(
    context: SessionContext, *, booking_flow_id: EntityId, revision: int, revision_id: EntityId
) -> Cell:
    """Return the cell of a session."""
    utm, route = context.utm, context.route
    return Cell(
        booking_flow_id=booking_flow_id,
        revision=revision,
        revision_id=revision_id,
        routing_rule_id=None if route is None else route.rule_id,
        utm_source=utm.source,
        utm_medium=utm.medium,
        utm_campaign=utm.campaign,
        device_type=context.device.type.value,
    )
