"""The revision a session is pinned to."""

from app.documents.booking_session import BookingSession
from app.domain.booking_session.flow_index import FlowIndex
from app.services.revisions import load_flow_index


async def load_pinned_flow(session: BookingSession) -> FlowIndex:
    """Return the flow the session started on; whatever was published since makes no difference."""
    flow = await load_flow_index(session.organization_id, session.booking_flow_revision_id)
    if flow is None:
        raise RuntimeError(f"session {session.id} is pinned to a revision that is gone")
    return flow
