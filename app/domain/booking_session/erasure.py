"""A session without the personal data of its customer.

Erasing changes values and nothing else: every event keeps its place, kind, step and time, every
form its keys. What is erased reads null, or is an empty text where there must be one. The same is
done to events and to states, so that erased events come to the erased state:
`derive(erase_event(e) for e in events) == erase_state(derive(events))`.
"""

from urllib.parse import SplitResult, urlsplit

from app.domain.booking_flow.steps import StepType
from app.domain.booking_session.context import ClickIds, Device, SessionContext, UtmParameters
from app.domain.booking_session.event_types import (
    AnyEventData,
    FieldUpdateEventData,
    FormValues,
    SessionStartEventData,
    StepCompletionEventData,
    ValidationErrorEventData,
)
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.kept_values import keep_unless_personal
from app.domain.booking_session.state import FormData, SessionState
from app.domain.personal_data import Person, mentions
from app.domain.values import EntityId

ERASED_TEXT = ""


def erase_event(
    event: BookingSessionEvent, *, flow: FlowIndex | None, person: Person
) -> BookingSessionEvent:
    """Return the event without personal data, itself when it has none.

    `flow` is the revision the session is pinned to; without it no form value is known to be
    harmless. The hash of what was sent goes too: a phone number can be guessed from its hash.
    """
    data = _erase_data(event, flow, person)
    if data == event.data:
        return event
    return event.model_copy(update={"data": data, "content_hash": None})


def erase_state(state: SessionState, *, flow: FlowIndex | None, person: Person) -> SessionState:
    """Return the state without personal data."""
    current = state.current_state
    form_data = _erase_form_data(current.form_data, flow)
    return state.model_copy(
        update={
            "session_context": erase_context(state.session_context, person=person),
            "current_state": current.model_copy(update={"form_data": form_data}),
        }
    )


def erase_step_values(
    values: FormValues, *, step_type: StepType, flow: FlowIndex | None
) -> FormValues:
    """Return values that were entered on the steps of a type, without the personal ones."""
    steps = [] if flow is None else [s for s in flow.flow.steps if s.step_type is step_type]
    kept = dict.fromkeys(values)
    for step in steps:
        kept |= {
            key: value
            for key, value in values.items()
            if keep_unless_personal(step, key, value) is not None
        }
    return kept


def erase_context(context: SessionContext, *, person: Person) -> SessionContext:
    """Return where a session came from, as far as it tells of no person.

    The page without its query, the host of the page before, the campaign, the kind of device and
    the routing rule stay. Identifiers of clicks and visitors go, and whatever names the person.
    """
    utm = context.utm
    return SessionContext(
        url=_erase_url(context.url, person),
        referrer=_origin_of(context.referrer, person),
        utm=UtmParameters(
            source=_unless_mentioned(utm.source, person),
            medium=_unless_mentioned(utm.medium, person),
            campaign=_unless_mentioned(utm.campaign, person),
        ),
        click_ids=ClickIds(),
        device=Device(type=context.device.type),
        locale=_unless_mentioned(context.locale, person),
        route=context.route,
    )


def _erase_data(event: BookingSessionEvent, flow: FlowIndex | None, person: Person) -> AnyEventData:
    step_id, data = event.step_id, event.data
    match data:
        case FieldUpdateEventData():
            value = _erase_values(step_id, {data.field: data.value}, flow)[data.field]
            return data.model_copy(update={"value": value})
        case StepCompletionEventData():
            form_data = _erase_values(step_id, data.form_data, flow)
            return data.model_copy(update={"form_data": form_data})
        case ValidationErrorEventData():
            # The field is what the widget says, and nobody checked it.
            field = data.field if _is_field(step_id, data.field, flow) else ERASED_TEXT
            return data.model_copy(update={"field": field, "message": ERASED_TEXT})
        case SessionStartEventData():
            return _erase_start(data, flow, person)
        case _:
            return data


def _erase_start(
    start: SessionStartEventData, flow: FlowIndex | None, person: Person
) -> SessionStartEventData:
    recovered = start.recovered
    if recovered is not None:
        form_data = _erase_form_data(recovered.form_data, flow)
        recovered = recovered.model_copy(update={"form_data": form_data})
    context = erase_context(start.session_context, person=person)
    return start.model_copy(update={"session_context": context, "recovered": recovered})


def _erase_form_data(form_data: FormData, flow: FlowIndex | None) -> FormData:
    return {step_id: _erase_values(step_id, form_data[step_id], flow) for step_id in form_data}


def _erase_values(step_id: EntityId, values: FormValues, flow: FlowIndex | None) -> FormValues:
    indexed = None if flow is None else flow.steps.get(step_id)
    if indexed is None:
        return dict.fromkeys(values)
    return {key: keep_unless_personal(indexed.step, key, values[key]) for key in values}


def _is_field(step_id: EntityId, key: str, flow: FlowIndex | None) -> bool:
    indexed = None if flow is None else flow.steps.get(step_id)
    return indexed is not None and key in indexed.form_keys


def _erase_url(url: str | None, person: Person) -> str | None:
    parts = _split(url)
    if parts is None:
        return None
    path = "" if mentions(person, parts.path) else parts.path
    return f"{_origin(parts)}{path}"


def _origin_of(url: str | None, person: Person) -> str | None:
    parts = _split(url)
    return None if parts is None else _unless_mentioned(_origin(parts), person)


def _split(url: str | None) -> SplitResult | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme and parts.netloc else None


def _origin(parts: SplitResult) -> str:
    # A name and a password may stand before the host.
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _unless_mentioned(text: str | None, person: Person) -> str | None:
    return None if text is not None and mentions(person, text) else text
