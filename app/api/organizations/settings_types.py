"""What an organization chooses for its sessions, as clients read and write it."""

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.organizations.enums import EventIdPolicyKind
from app.domain.booking_session import event_references as domain

KIND = "Which ids are kept."
LIMIT = "How many ids are kept at most, the first event's included: 2 to 1000."


@strawberry.type(description="Which of its events a session document lists; all events are kept.")
class EventIdPolicy:
    kind: EventIdPolicyKind = strawberry.field(description=KIND)
    limit: int = strawberry.field(description=LIMIT)

    @classmethod
    def from_domain(cls, policy: domain.EventIdPolicy) -> "EventIdPolicy":
        """Return the policy in the schema's type."""
        return cls(**dict(policy))


@strawberry.input(description="Which of its events a session document lists.")
class EventIdPolicyInput:
    kind: EventIdPolicyKind = strawberry.field(description=KIND)
    limit: int = strawberry.field(default=200, description=LIMIT)


@strawberry.input(description="Changes of the settings; what is left out stays as it is.")
class UpdateOrganizationSettingsInput:
    id: strawberry.ID = strawberry.field(
        description="The caller's organization.", metadata=refers_to(EntityType.ORGANIZATION)
    )
    expected_version: int = strawberry.field(description="The version the owner has seen.")
    event_id_policy: EventIdPolicyInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="The whole policy. A session keeps the one it started with.",
    )
    session_idle_minutes: int | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "Minutes without an event after which a session is abandoned, 1 to 525600; null leaves "
            "it to the server."
        ),
    )
    event_retention_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "Days after its end that a session's events are kept, 1 to 3650; null leaves it to the "
            "server, which keeps them for ever unless it is told otherwise. Events never go within "
            "a day of a change."
        ),
    )
