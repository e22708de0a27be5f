"""A flow like the ones customers meet, and short names for what customers do on it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.booking_flow.flow import FlowDefinition
from app.domain.booking_session.batch import decide_batch
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.duplicates import number_commands
from app.domain.booking_session.event_types import RecoveredProgress
from app.domain.booking_session.flow_index import FlowIndex, index_flow
from app.domain.booking_session.lifecycle import decide_start
from app.domain.booking_session.state import ActiveSession, SessionState, is_active
from app.domain.problems import Problem
from app.services.text_checks import LibraryTextChecks

CHECKS = LibraryTextChecks()
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
"""A Friday, ten o'clock in New York."""

ZIP, SERVICE, DETAILS, TIME, CUSTOMER, SUMMARY = (f"{n:024x}" for n in range(1, 7))
STEPS = (ZIP, SERVICE, DETAILS, TIME, CUSTOMER, SUMMARY)
NO_STEP = "f" * 24
FLOW_ID = "b" * 24
AC_REPAIR, AC_TUNE_UP, DRAIN = "c1" * 12, "c2" * 12, "c3" * 12

SLOT = (datetime(2026, 11, 24, 13, tzinfo=UTC), datetime(2026, 11, 24, 17, tzinfo=UTC))
"""The Tuesday's first window, eight to noon in New York."""

ROSA: dict[str, Any] = {
    "firstName": "Rosa",
    "lastName": "Diaz",
    "phone": "+17815550199",
    "address": {
        "street": "12 Cliff St",
        "city": "Marblehead",
        "state": "MA",
        "zip": "01963",
        "country": "US",
    },
}

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
GRAPH_EDGES = (
    "need>ac need>drain ac>cooling cooling>no cooling>checkup no>repair checkup>tuneup "
    "repair>age age>young age>old"
)


def _node(node_id: str, **fields: Any) -> dict[str, Any]:
    kind = {"question_id": "question", "service_id": "service"}.get(next(iter(fields)), "answer")
    return {"id": node_id, "type": f"{kind}_reference", **fields}


def _graph() -> dict[str, Any]:
    questions = [_node(each, question_id="d" * 24) for each in ("need", "cooling", "age")]
    answers = [
        _node(each, answer_content={"text": each})
        for each in ("ac", "no", "checkup", "young", "old")
    ]
    services = [
        _node(each, service_id=service_id)
        for each, service_id in (("drain", DRAIN), ("repair", AC_REPAIR), ("tuneup", AC_TUNE_UP))
    ]
    ends = [edge.split(">") for edge in GRAPH_EDGES.split()]
    return {
        "root_node_id": "need",
        "nodes": [*questions, *answers, *services],
        "edges": [
            {"id": f"e{n}", "source_node_id": source, "target_node_id": target}
            for n, (source, target) in enumerate(ends)
        ],
    }


TYPE_CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    ZIP: (
        "zipcode",
        {
            "service_areas": [
                {"name": "North Shore", "zipcodes": ["01901", "01902"], "prefixes": ["0196"]}
            ]
        },
    ),
    SERVICE: ("service_selection", _graph()),
    DETAILS: (
        "details",
        {
            "fields": [
                {"key": "notes", "label": "Notes", "input_type": "textarea"},
                {
                    "key": "property",
                    "label": "Property type",
                    "input_type": "select",
                    "required": True,
                    "options": [
                        {"value": "house", "label": "House"},
                        {"value": "apartment", "label": "Apartment"},
                    ],
                },
            ]
        },
    ),
    TIME: (
        "timeslot_selection",
        {
            "timezone": "America/New_York",
            "lead_time_minutes": 120,
            "windows": [
                {"weekdays": WEEKDAYS, "start_time": "08:00", "end_time": "12:00", "capacity": 3},
                {"weekdays": WEEKDAYS, "start_time": "13:00", "end_time": "17:00", "capacity": 3},
            ],
        },
    ),
    CUSTOMER: (
        "customer",
        {
            "fields": [
                {"key": "firstName", "label": "First", "input_type": "text", "required": True},
                {"key": "lastName", "label": "Last", "input_type": "text", "required": True},
                {"key": "phone", "label": "Phone", "input_type": "phone", "required": True},
                {"key": "email", "label": "Email", "input_type": "email"},
                {"key": "address", "label": "Address", "input_type": "address", "required": True},
            ]
        },
    ),
    SUMMARY: ("summary", {"consent_text": "You may text me.", "require_consent": True}),
}


