import pytest

from app.domain.booking_session.derive import BrokenEventStreamError, derive
from app.domain.booking_session.time_travel import derive_at
from tests.domain.booking_session.builders import THROUGH_SUMMARY, record, start

STARTED = start()
EVENTS = (*STARTED.events, *record(STARTED.state, *THROUGH_SUMMARY).events)


def test_state_at_each_sequence_is_what_the_events_up_to_it_come_to() -> None:
    sequences = range(1, len(EVENTS) + 1)

    states = derive_at(EVENTS, sequences)

    # One pass yields them all: a state must not change with the events that follow it.
    assert states == {sequence: derive(EVENTS[:sequence]) for sequence in sequences}


def test_sequence_the_events_do_not_reach_has_no_state() -> None:
    assert derive_at(EVENTS, [0, len(EVENTS) + 1]) == {}


def test_stream_without_its_beginning_is_refused() -> None:
    with pytest.raises(BrokenEventStreamError):
        derive_at(EVENTS[1:], [3])
