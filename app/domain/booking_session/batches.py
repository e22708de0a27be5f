"""Which events of a stream are of whole batches, told from the events themselves.

A batch is stored by one ordered insert, but a writer or a database may die in the middle of it.
What is left of such a batch was never acknowledged. Its beginning may be given up and its sequences
taken by another batch before the rest of it lands, if ever; that rest has lost its head.
"""

from collections.abc import Sequence

from app.domain.booking_session.events import BookingSessionEvent


def begins_batch(event: BookingSessionEvent) -> bool:
    """Whether the event is the first of its batch; always, if it does not know its batch."""
    return event.batch_id in {None, event.id}


def continues_batch(event: BookingSessionEvent, last: BookingSessionEvent) -> bool:
    """Whether the event follows `last` in the same batch."""
    return (event.sequence, event.batch_id, event.batch_end) == (
        last.sequence + 1,
        last.batch_id,
        last.batch_end,
    )


def ends_batch(event: BookingSessionEvent) -> bool:
    """Whether the event is the last of its batch."""
    return event.sequence >= event.batch_end


def split_whole(
    events: Sequence[BookingSessionEvent],
) -> tuple[tuple[BookingSessionEvent, ...], tuple[BookingSessionEvent, ...]]:
    """Return the whole batches that `events` begin with, and the rest from the first that is not.

    The events are in order, and the batch before the first of them is whole.
    """
    whole_count = 0
    last: BookingSessionEvent | None = None
    for position, event in enumerate(events):
        fits = begins_batch(event) if last is None else continues_batch(event, last)
        if not fits:
            break
        last = event
        if ends_batch(event):
            whole_count, last = position + 1, None
    return tuple(events[:whole_count]), tuple(events[whole_count:])


def split_remnant(
    rest: Sequence[BookingSessionEvent],
) -> tuple[tuple[BookingSessionEvent, ...], tuple[BookingSessionEvent, ...]]:
    """Return what is left of the first batch of `rest`, and what comes after."""
    size = next(
        (
            position
            for position in range(1, len(rest))
            if not continues_batch(rest[position], rest[position - 1])
        ),
        len(rest),
    )
    return tuple(rest[:size]), tuple(rest[size:])


def barrier_after(event: BookingSessionEvent, *, event_id: str) -> BookingSessionEvent:
    """Return an event that takes the sequence after `event`, so that no other can.

    It is the first of a batch of two whose second never comes, so it never counts.
    """
    return event.model_copy(
        update={
            "id": event_id,
            "client_event_id": None,
            "sequence": event.sequence + 1,
            "batch_id": event_id,
            "batch_end": event.sequence + 2,
        }
    )
