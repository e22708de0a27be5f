"""Places taken in the visit windows of limited capacity."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DuplicateKeyError, IndexModel
from app.domain.values import EntityId


class TimeslotReservation(OrganizationDocument):
    """One place of a window on one day, taken by one session.

    A window of capacity n has the places 0 … n - 1. The unique index on a place is what keeps any
    number of concurrent completions within the capacity.
    """

    booking_flow_step_id: EntityId
    start_time: datetime
    end_time: datetime
    place: int
    booking_session_id: EntityId

    class Settings:
        name = "timeslot_reservations"
        indexes = [
            IndexModel(
                [
                    ("booking_flow_step_id", ASCENDING),
                    ("start_time", ASCENDING),
                    ("end_time", ASCENDING),
                    ("place", ASCENDING),
                ],
                name="step_window_place",
                unique=True,
            ),
            IndexModel([("booking_session_id", ASCENDING)], name="booking_session", unique=True),
        ]

    @classmethod
    async def count_taken(
        cls, *, step_id: EntityId, start_times: Iterable[datetime]
    ) -> dict[datetime, int]:
        """Return how many places are taken by start time of the windows, those with any only."""
        query = {
            "booking_flow_step_id": step_id,
            "start_time": {"$in": sorted(set(start_times))},
        }
        taken: Counter[datetime] = Counter()
        async for raw in cls.get_motor_collection().find(query, {"start_time": 1}):
            taken[raw["start_time"]] += 1
        return dict(taken)

    @classmethod
    async def count_taken_between(
        cls, *, step_id: EntityId, starts_from: datetime, starts_before: datetime
    ) -> dict[datetime, int]:
        """Return the same for all windows that start in `[starts_from, starts_before)`."""
        query = {
            "booking_flow_step_id": step_id,
            "start_time": {"$gte": starts_from, "$lt": starts_before},
        }
        taken: Counter[datetime] = Counter()
        async for raw in cls.get_motor_collection().find(query, {"start_time": 1}):
            taken[raw["start_time"]] += 1
        return dict(taken)

    @classmethod
    async def take_place(
        cls,
        *,
        organization_id: EntityId,
        step_id: EntityId,
        booking_session_id: EntityId,
        start_time: datetime,
        end_time: datetime,
        capacity: int,
        now: datetime,
    ) -> bool:
        """Take the first free place for the session; return whether there was one.

        A session that already holds a place of this window keeps it, so a repeated attempt takes
        nothing twice. One it holds of another window is given back first.
        """
        held = await cls.find_one({"booking_session_id": booking_session_id})
        if held is not None and (held.start_time, held.end_time) == (start_time, end_time):
            return True
        if held is not None:
            await held.delete()
        for place in await cls._free_places(step_id, start_time, end_time, capacity):
            reservation = cls(
                organization_id=organization_id,
                booking_flow_step_id=step_id,
                start_time=start_time,
                end_time=end_time,
                place=place,
                booking_session_id=booking_session_id,
                created_at=now,
                updated_at=now,
            )
            try:
                await reservation.insert()
            except DuplicateKeyError:
                continue
            return True
        return await cls.find_one({"booking_session_id": booking_session_id}) is not None

    @classmethod
    async def _free_places(
        cls, step_id: EntityId, start_time: datetime, end_time: datetime, capacity: int
    ) -> list[int]:
        query = {
            "booking_flow_step_id": step_id,
            "start_time": start_time,
            "end_time": end_time,
        }
        cursor = cls.get_motor_collection().find(query, {"place": 1})
        taken = {raw["place"] async for raw in cursor}
        return [place for place in range(capacity) if place not in taken]

    @classmethod
    async def release(cls, booking_session_id: EntityId) -> None:
        """Give back the place a session holds, if any."""
        await cls.find_one({"booking_session_id": booking_session_id}).delete()
