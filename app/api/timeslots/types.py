"""Times of visits as clients read them."""

from datetime import datetime

import strawberry

from app.api.timeslots.enums import UnavailabilityReason


@strawberry.type(description="A visit window.")
class Timeslot:
    start_time: datetime = strawberry.field(description="When it begins.")
    end_time: datetime = strawberry.field(description="When it ends, exclusive.")


@strawberry.type(description="A visit window that can be chosen.")
class AvailableTimeslot:
    start_time: datetime = strawberry.field(description="When it begins.")
    end_time: datetime = strawberry.field(description="When it ends, exclusive.")
    remaining_capacity: int | None = strawberry.field(
        description="How many bookings still fit; null = unlimited."
    )


@strawberry.type(description="The visit windows that can be chosen, or why there are none.")
class TimeslotAvailability:
    timeslots: list[AvailableTimeslot] = strawberry.field(
        description="The windows with room, in order."
    )
    unavailable_reason: UnavailabilityReason | None = strawberry.field(
        description="Why none are offered; null when the windows are all there is."
    )
