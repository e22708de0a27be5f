"""What is said to change a booking."""

from datetime import datetime

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to

ID_DESCRIPTION = "The booking; with a session token, the one its session led to."
REASON_DESCRIPTION = "Why, for those who look the booking up; at most 500 characters."


@strawberry.input(description="A visit to move to another time.")
class RescheduleBookingInput:
    id: strawberry.ID = strawberry.field(
        description=ID_DESCRIPTION, metadata=refers_to(EntityType.BOOKING)
    )
    start_time: datetime = strawberry.field(
        description="When a window begins that `availableTimeslots` answers."
    )
    end_time: datetime = strawberry.field(description="When that window ends.")
    reason: str | None = strawberry.field(default=strawberry.UNSET, description=REASON_DESCRIPTION)


@strawberry.input(description="A booking to call off.")
class CancelBookingInput:
    id: strawberry.ID = strawberry.field(
        description=ID_DESCRIPTION, metadata=refers_to(EntityType.BOOKING)
    )
    reason: str | None = strawberry.field(default=strawberry.UNSET, description=REASON_DESCRIPTION)
