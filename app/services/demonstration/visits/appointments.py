"""Which visit windows customers choose."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from app.domain.booking_flow.steps import TimeslotSelectionStep
from app.domain.problems import Problem
from app.domain.timeslots import Timeslot, offered_timeslots
from app.services.demonstration.calendars import local_date

_DAYS_SHOWN = 14
_LONGEST_WAY_TO_BOOKING = timedelta(hours=1)
_EAGERNESS = 0.4


class AppointmentBook:
    """What the planned customers chose so far.

    A window counts as full as soon as `capacity` customers chose it, whether or not they go on to
    book. So the visits can be played in any order and nobody finds a chosen window taken.
    """

    def __init__(self) -> None:
        self._chosen: dict[str, Counter[datetime]] = {}

    def choose(self, step: TimeslotSelectionStep, *, now: datetime, rng: Random) -> Timeslot | None:
        """Return a window with room, mostly one of the first, or None when there is none.

        It is offered `now` and still an hour later, when the customer gets to booking it.
        """
        config = step.type_config
        today = local_date(now)
        days = min(_DAYS_SHOWN, config.horizon_days)
        offered = offered_timeslots(
            config,
            start_date=today,
            end_date=today + timedelta(days=days),
            now=now + _LONGEST_WAY_TO_BOOKING,
        )
        if isinstance(offered, Problem):
            raise TypeError(offered.message)
        chosen = self._chosen.setdefault(step.id, Counter())
        free = [slot for slot in offered if slot.has_room(chosen)]
        if not free:
            return None
        slot = free[min(int(rng.expovariate(_EAGERNESS)), len(free) - 1)]
        chosen[slot.start_time] += 1
        return slot
