"""What a customer told us, in the words the customer read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from app.domain.booking import AnswerGiven, Timeslot
from app.domain.booking_flow.form_fields import FormField
from app.domain.booking_session.field_values import is_blank
from app.domain.service_selection.graph import (
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceReferenceNode,
    ServiceSelectionNode,
)
from app.domain.values import EntityId


def describe_answers(
    path: Sequence[ServiceSelectionNode],
    *,
    question_titles: Mapping[EntityId, str],
    service_titles: Mapping[EntityId, str],
) -> tuple[AnswerGiven, ...]:
    """Return the questions on a path from its root, each with what was answered.

    The answer is a text of the graph or the title of a service. The title of a question or service
    that was deleted since is None.
    """
    return tuple(
        AnswerGiven(
            question=question_titles.get(node.question_id),
            answer=answer.answer_content.text
            if isinstance(answer, AnswerReferenceNode)
            else service_titles.get(answer.service_id),
        )
        for node, answer in pairwise(path)
        if isinstance(node, QuestionReferenceNode)
        and isinstance(answer, AnswerReferenceNode | ServiceReferenceNode)
    )


def describe_fields(
    fields: Iterable[FormField], values: Mapping[str, JsonValue]
) -> Iterator[tuple[str, str]]:
    """Yield label and value of the fields that were filled in, options by their labels."""
    for field in fields:
        value = values.get(field.key)
        if not is_blank(value):
            yield field.label, _describe_value(field, value)


def describe_window(timeslot: Timeslot, timezone: str) -> str:
    """Return a window as `Tuesday, November 24, 2026, 8:00 AM to 12:00 PM (America/New_York)`."""
    zone = ZoneInfo(timezone)
    start, end = timeslot.start_time.astimezone(zone), timeslot.end_time.astimezone(zone)
    until = _clock(end) if end.date() == start.date() else f"{_day(end)}, {_clock(end)}"
    return f"{_day(start)}, {_clock(start)} to {until} ({timezone})"


def _describe_value(field: FormField, value: JsonValue) -> str:
    labels = {option.value: option.label for option in field.options}
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(labels.get(str(item), str(item)) for item in value)
        case dict():
            return ", ".join(str(part) for part in value.values() if not is_blank(part))
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return labels.get(str(value), str(value))


def _day(moment: datetime) -> str:
    return f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"  # noqa: PLR2004
