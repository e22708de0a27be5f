"""Events a client sends again: the same id with the same content is the same event for ever."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.booking_session.commands import SessionCommand, content_hash
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.problems import Problem, ProblemCode

MAX_BATCH_SIZE = 100


@dataclass(frozen=True, slots=True)
class NumberedCommand:
    """A command with its index in the batch as sent and the hash of its content."""

    index: int
    command: SessionCommand
    content_hash: str


@dataclass(frozen=True, slots=True)
class SplitBatch:
    """A batch divided into what is new and what is known.

    `fresh` is to be decided, in order. `known` holds the stored event for each index that repeats
    one; `repeated` the index of the first occurrence for each that repeats an item of the batch.
    """

    fresh: tuple[NumberedCommand, ...]
    known: dict[int, BookingSessionEvent]
    repeated: dict[int, int]


def find_batch_size_problem(size: int) -> Problem | None:
    """Return the problem of a batch of no event or of more than 100."""
    if 1 <= size <= MAX_BATCH_SIZE:
        return None
    return Problem(
        code=ProblemCode.OUT_OF_RANGE,
        message=f"A batch has 1 to {MAX_BATCH_SIZE} events.",
        path=("events",),
    )


def number_commands(commands: Sequence[SessionCommand]) -> tuple[NumberedCommand, ...]:
    """Return the commands of a batch with their indexes and content hashes."""
    return tuple(
        NumberedCommand(index=index, command=command, content_hash=content_hash(command))
        for index, command in enumerate(commands)
    )


def split_duplicates(
    commands: Sequence[SessionCommand], existing_events: Iterable[BookingSessionEvent]
) -> SplitBatch | tuple[Problem, ...]:
    """Return what is new in a batch, or every id that was used before for other content.

    `existing_events` are the session's stored events with the client event ids of the batch; more
    do no harm. The problems are EVENT_ID_CONFLICT.
    """
    stored = {event.client_event_id: event for event in existing_events}
    first: dict[str, NumberedCommand] = {}
    fresh: list[NumberedCommand] = []
    known: dict[int, BookingSessionEvent] = {}
    repeated: dict[int, int] = {}
    problems: list[Problem] = []
    for item in number_commands(commands):
        event = stored.get(item.command.client_event_id)
        earlier = first.setdefault(item.command.client_event_id, item)
        # The hash of an erased event is erased, too; its id still tells that it was sent before.
        if event is not None and event.content_hash in {None, item.content_hash}:
            known[item.index] = event
        elif event is not None or earlier.content_hash != item.content_hash:
            problems.append(_conflict(item))
        elif earlier is not item:
            repeated[item.index] = earlier.index
        else:
            fresh.append(item)
    return tuple(problems) or SplitBatch(fresh=tuple(fresh), known=known, repeated=repeated)


def _conflict(item: NumberedCommand) -> Problem:
    return Problem(
        code=ProblemCode.EVENT_ID_CONFLICT,
        message="The client event id was used before for an event of other content.",
        path=("events", item.index, "client_event_id"),
    )
