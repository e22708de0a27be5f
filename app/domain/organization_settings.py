"""What an organization chooses for its sessions."""

from typing import Annotated, Final

from pydantic import Field

from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.values import Value

MAX_IDLE_MINUTES: Final = 525_600
MAX_RETENTION_DAYS: Final = 3_650

IdleMinutes = Annotated[int, Field(ge=1, le=MAX_IDLE_MINUTES)]
RetentionDays = Annotated[int, Field(ge=1, le=MAX_RETENTION_DAYS)]


class OrganizationSettings(Value):
    """The choices; None leaves one to the settings of the server.

    `session_idle_minutes` is how long a session may be without events before it is abandoned,
    `event_retention_days` how long the events of closed sessions are kept.
    """

    event_id_policy: EventIdPolicy = EventIdPolicy()
    session_idle_minutes: IdleMinutes | None = None
    event_retention_days: RetentionDays | None = None
