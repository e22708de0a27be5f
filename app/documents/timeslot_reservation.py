"""Places taken in the visit windows of limited capacity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DuplicateKeyError, IndexModel, new_id
from app.documents.ranges import between
from app.domain.values import EntityId

SECONDS_LAPSED_HOLDS_ARE_KEPT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPlace:
    """A place of one window for one session; the window has `capacity` places."""

    organization_id: EntityId
    step_id: EntityId
    booking_session_id: EntityId
    start_time: datetime
    end_time: datetime
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How firmly a place is taken.

    With `held_until` it is a hold, which lapses by itself then. With `change_id` it is claimed: a
    completion or a change of a booking is under way since `in_doubt_since`, and only what came of
    that says whether the place stays taken. With neither it is a booking's.
    """

    held_until: datetime | None = None
    change_id: EntityId | None = None
    in_doubt_since: datetime | None = None
    booking_id: EntityId | None = None

    @property
    def is_hold(self) -> bool:
        """Whether the place is only held."""
        return self.held_until is not None

    def record(self) -> dict[str, Any]:
        """Return the fields as stored."""
        return {
            "held_until": self.held_until,
            "change_id": self.change_id,
            "in_doubt_since": self.in_doubt_since,
            "booking_id": self.booking_id,
        }


@dataclass(frozen=True, slots=True)
class TakenPlace:
    """A stored place, whoever took it and however firmly."""

    id: EntityId
    organization_id: EntityId
    booking_session_id: EntityId
    start_time: datetime
    end_time: datetime
    place: int
    terms: Terms

    @classmethod
    def from_record(cls, raw: Mapping[str, Any]) -> "TakenPlace":
        """Return the place of a record as the driver answers it."""
        return cls(
            id=raw["_id"],
            organization_id=raw["organization_id"],
            booking_session_id=raw["booking_session_id"],
            start_time=raw["start_time"],
            end_time=raw["end_time"],
            place=raw["place"],
            terms=Terms(**{name: raw.get(name) for name in _TERMS}),
        )

    def counts(self, now: datetime) -> bool:
        """Whether the place is taken; a lapsed hold is not, even while it is still stored."""
        return self.terms.held_until is None or self.terms.held_until > now


_TERMS = tuple(Terms.__dataclass_fields__)


