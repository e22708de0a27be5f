"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.access import Role
from app.domain.booking_session.event_references import EventIdPolicyKind

__all__ = [
    "EventIdPolicyKind",
    "Role",
]

expose_enum(
    Role,
    description="What an API key or a member may do.",
    values={
        Role.OWNER: "Everything, the keys included.",
        Role.EDITOR: "Read and edit everything but the keys.",
        Role.ANALYST: "Read everything.",
    },
)
expose_enum(
    EventIdPolicyKind,
    description="Which of its events a session document lists.",
    values={
        EventIdPolicyKind.ROLLING_WINDOW: "The first event and the newest ones.",
        EventIdPolicyKind.SIGNIFICANT_EVENTS: "The first event and the newest of those that bring "
        "a session forward: completed steps, choices, and its end.",
    },
)
