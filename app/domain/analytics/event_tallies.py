"""What the events of sessions add to a tally."""

from collections.abc import Mapping

from app.domain.analytics.cells import Cell
from app.domain.analytics.field_times import FieldTimes
from app.domain.analytics.step_times import TIMING_EVENT_TYPES, StepMoment, StepTimes
from app.domain.analytics.tally import CountSection, Tally, TimeSection
from app.domain.values import EntityId


class EventTallies:
    """The times and field counts of sessions by their cells; other sessions are passed over."""

    def __init__(self, cells: Mapping[EntityId, Cell]) -> None:
        self._cells = cells
        self._steps: dict[Cell, StepTimes] = {}
        self._fields: dict[Cell, FieldTimes] = {}

    def follow(self, moment: StepMoment) -> None:
        """Take in the next event: those of a session come together and in order."""
        cell = self._cells.get(moment.booking_session_id)
        if cell is None:
            # Started after the sessions were read: its hour is counted again.
            return
        if moment.event_type in TIMING_EVENT_TYPES:
            self._steps.setdefault(cell, StepTimes()).follow(moment)
        self._fields.setdefault(cell, FieldTimes()).follow(moment)

    def add_to(self, tally: Tally) -> None:
        """Add everything to the tally."""
        for cell, steps in self._steps.items():
            for step_id, times in steps.all():
                tally.add_times(TimeSection.STEP_TIMES, cell, (step_id,), times)
        for cell, fields in self._fields.items():
            fields.finish()
            for (key, fact), number in fields.counts.items():
                tally.count(CountSection.FIELDS, cell, (*key, fact.value), number)
            for key, times in fields.times.items():
                tally.add_times(TimeSection.FIELD_TIMES, cell, key, times)
