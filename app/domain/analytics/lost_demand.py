"""Where customers are whom the company does not serve.

Counted is the zip code that stands in the form at the end of a session, or now if it is active,
covered or not by the revision the session is on. Zip codes are no personal data and survive both
the expiry of events and the erasure of a person.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.domain.analytics.rates import quotient
from app.domain.booking_flow.steps import ZipcodeTypeConfig
from app.domain.booking_session.forms import is_zipcode
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import EntityId, Value


class ZipcodeCount(NamedTuple):
    """How many sessions of a status have a text in the zip code's field."""

    revision_id: EntityId
    zipcode: str
    status: BookingSessionStatus
    sessions: int


class LostDemandRow(Value):
    """How many sessions asked for a visit where the company does not work."""

    zipcode: str
    session_count: int
    active_count: int


class LostDemand(Value):
    """The zip codes not covered, most sessions first, then by code, among all that asked.

    Of the sessions that asked from outside, those still active are counted apart: they may enter
    another zip code.
    """

    asked_count: int
    lost_count: int
    active_count: int
    rows: tuple[LostDemandRow, ...]

    @property
    def lost_rate(self) -> float | None:
        """The part of the sessions that gave a zip code and ended outside, 0 to 1."""
        return quotient(self.lost_count, self.asked_count)


def find_lost_demand(
    counts: Iterable[ZipcodeCount], coverage: Mapping[EntityId, Iterable[ZipcodeTypeConfig]]
) -> LostDemand:
    """Return the demand not covered; `coverage` has the zip code steps of each revision."""
    asked, lost, active = 0, Counter[str](), Counter[str]()
    for count in counts:
        if not is_zipcode(count.zipcode):
            continue
        asked += count.sessions
        if any(step.find_service_area(count.zipcode) for step in coverage[count.revision_id]):
            continue
        is_active = count.status is BookingSessionStatus.ACTIVE
        (active if is_active else lost)[count.zipcode] += count.sessions
    rows = [
        LostDemandRow(zipcode=code, session_count=lost[code], active_count=active[code])
        for code in lost.keys() | active.keys()
    ]
    return LostDemand(
        asked_count=asked,
        lost_count=lost.total(),
        active_count=active.total(),
        rows=tuple(sorted(rows, key=lambda row: (-row.session_count, row.zipcode))),
    )
