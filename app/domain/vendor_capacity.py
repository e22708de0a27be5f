"""Which offered windows the vendor's calendar has room for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from app.domain.booking import Timeslot as Span
from app.domain.timeslots import Timeslot
from app.domain.values import Value

S = TypeVar("S", bound=Timeslot)


class UnavailabilityReason(StrEnum):
    """Why no times are offered although the calendar has some."""

    VENDOR_UNREACHABLE = "vendor_unreachable"


class VendorRoom(Value):
    """When the company's technicians have time, as spans that are disjoint and in order."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "VendorRoom":
        """Return the room of windows in any order, which may touch and overlap."""
        merged: list[Span] = []
        for span in sorted(spans, key=lambda each: each.start_time):
            if merged and span.start_time <= merged[-1].end_time:
                end = max(merged[-1].end_time, span.end_time)
                merged[-1] = Span(start_time=merged[-1].start_time, end_time=end)
            else:
                merged.append(span)
        return cls(spans=tuple(merged))

    def covers(self, start_time: datetime, end_time: datetime) -> bool:
        """Whether there is time from the first moment to the last."""
        return any(
            span.start_time <= start_time and end_time <= span.end_time for span in self.spans
        )

    def keep_covered(self, slots: Sequence[S]) -> tuple[S, ...]:
        """Return the slots for whose whole length there is time."""
        return tuple(slot for slot in slots if self.covers(slot.start_time, slot.end_time))
