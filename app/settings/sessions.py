"""Booking sessions, where an organization has not chosen for itself."""

from pydantic import Field

from app.settings.base import CommonSettings


class SessionSettings(CommonSettings):
    """How long sessions and their events are kept going, and kept."""

    session_idle_minutes: int = Field(
        default=60,
        ge=1,
        le=525_600,
        description="Minutes without an event after which a session is abandoned; an organization "
        "may have its own.",
    )
    event_retention_days: int | None = Field(
        default=None,
        ge=1,
        le=3_650,
        description="Days that the events of closed sessions are kept, for ever without it; an "
        "organization may have its own.",
    )
