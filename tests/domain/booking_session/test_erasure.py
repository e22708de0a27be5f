"""Sessions without the personal data of their customers."""

from typing import Any

import pytest

from app.domain.booking_flow.steps import StepType
from app.domain.booking_session.context import ClickIds, Device, SessionContext, UtmParameters
from app.domain.booking_session.derive import derive
from app.domain.booking_session.erasure import (
    erase_context,
    erase_event,
    erase_state,
    erase_step_values,
)
from app.domain.booking_session.event_types import FormValues, RecoveredProgress
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.flow_index import FlowIndex
from app.services.personal_data.persons import to_person
from tests.domain.booking_session.builders import (
    CUSTOMER,
    DETAILS,
    FLOW,
    NO_STEP,
    ROSA,
    THROUGH_SUMMARY,
    ZIP,
    a_command,
    completed,
    record,
    start,
    updated,
)

PERSON = to_person(email="rosa@harbor.example", phone=ROSA["phone"])
EVERYTHING = (
    *THROUGH_SUMMARY,
    updated(DETAILS, "notes", "Rosa's dog bites"),
    updated(DETAILS, "property", "Rosa's house"),
    updated(CUSTOMER, "email", "rosa@harbor.example"),
    a_command("validation_error", CUSTOMER, field="email", message="rosa@ is no address"),
    a_command("validation_error", CUSTOMER, field="rosa@harbor.example", message="bad"),
    updated(ZIP, "zipcode", "Rosa"),
)


def a_stream(**recovered: Any) -> tuple[BookingSessionEvent, ...]:
    recovered_progress = RecoveredProgress(booking_session_id=NO_STEP, **recovered)
    started = start(recovered=recovered_progress)
    return (*started.events, *record(started.state, *EVERYTHING).events)


def erased(events: tuple[BookingSessionEvent, ...], flow: FlowIndex | None = FLOW) -> list[Any]:
    return [erase_event(event, flow=flow, person=PERSON) for event in events]


@pytest.mark.parametrize("flow", [FLOW, None], ids=["flow", "flow is gone"])
def test_erased_events_come_to_the_erased_state_at_every_sequence(flow: FlowIndex | None) -> None:
    events = a_stream(form_data={CUSTOMER: ROSA, NO_STEP: {"name": "Rosa"}, ZIP: {"zipcode": "1"}})

    for end in range(1, len(events) + 1):
        state = derive(events[:end])
        assert derive(erased(events[:end], flow)) == erase_state(state, flow=flow, person=PERSON)


def test_nothing_typed_is_left_and_places_kinds_and_counts_are() -> None:
    events = a_stream(form_data={CUSTOMER: ROSA})

    kept = erased(events)

    text = "".join(event.model_dump_json() for event in kept).lower()
    for typed in ("rosa", "diaz", "5550199", "cliff", "marblehead", "dog"):
        assert typed not in text
    unchanged = {"data", "content_hash"}
    assert [event.model_dump(exclude=unchanged) for event in kept] == [
        event.model_dump(exclude=unchanged) for event in events
    ]
    assert derive(kept).metrics == derive(events).metrics
    assert derive(kept).step_progression == derive(events).step_progression


def test_zip_code_consent_and_choices_from_the_list_are_kept_and_keys_too() -> None:
    form_data = derive(erased(a_stream()[:-1])).current_state.form_data

    assert form_data[ZIP] == {"zipcode": "01963"}
    assert form_data[CUSTOMER] == {**dict.fromkeys(ROSA), "email": None}
    # The last value of the field was not on the list.
    assert form_data[DETAILS] == {"notes": None, "property": None}


def test_hash_goes_with_the_data_and_only_with_it() -> None:
    started = start()
    events = record(
        started.state, completed(ZIP, zipcode="01963"), updated(ZIP, "zipcode", "Rosa")
    ).events

    zipcode, typed = erased(events)

    assert zipcode is events[0]
    assert zipcode.content_hash is not None
    assert typed.content_hash is None


def test_erasing_twice_changes_nothing_more() -> None:
    once = erased(a_stream(form_data={CUSTOMER: ROSA}))

    assert all(a is b for a, b in zip(erased(tuple(once)), once, strict=True))


def test_context_keeps_page_campaign_and_kind_of_device() -> None:
    context = SessionContext(
        url="https://rosa:pw@harbor.example:8443/book/now?email=rosa%40harbor.example#me",
        referrer="https://mail.example/u/rosa?x=1",
        utm=UtmParameters(source="google", medium="cpc", campaign="fall", term="t", content="c"),
        click_ids=ClickIds(gclid="abc"),
        device=Device(type="mobile", browser="Safari 18.1 build 7", os="iOS"),
        locale="en-US",
        visitor_id="v1",
    )

    assert erase_context(context, person=PERSON) == SessionContext(
        url="https://harbor.example:8443/book/now",
        referrer="https://mail.example",
        utm=UtmParameters(source="google", medium="cpc", campaign="fall"),
        device=Device(type="mobile"),
        locale="en-US",
    )


def test_what_is_kept_otherwise_goes_when_it_names_the_person() -> None:
    context = SessionContext(
        url="https://harbor.example/for/rosa@harbor.example",
        referrer="no address",
        utm=UtmParameters(source="rosa@harbor.example", campaign="call 781-555-0199"),
    )

    assert erase_context(context, person=PERSON) == SessionContext(url="https://harbor.example")


def test_values_of_a_booking_are_erased_by_the_type_of_its_steps() -> None:
    details: FormValues = {"notes": "dog", "property": "house", "unknown": "x"}

    assert erase_step_values(details, step_type=StepType.DETAILS, flow=FLOW) == {
        "notes": None,
        "property": "house",
        "unknown": None,
    }
    assert erase_step_values(details, step_type=StepType.DETAILS, flow=None) == dict.fromkeys(
        details
    )