def a_flow(*, steps: tuple[str, ...] = STEPS, **type_configs: dict[str, Any]) -> FlowIndex:
    """Return the flow of the given steps; `summary={…}` replaces a configuration by step type."""
    content = {
        "booking_flow_id": FLOW_ID,
        "revision": 1,
        "content": {"title": "Book a visit"},
        "steps": [
            {
                "id": step_id,
                "step_type": TYPE_CONFIGS[step_id][0],
                "step_config": {"title": TYPE_CONFIGS[step_id][0]},
                "type_config": type_configs.get(TYPE_CONFIGS[step_id][0], TYPE_CONFIGS[step_id][1]),
            }
            for step_id in steps
        ],
    }
    return index_flow(FlowDefinition.model_validate(content))


FLOW = a_flow()


def given(
    *, flow: FlowIndex = FLOW, now: datetime = NOW, taken: Mapping[datetime, int] | None = None
) -> Circumstances:
    return Circumstances(flow=flow, now=now, checks=CHECKS, taken=taken or {})


def event_id(sequence: int) -> str:
    return f"e{sequence:023x}"


def start(flow: FlowIndex = FLOW, recovered: RecoveredProgress | None = None) -> Decision:
    return decide_start(
        flow,
        session_context=SessionContext(url="https://harbor.example/", locale="en-US"),
        event_id=event_id(1),
        now=NOW,
        recovered=recovered,
    )


def a_command(
    event_type: str, step_id: str, /, client_event_id: str = "c", **data: Any
) -> SessionCommand:
    return SessionCommand.model_validate(
        {
            "client_event_id": client_event_id,
            "step_id": step_id,
            "data": {"event_type": event_type, **data},
        }
    )


def entered(step_id: str, **data: Any) -> SessionCommand:
    return a_command("step_entered", step_id, **data)


def completed(step_id: str, **form_data: Any) -> SessionCommand:
    return a_command("step_completed", step_id, form_data=form_data)


def updated(step_id: str, field: str, value: Any) -> SessionCommand:
    return a_command("field_updated", step_id, field=field, value=value)


def failed(step_id: str, field: str) -> SessionCommand:
    return a_command("validation_error", step_id, field=field, message="Enter it")


def answered(question: str, answer: str, step_id: str = SERVICE) -> SessionCommand:
    return a_command("question_answered", step_id, question_node_id=question, answer_node_id=answer)


def chose_service(node_id: str, step_id: str = SERVICE) -> SessionCommand:
    return a_command("service_selected", step_id, node_id=node_id)


def went_back(to_step_id: str, step_id: str = ZIP) -> SessionCommand:
    return a_command("navigation_back", step_id, to_step_id=to_step_id)


def chose_time(
    start_time: datetime = SLOT[0], end_time: datetime = SLOT[1], step_id: str = TIME
) -> SessionCommand:
    return a_command("timeslot_selected", step_id, start_time=start_time, end_time=end_time)


THROUGH_ZIP = (completed(ZIP, zipcode="01963"),)
REPAIR_PATH = (answered("need", "ac"), answered("cooling", "no"), answered("age", "old"))
THROUGH_SERVICE = (*THROUGH_ZIP, entered(SERVICE), *REPAIR_PATH, completed(SERVICE))
THROUGH_DETAILS = (*THROUGH_SERVICE, entered(DETAILS), completed(DETAILS, property="house"))
THROUGH_TIME = (*THROUGH_DETAILS, entered(TIME), chose_time(), completed(TIME))
THROUGH_CUSTOMER = (*THROUGH_TIME, entered(CUSTOMER), completed(CUSTOMER, **ROSA))
THROUGH_SUMMARY = (*THROUGH_CUSTOMER, entered(SUMMARY), completed(SUMMARY, consent=True))


def try_recording(
    state: SessionState, *commands: SessionCommand, given: Circumstances
) -> Decision | tuple[Problem, ...]:
    ids = [event_id(state.sequence + n) for n in range(1, len(commands) + 1)]
    return decide_batch(state, number_commands(commands), given=given, event_ids=ids)


def record(
    state: SessionState,
    *commands: SessionCommand,
    flow: FlowIndex = FLOW,
    now: datetime = NOW + timedelta(seconds=1),
) -> Decision:
    decided = try_recording(state, *commands, given=given(flow=flow, now=now))
    assert isinstance(decided, Decision), decided
    return decided


def a_session(*commands: SessionCommand, flow: FlowIndex = FLOW) -> ActiveSession:
    """Return a session in which these commands were recorded."""
    state = record(start(flow).state, *commands, flow=flow).state
    assert is_active(state)
    return state


def refusal(
    state: SessionState, command: SessionCommand, /, **circumstances: Any
) -> list[tuple[Any, ...]]:
    """Return the code and path of each problem of a refused command; none when accepted."""
    decided = try_recording(state, command, given=given(**circumstances))
    if isinstance(decided, Decision):
        return []
    return [(problem.code.value, *problem.path) for problem in decided]
