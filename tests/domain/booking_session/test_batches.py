"""Telling whole batches from what is left of others."""

from collections.abc import Sequence

import pytest

from app.domain.booking_session.batches import barrier_after, split_remnant, split_whole
from app.domain.booking_session.events import BookingSessionEvent
from tests.domain.booking_session.builders import ZIP, failed, record, start

Events = Sequence[BookingSessionEvent]


def a_batch(size: int, *, writer: str, after: int = 1) -> list[BookingSessionEvent]:
    """Return a batch of the session's events as one of several writers stores it."""
    decision = record(start().state, *(failed(ZIP, f"field{n}") for n in range(size)))
    return [
        event.model_copy(
            update={
                "id": f"{writer}{after + 1 + position}",
                "sequence": after + 1 + position,
                "batch_id": f"{writer}{after + 1}",
                "batch_end": after + size,
            }
        )
        for position, event in enumerate(decision.events)
    ]


def ids(events: Events) -> list[str]:
    return [event.id for event in events]


A, B = a_batch(4, writer="a"), a_batch(2, writer="b")
B_OF_THE_SAME_SIZE = a_batch(4, writer="b")


@pytest.mark.parametrize(
    ("stored", "whole_count"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param(A, 4, id="one batch"),
        pytest.param([*B, *a_batch(3, writer="c", after=3)], 5, id="two batches"),
        pytest.param(A[:3], 0, id="the beginning of one"),
        pytest.param([*B, *a_batch(3, writer="c", after=3)[:1]], 2, id="one, and a beginning"),
        pytest.param(A[2:], 0, id="the rest of a batch whose beginning was given up"),
        pytest.param([*B, *A[2:]], 2, id="such a rest behind the batch that took its place"),
        pytest.param(
            [*B_OF_THE_SAME_SIZE[:2], *A[2:]], 0, id="two halves that would make a whole by number"
        ),
        pytest.param([*A[:2], barrier_after(A[1], event_id="x")], 0, id="a beginning with barrier"),
        pytest.param([barrier_after(A[1], event_id="x")], 0, id="a barrier left behind"),
        pytest.param(
            [*a_batch(2, writer="a")[:1], barrier_after(B[0], event_id="x")],
            0,
            id="a barrier in place of the last event",
        ),
    ],
)
def test_only_whole_batches_count(stored: list[BookingSessionEvent], whole_count: int) -> None:
    whole, rest = split_whole(stored)

    assert (ids(whole), ids(rest)) == (ids(stored[:whole_count]), ids(stored[whole_count:]))


def test_events_of_version_1_are_whole_by_their_numbers_alone() -> None:
    old = [event.model_copy(update={"batch_id": None}) for event in A]

    assert split_whole(old) == (tuple(old), ())
    assert split_whole(old[:3]) == ((), tuple(old[:3]))


@pytest.mark.parametrize("later", [A[2:], [barrier_after(A[1], event_id="x")]])
def test_what_is_left_of_several_batches_is_told_apart(later: Events) -> None:
    beginning = B_OF_THE_SAME_SIZE[:2]

    assert split_remnant([*beginning, *later]) == (tuple(beginning), tuple(later))
    assert split_remnant(beginning) == (tuple(beginning), ())
