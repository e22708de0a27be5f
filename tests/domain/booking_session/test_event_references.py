import pytest

from app.domain.booking_session.event_references import (
    EventIdPolicy,
    EventIdPolicyKind,
    keep_event_ids,
)
from tests.domain.booking_session.builders import ZIP, completed, entered, record, start, updated

STARTED = start()
EVENTS = (
    *STARTED.events,
    *record(
        STARTED.state,
        updated(ZIP, "zipcode", "0"),
        completed(ZIP, zipcode="01963"),
        entered(ZIP),
        completed(ZIP, zipcode="01963"),
    ).events,
)


def kept(kind: str, limit: int) -> list[int]:
    """Return the sequences of the events whose ids are kept when they come one by one."""
    policy = EventIdPolicy(kind=EventIdPolicyKind(kind), limit=limit)
    ids: tuple[str, ...] = ()
    for event in EVENTS:
        ids = keep_event_ids(ids, [event], policy=policy)
    assert ids == keep_event_ids((), EVENTS, policy=policy)
    return [event.sequence for event in EVENTS if event.id in ids]


@pytest.mark.parametrize(
    ("kind", "limit", "sequences"),
    [
        ("rolling_window", 5, [1, 2, 3, 4, 5]),
        ("rolling_window", 3, [1, 4, 5]),
        ("rolling_window", 2, [1, 5]),
        ("significant_events", 5, [1, 3, 5]),
        ("significant_events", 2, [1, 5]),
    ],
)
def test_the_first_event_and_the_newest_are_kept(
    kind: str, limit: int, sequences: list[int]
) -> None:
    assert kept(kind, limit) == sequences
