"""Times of visits as clients read them."""

from datetime import datetime

import strawberry


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
