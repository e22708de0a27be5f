"""Asking the vendor when technicians have time: seldom, and never for long.

An answer is good for a minute, a failure for ten seconds. Whoever asks while the same question is
under way waits for its answer, and nobody longer than the deadline after it was first asked; the
call itself goes on and its answer serves the next.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from cachetools import TTLCache

from app.domain.booking import Timeslot as Span
from app.domain.values import EntityId, Value
from app.domain.vendor_capacity import VendorRoom
from app.services.per_loop import PerLoop
from app.services.vendor.access import VendorAccess
from app.servicetitan.errors import ServiceTitanError
from app.servicetitan.payloads.capacity import CapacityQuery

ANSWER_IS_GOOD_SECONDS = 60
FAILURE_IS_GOOD_SECONDS = 10
DEADLINE_SECONDS = 2.0
MAX_ANSWERS = 1_000
MAX_CALLS = 100
"""Questions under way at once; more are answered as if the vendor were down."""

logger = logging.getLogger(__name__)


class CapacityQuestion(Value):
    """When there is time in a range, for a job type if it is known."""

    organization_id: EntityId
    starts_from: datetime
    ends_by: datetime
    job_type_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    task: asyncio.Task[VendorRoom | None]
    began_seconds: float


class CapacityDesk:
    """Answers the questions of one process; use it in one event loop."""

    def __init__(
        self,
        access: VendorAccess,
        *,
        clock: Callable[[], float] = time.monotonic,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._access = access
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._rooms: TTLCache[CapacityQuestion, VendorRoom] = TTLCache(
            MAX_ANSWERS, ANSWER_IS_GOOD_SECONDS, timer=clock
        )
        self._failures: TTLCache[CapacityQuestion, None] = TTLCache(
            MAX_ANSWERS, FAILURE_IS_GOOD_SECONDS, timer=clock
        )
        self._calls: dict[CapacityQuestion, _Call] = {}

    async def ask(self, question: CapacityQuestion) -> VendorRoom | None:
        """Return when there is time, or None when the vendor cannot say in time."""
        known = self._rooms.get(question)
        if known is not None or question in self._failures:
            return known
        call = self._calls.get(question)
        if call is None:
            if len(self._calls) >= MAX_CALLS:
                return None
            call = self._begin(question)
        return await self._wait_for(call)

    def _begin(self, question: CapacityQuestion) -> _Call:
        call = _Call(asyncio.create_task(self._call(question)), self._clock())
        # Should nobody wait for it any more, a fault is not to be reported as forgotten.
        call.task.add_done_callback(lambda task: task.cancelled() or task.exception())
        self._calls[question] = call
        return call

    async def _wait_for(self, call: _Call) -> VendorRoom | None:
        left = call.began_seconds + self._deadline_seconds - self._clock()
        done, _ = await asyncio.wait([call.task], timeout=max(0, left))
        return call.task.result() if done else None

    async def _call(self, question: CapacityQuestion) -> VendorRoom | None:
        try:
            room = await self._ask_vendor(question)
        except ServiceTitanError as error:
            logger.warning("the vendor does not say its capacity: %s", error)
            room = None
        finally:
            self._calls.pop(question, None)
        if room is None:
            self._failures[question] = None
        else:
            self._rooms[question] = room
        return room

    async def _ask_vendor(self, question: CapacityQuestion) -> VendorRoom | None:
        connection = await self._access.connect(question.organization_id)
        if connection is None:
            return None
        unit = connection.account.business_unit_id
        capacity = await connection.client.get_capacity(
            CapacityQuery(
                starts_on_or_after=question.starts_from,
                ends_on_or_before=question.ends_by,
                business_unit_ids=None if unit is None else (unit,),
                job_type_id=question.job_type_id,
                skill_based_availability=question.job_type_id is not None,
            )
        )
        return VendorRoom.of(
            Span(start_time=each.start_utc, end_time=each.end_utc)
            for each in capacity.availabilities
            if each.is_available and each.open_availability > 0
        )


_desks: PerLoop[WeakKeyDictionary[VendorAccess, CapacityDesk]] = PerLoop(WeakKeyDictionary)


def capacity_desk(access: VendorAccess) -> CapacityDesk:
    """Return the desk of this event loop for an access to the vendor."""
    desks = _desks.current()
    desk = desks.get(access)
    if desk is None:
        desk = desks[access] = CapacityDesk(access)
    return desk