class TimeslotReservation(OrganizationDocument):
    """One place of a window on one day, taken by one session.

    A window of capacity n has the places 0 … n - 1. The unique index on a place is what keeps any
    number of concurrent holds, completions and changes within the capacity. The terms are those of
    `Terms`.
    """

    booking_flow_step_id: EntityId
    start_time: datetime
    end_time: datetime
    place: int
    booking_session_id: EntityId
    booking_id: EntityId | None = None
    held_until: datetime | None = None
    change_id: EntityId | None = None
    in_doubt_since: datetime | None = None

    class Settings:
        name = "timeslot_reservations"
        indexes = [
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("booking_flow_step_id", ASCENDING),
                    ("start_time", ASCENDING),
                    ("place", ASCENDING),
                ],
                name="organization_step_start_place",
                unique=True,
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("booking_session_id", ASCENDING),
                    ("start_time", ASCENDING),
                ],
                name="organization_session_start",
                unique=True,
            ),
            # Only tidies up: a lapsed hold counts nowhere from its moment on.
            IndexModel(
                [("held_until", ASCENDING)],
                name="held_until",
                expireAfterSeconds=SECONDS_LAPSED_HOLDS_ARE_KEPT,
            ),
        ]

    @classmethod
    async def find_starting_at(
        cls, organization_id: EntityId, *, step_id: EntityId, start_times: Iterable[datetime]
    ) -> list[TakenPlace]:
        """Return the stored places of the windows with these starts, lapsed holds too."""
        starts = sorted(set(start_times))
        query = {
            "organization_id": organization_id,
            "booking_flow_step_id": step_id,
            "start_time": starts[0] if len(starts) == 1 else {"$in": starts},
        }
        cursor = cls.get_motor_collection().find(query)
        return [TakenPlace.from_record(raw) async for raw in cursor]

    @classmethod
    async def find_starting_between(
        cls,
        organization_id: EntityId,
        *,
        step_id: EntityId,
        starts_from: datetime,
        starts_before: datetime,
    ) -> list[TakenPlace]:
        """Return the same for all windows that start in `[starts_from, starts_before)`."""
        query = {
            "organization_id": organization_id,
            "booking_flow_step_id": step_id,
            **between("start_time", starts_from, starts_before),
        }
        cursor = cls.get_motor_collection().find(query)
        return [TakenPlace.from_record(raw) async for raw in cursor]

    @classmethod
    async def find_of_session(
        cls, organization_id: EntityId, booking_session_id: EntityId
    ) -> list[TakenPlace]:
        """Return every place stored for a session of the organization."""
        cursor = cls.get_motor_collection().find(_owned(organization_id, booking_session_id))
        return [TakenPlace.from_record(raw) async for raw in cursor]

    @classmethod
    async def insert_place(
        cls, wanted: WantedPlace, place: int, terms: Terms, *, now: datetime
    ) -> bool:
        """Take a place nobody is stored for; False when somebody was faster."""
        record = {
            "_id": new_id(),
            "organization_id": wanted.organization_id,
            "booking_flow_step_id": wanted.step_id,
            "start_time": wanted.start_time,
            "end_time": wanted.end_time,
            "place": place,
            "booking_session_id": wanted.booking_session_id,
            "created_at": now,
            "updated_at": now,
            **terms.record(),
        }
        try:
            await cls.get_motor_collection().insert_one(record)
        except DuplicateKeyError:
            return False
        return True

    @classmethod
    async def take_over(
        cls, lapsed: TakenPlace, wanted: WantedPlace, terms: Terms, *, now: datetime
    ) -> bool:
        """Take a place whose hold lapsed; False when somebody was faster, its holder perhaps."""
        changes = {"booking_session_id": wanted.booking_session_id, "end_time": wanted.end_time}
        unchanged = {
            "_id": lapsed.id,
            "booking_session_id": lapsed.booking_session_id,
            "held_until": lapsed.terms.held_until,
        }
        try:
            return await cls._update(unchanged, {**changes, **terms.record(), "updated_at": now})
        except DuplicateKeyError:
            return False

    @classmethod
    async def keep(
        cls, own: TakenPlace, wanted: WantedPlace, terms: Terms, *, now: datetime
    ) -> bool:
        """Take a place the session has already on new terms; False when it was lost meanwhile.

        A hold does not weaken what is claimed or booked.
        """
        if terms.is_hold and not own.terms.is_hold:
            return True
        still_own = {"_id": own.id, "booking_session_id": wanted.booking_session_id}
        if terms.is_hold:
            still_own["held_until"] = own.terms.held_until  # type: ignore[assignment]
        changes = {"end_time": wanted.end_time, **terms.record(), "updated_at": now}
        return await cls._update(still_own, changes)

    @classmethod
    async def claim_held(cls, wanted: WantedPlace, terms: Terms, *, now: datetime) -> bool:
        """Claim the place the session holds, lapsed or not, if nobody else has taken it over."""
        held = {
            **_owned(wanted.organization_id, wanted.booking_session_id),
            "start_time": wanted.start_time,
            "held_until": {"$type": "date"},
        }
        changes = {"end_time": wanted.end_time, **terms.record(), "updated_at": now}
        return await cls._update(held, changes)

    @classmethod
    async def put_in_doubt(
        cls,
        organization_id: EntityId,
        booking_session_id: EntityId,
        start_time: datetime,
        *,
        booking_id: EntityId,
        change_id: EntityId,
        now: datetime,
    ) -> None:
        """Mark the place of a booking that is about to leave it."""
        claimed = Terms(change_id=change_id, in_doubt_since=now, booking_id=booking_id)
        await cls._update(
            {**_owned(organization_id, booking_session_id), "start_time": start_time},
            {**claimed.record(), "updated_at": now},
        )

    @classmethod
    async def give_to_booking(
        cls,
        organization_id: EntityId,
        booking_session_id: EntityId,
        start_time: datetime,
        *,
        booking_id: EntityId,
        now: datetime,
    ) -> None:
        """Make the place a session claimed for its completion the booking's."""
        await cls._update(
            # With a booking's id it is in a change of that booking, which knows better.
            {
                **_owned(organization_id, booking_session_id),
                "start_time": start_time,
                "booking_id": None,
            },
            {**Terms(booking_id=booking_id).record(), "updated_at": now},
        )

    @classmethod
    async def settle(cls, claimed: TakenPlace, *, booking_id: EntityId, now: datetime) -> None:
        """Make a claimed place a booking's, unless another change has begun with it."""
        await cls._update(
            {"_id": claimed.id, "change_id": claimed.terms.change_id},
            {**Terms(booking_id=booking_id).record(), "updated_at": now},
        )

    @classmethod
    async def free(cls, claimed: TakenPlace) -> None:
        """Give back a claimed place, unless another change has begun with it."""
        await cls.get_motor_collection().delete_one(
            {"_id": claimed.id, "change_id": claimed.terms.change_id}
        )

    @classmethod
    async def release(cls, organization_id: EntityId, booking_session_id: EntityId) -> None:
        """Give back what a session that led to no booking has taken."""
        await cls.get_motor_collection().delete_many(
            {**_owned(organization_id, booking_session_id), "booking_id": None}
        )

    @classmethod
    async def release_holds(
        cls,
        organization_id: EntityId,
        booking_session_id: EntityId,
        *,
        but_at: datetime | None = None,
    ) -> None:
        """Give back the places a session only holds, but for that of the window at `but_at`."""
        query: dict[str, Any] = {
            **_owned(organization_id, booking_session_id),
            "held_until": {"$type": "date"},
        }
        if but_at is not None:
            query["start_time"] = {"$ne": but_at}
        await cls.get_motor_collection().delete_many(query)

    @classmethod
    async def release_but(
        cls, organization_id: EntityId, booking_session_id: EntityId, start_time: datetime
    ) -> None:
        """Give back what a session claimed for its completion in other windows."""
        await cls.get_motor_collection().delete_many(
            {
                **_owned(organization_id, booking_session_id),
                "start_time": {"$ne": start_time},
                "booking_id": None,
            }
        )

    @classmethod
    async def _update(cls, condition: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
        result = await cls.get_motor_collection().update_one(condition, {"$set": changes})
        return bool(result.matched_count)


def _owned(organization_id: EntityId, booking_session_id: EntityId) -> dict[str, Any]:
    return {"organization_id": organization_id, "booking_session_id": booking_session_id}
