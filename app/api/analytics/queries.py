"""Reports on sessions: a field each."""

from typing import Annotated

import strawberry

from app.api.analytics.types import EventFrequency
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.permissions import Access, query
from app.services.analytics.event_frequency import load_event_frequency


@strawberry.type(description="Reports on the organization's sessions.")
class Analytics:
    @strawberry.field(
        description=(
            "How often and how fast things happened in one session, over all of its events; null "
            "when there is no such session."
        )
    )
    async def event_frequency(
        self,
        info: Info,
        booking_session_id: Annotated[
            strawberry.ID, strawberry.argument(description="The session.")
        ],
    ) -> EventFrequency | None:
        session_id = decode_id(EntityType.BOOKING_SESSION, booking_session_id)
        if session_id is None:
            return None
        frequency = await load_event_frequency(info.context.organization_id, session_id)
        return None if frequency is None else EventFrequency.from_domain(frequency)


@strawberry.type
class AnalyticsQueries:
    @query(description="Reports on the organization's sessions.", access=Access.ANALYST)
    async def analytics(self) -> Analytics:
        return Analytics()
