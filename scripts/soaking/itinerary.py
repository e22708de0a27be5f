"""What one customer does in a session, as batches of events: straight through, or with detours."""

import random
from collections.abc import Iterator
from typing import Any

from scripts.soaking.stage import Stage

Event = dict[str, Any]

ADDRESS = {
    "street": "12 Cliff St",
    "city": "Marblehead",
    "state": "MA",
    "zip": "01963",
    "country": "US",
}
PATHS = (
    (("need", "ac"), ("cooling", "no"), ("age", "young")),
    (("need", "ac"), ("cooling", "no"), ("age", "old")),
    (("need", "ac"), ("cooling", "checkup")),
    (("need", "drain"),),
)
MAX_BATCH_SIZE = 6


def until_timeslot(stage: Stage, chance: random.Random) -> list[Event]:
    """Return everything from the zip code to the step in which a time is chosen."""
    steps = [stage["sZip"], stage["sService"], stage["sDetails"], stage["sTime"]]
    zipcode = {"zipcode": "01963"}
    events = [
        _event(steps[0], "stepEntered"),
        *_typing(steps[0], "zipcode", "01963", chance),
        _event(steps[0], "stepCompleted", formData=zipcode),
        _event(steps[1], "stepEntered", fromStepId=steps[0]),
        *_choosing(steps[1], chance),
        _event(steps[1], "stepCompleted"),
    ]
    if chance.random() < 0.3:
        events += [
            _event(steps[1], "navigationBack", toStepId=steps[0]),
            _event(steps[0], "stepCompleted", formData=zipcode),
            _event(steps[1], "stepEntered", fromStepId=steps[0]),
        ]
    notes = {"property": "house", "notes": "Dog in the yard"}
    return [
        *events,
        _event(steps[2], "stepEntered", fromStepId=steps[1]),
        *_typing(steps[2], "notes", "Dog in the yard", chance),
        _event(steps[2], "stepCompleted", formData=notes),
        _event(steps[3], "stepEntered", fromStepId=steps[2]),
    ]


def timeslot_choice(stage: Stage, slot: dict[str, Any], *, is_again: bool) -> list[Event]:
    """Return the choice of an offered time; a customer whose time was taken comes back for it."""
    step_id = stage["sTime"]
    bounds = {"startTime": slot["startTime"], "endTime": slot["endTime"]}
    back = [_event(stage["sSummary"], "navigationBack", toStepId=step_id)] if is_again else []
    return [*back, _event(step_id, "timeslotSelected", **bounds), _event(step_id, "stepCompleted")]


def after_timeslot(stage: Stage, chance: random.Random) -> list[Event]:
    """Return everything from the customer's name to the consent."""
    customer, summary = stage["sCustomer"], stage["sSummary"]
    who = {
        "firstName": "Rosa",
        "lastName": "Diaz",
        "phone": "+17815550199",
        "address": ADDRESS,
    }
    mistyped = {"field": "phone", "message": "Enter a phone number"}
    return [
        _event(customer, "stepEntered", fromStepId=stage["sTime"]),
        *([_event(customer, "validationError", **mistyped)] if chance.random() < 0.5 else []),
        _event(customer, "stepCompleted", formData=who),
        _event(summary, "stepEntered", fromStepId=customer),
        _event(summary, "stepCompleted", formData={"consent": True}),
    ]


def in_batches(events: list[Event], chance: random.Random) -> Iterator[list[Event]]:
    """Yield the events in order, some at a time."""
    while events:
        size = chance.randint(1, MAX_BATCH_SIZE)
        yield events[:size]
        events = events[size:]


def typed(stage: Stage, number: int) -> Event:
    """Return what a second tab records all the time."""
    return _event(stage["sDetails"], "fieldUpdated", field="notes", value=f"Note {number}")


def _choosing(step_id: str, chance: random.Random) -> list[Event]:
    first, last = chance.choice(PATHS), chance.choice(PATHS)
    # Who changes his mind goes back to the first question.
    paths = [first, last] if chance.random() < 0.3 else [last]
    return [_choice(step_id, question, child) for path in paths for question, child in path]


def _choice(step_id: str, question: str, child: str) -> Event:
    if child == "drain":
        return _event(step_id, "serviceSelected", nodeId=child)
    return _event(step_id, "questionAnswered", questionNodeId=question, answerNodeId=child)


def _typing(step_id: str, field: str, text: str, chance: random.Random) -> list[Event]:
    lengths = sorted(chance.sample(range(1, len(text) + 1), chance.randint(0, 3)))
    return [_event(step_id, "fieldUpdated", field=field, value=text[:length]) for length in lengths]


def _event(step_id: str, kind: str, **data: Any) -> Event:
    return {"stepId": step_id, "data": {kind: data}}
