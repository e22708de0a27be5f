"""Going on where an abandoned session ended."""

from app.domain.booking_session.event_types import RecoveredProgress
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.lifecycle import recover_progress
from app.domain.booking_session.state import is_abandoned
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId
from app.services.booking_sessions.history import load_history
from app.services.credentials import Authenticator

FIELD = "resumed_from_session_token"


def read_resumed_session(
    token: str, *, organization_id: EntityId, authenticator: Authenticator
) -> EntityId:
    """Return the session a customer returns to; raises Refused with NOT_FOUND.

    A token that is none and the token of another organization's session are not told apart.
    """
    credential = authenticator.read_session_token(token)
    if credential is None or credential.organization_id != organization_id:
        raise _not_found()
    return credential.booking_session_id


async def load_recovered_progress(
    session_id: EntityId, *, organization_id: EntityId, flow: FlowIndex
) -> RecoveredProgress:
    """Return what a new session on `flow` takes over from an abandoned one.

    Raises Refused with NOT_FOUND when the session is gone, and with INVALID when it goes on or led
    to a booking; whoever holds its token may read as much from the session itself.
    """
    history = await load_history(organization_id, session_id)
    if history is None:
        raise _not_found()
    if not is_abandoned(history.state):
        raise refuse(ProblemCode.INVALID, "is not the token of an abandoned session", FIELD)
    return recover_progress(history.state, booking_session_id=session_id, flow=flow)


def _not_found() -> Refused:
    return refuse(ProblemCode.NOT_FOUND, "names nothing here", FIELD)
