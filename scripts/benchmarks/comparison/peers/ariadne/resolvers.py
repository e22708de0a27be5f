"""Resolvers by type; what differs from the schema by nothing but case is resolved by its name."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from ariadne import MutationType, ObjectType, QueryType, ScalarType, UnionType
from graphql import GraphQLError, GraphQLResolveInfo
from ids import decode_id, encode_id, encode_step_id
from sessions import Command, read_step_ids, record_events

Document = dict[str, Any]

DOCUMENT_TYPES = (
    "BookingAnswerCategory",
    "BookingFlow",
    "BookingQuestion",
    "BookingService",
    "BookingSessionEvent",
    "BrandKit",
)
STEP_TYPES = {
    "zipcode": "BookingFlowZipcodeStep",
    "service_selection": "BookingFlowServiceSelectionStep",
    "details": "BookingFlowDetailsStep",
    "timeslot_selection": "BookingFlowTimeslotSelectionStep",
    "customer": "BookingFlowCustomerStep",
    "summary": "BookingFlowSummaryStep",
}
NODE_TYPES = {
    "question_reference": "QuestionReferenceNode",
    "answer_reference": "AnswerReferenceNode",
    "service_reference": "ServiceReferenceNode",
}
ANSWER_TYPES = {"plain_text": "PlainTextAnswer", "service_reference": "ServiceReferenceAnswer"}
SESSION_TYPES = {
    "active": "ActiveBookingSession",
    "completed": "CompletedBookingSession",
    "abandoned": "AbandonedBookingSession",
}
EVENT_DATA_TYPES = {
    "session_started": "SessionStartEventData",
    "field_updated": "FieldUpdateEventData",
}
REVISIONS_KEPT = 1_000

query = QueryType()
mutation = MutationType()
date_time = ScalarType("DateTime")
types = {
    name: ObjectType(name)
    for name in (
        *DOCUMENT_TYPES,
        *STEP_TYPES.values(),
        *NODE_TYPES.values(),
        *ANSWER_TYPES.values(),
        *SESSION_TYPES.values(),
        "BookingFlowConnection",
        "CurrentState",
        "NavigationState",
        "Scheduler",
        "ServiceSelectionTypeConfig",
        "StepProgression",
    )
}
unions = [
    UnionType("BookingFlowStep", lambda step, *_: STEP_TYPES[step["step_type"]]),
    UnionType("ServiceSelectionNode", lambda node, *_: NODE_TYPES[node["type"]]),
    UnionType("BookingQuestionAnswer", lambda answer, *_: ANSWER_TYPES[answer["type"]]),
    UnionType("BookingSession", lambda it, *_: SESSION_TYPES[it["booking_outcome"]["status"]]),
    UnionType("BookingSessionEventData", lambda data, *_: EVENT_DATA_TYPES[data["event_type"]]),
]
RESOLVERS = (query, mutation, date_time, *types.values(), *unions)


@date_time.serializer
def serialize_date_time(moment: datetime) -> str:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def load_owned(loader: Any, parent: Document, entity_id: str | None) -> Awaitable[Any] | None:
    return loader.load((parent["organization_id"], entity_id)) if entity_id else None


def load_many(loader: Any, parent: Document, ids: list[str]) -> Awaitable[list[Any]]:
    return loader.load_many([(parent["organization_id"], entity_id) for entity_id in ids])


def owned(children: list[Document], parent: Document) -> list[Document]:
    return [{**child, "organization_id": parent["organization_id"]} for child in children]


for _name in DOCUMENT_TYPES:
    types[_name].set_field("id", lambda document, _, name=_name: encode_id(name, document["_id"]))


def step_id(step: Document, _: GraphQLResolveInfo) -> str:
    return encode_step_id(step.get("step_id") or step["id"])


for _name in STEP_TYPES.values():
    types[_name].set_field("id", step_id)


@query.field("scheduler")
async def scheduler(_: Any, info: GraphQLResolveInfo, *, publishable_key: str) -> Document | None:
    configs = info.context["db"].scheduler_configs
    config: Document | None = await configs.find_one({"publishable_key": publishable_key})
    return config


types["Scheduler"].set_field("id", lambda it, _: encode_id("SchedulerConfig", it["_id"]))


@types["Scheduler"].field("brandKit")
def brand_kit(config: Document, info: GraphQLResolveInfo) -> Any:
    return load_owned(info.context["loaders"].brand_kits, config, config["brand_kit_id"])


@types["BrandKit"].field("logo")
def logo(*_: Any) -> None:
    return None


@types["Scheduler"].field("bookingFlow")
async def routed_flow(config: Document, info: GraphQLResolveInfo, **_: Any) -> Document | None:
    loaders = info.context["loaders"]
    if config["default_booking_flow_id"] is None:
        return None
    flow = await load_owned(loaders.flows, config, config["default_booking_flow_id"])
    if flow is None or flow["status"] != "published":
        return None
    revision = await load_owned(loaders.revisions, config, flow["revision_ids"][-1])
    return {
        **revision,
        "_id": revision["booking_flow_id"],
        "version": revision["flow_version"],
        "status": "published",
        "frozen": owned(revision["steps"], config),
    }


def require_organization(info: GraphQLResolveInfo) -> str:
    credential = info.context["credential"]
    if credential is None:
        raise GraphQLError("Say who you are.")
    organization_id: str = credential.organization_id
    return organization_id


@query.field("bookingFlows")
async def booking_flows(_: Any, info: GraphQLResolveInfo, *, first: int = 20) -> Document:
    flows = info.context["db"].booking_flows
    condition = {
        "organization_id": require_organization(info),
        "status": {"$in": ["draft", "published"]},
    }
    newest = flows.find(condition).sort([("created_at", -1), ("_id", -1)]).limit(first + 1)
    found = await newest.to_list()
    return {
        "condition": condition,
        "page_info": {"has_next_page": len(found) > first},
        "edges": [{"node": flow} for flow in found[:first]],
    }


@types["BookingFlowConnection"].field("totalCount")
async def total_count(connection: Document, info: GraphQLResolveInfo) -> int:
    count: int = await info.context["db"].booking_flows.count_documents(connection["condition"])
    return count


@types["BookingFlow"].field("revision")
def flow_revision(flow: Document, _: GraphQLResolveInfo) -> int | None:
    return flow["revision"] if "frozen" in flow else len(flow["revision_ids"]) or None


@types["BookingFlow"].field("steps")
def flow_steps(flow: Document, info: GraphQLResolveInfo) -> Any:
    if "frozen" in flow:
        return flow["frozen"]
    return load_many(info.context["loaders"].steps, flow, flow["steps"])


@types["BookingFlowServiceSelectionStep"].field("typeConfig")
def graph(step: Document, _: GraphQLResolveInfo) -> Document:
    return {**step["type_config"], "organization_id": step["organization_id"]}


@types["ServiceSelectionTypeConfig"].field("nodes")
def nodes(config: Document, _: GraphQLResolveInfo) -> list[Document]:
    return owned(config["nodes"], config)


@types["QuestionReferenceNode"].field("question")
def node_question(node: Document, info: GraphQLResolveInfo) -> Any:
    return load_owned(info.context["loaders"].questions, node, node["question_id"])


@types["AnswerReferenceNode"].field("category")
def node_category(node: Document, info: GraphQLResolveInfo) -> Any:
    return load_owned(info.context["loaders"].categories, node, node["answer_category_id"])


@types["BookingQuestion"].field("answers")
def question_answers(question: Document, info: GraphQLResolveInfo) -> Any:
    return load_many(info.context["loaders"].answers, question, question["answers"])


def answer_id(answer: Document, _: GraphQLResolveInfo) -> str:
    return encode_id("BookingQuestionAnswer", answer["answer_id"])


def answer_category(answer: Document, info: GraphQLResolveInfo) -> Any:
    return load_owned(info.context["loaders"].categories, answer, answer["category_id"])


for _name in ANSWER_TYPES.values():
    types[_name].set_field("id", answer_id)
    types[_name].set_field("category", answer_category)


@types["ServiceReferenceNode"].field("service")
@types["ServiceReferenceAnswer"].field("service")
def referenced_service(parent: Document, info: GraphQLResolveInfo) -> Any:
    return load_owned(info.context["loaders"].services, parent, parent["service_id"])


@query.field("bookingSession")
async def booking_session(_: Any, info: GraphQLResolveInfo, *, id: str) -> Document | None:
    condition = {
        "_id": decode_id("BookingSession", id),
        "organization_id": require_organization(info),
    }
    session: Document | None = await info.context["db"].booking_sessions.find_one(condition)
    return session


async def session_events(
    session: Document,
    info: GraphQLResolveInfo,
    *,
    first: int | None = None,
    last: int | None = None,
) -> Document:
    condition = {
        "booking_session_id": session["_id"],
        "sequence": {"$lte": session["sequence"]},
    }
    cursor = info.context["db"].booking_session_events.find(condition)
    page = cursor.sort("sequence", -1 if last else 1).limit(last or first or 20)
    found = await page.to_list()
    return {"nodes": found[::-1] if last else found}


for _name in SESSION_TYPES.values():
    types[_name].set_field("id", lambda it, _: encode_id("BookingSession", it["_id"]))
    types[_name].set_field("events", session_events)


@types["StepProgression"].field("completedStepIds")
def completed_step_ids(progression: Document, _: GraphQLResolveInfo) -> list[str]:
    return [encode_step_id(each) for each in progression["completed_step_ids"]]


@types["StepProgression"].field("furthestStepId")
def furthest_step_id(progression: Document, _: GraphQLResolveInfo) -> str:
    return encode_step_id(progression["furthest_step_id"])


@types["NavigationState"].field("visitedStepIds")
def visited_step_ids(navigation: Document, _: GraphQLResolveInfo) -> list[str]:
    return [encode_step_id(each) for each in navigation["visited_step_ids"]]


@types["CurrentState"].field("stepId")
def current_step_id(state: Document, _: GraphQLResolveInfo) -> str:
    return encode_step_id(state["step_id"])


@types["CurrentState"].field("lastEventId")
def last_event_id(state: Document, _: GraphQLResolveInfo) -> str:
    return encode_id("BookingSessionEvent", state["last_event_id"])


@types["CurrentState"].field("formData")
def form_data(state: Document, _: GraphQLResolveInfo) -> Document:
    return {encode_step_id(each): values for each, values in state["form_data"].items()}


@types["BookingSessionEvent"].field("stepId")
def event_step_id(event: Document, _: GraphQLResolveInfo) -> str | None:
    return encode_step_id(event["step_id"]) if event["step_id"] else None


@types["BookingSessionEvent"].field("data")
def event_data(event: Document, _: GraphQLResolveInfo) -> Document:
    return {**event["data"], "event_type": event["event_type"]}


_kept_step_ids: dict[str, frozenset[str]] = {}


async def find_step_ids(db: Any, revision_id: str) -> frozenset[str]:
    """Return the steps of a revision, which never changes, so that it is read once."""
    step_ids = _kept_step_ids.get(revision_id)
    if step_ids is None:
        if len(_kept_step_ids) >= REVISIONS_KEPT:
            _kept_step_ids.clear()
        step_ids = _kept_step_ids[revision_id] = await read_step_ids(db, revision_id)
    return step_ids


@mutation.field("recordBookingSessionEvents")
async def record_booking_session_events(
    _: Any, info: GraphQLResolveInfo, *, input: Document
) -> Document:
    require_organization(info)
    commands = [
        Command(
            client_event_id=event["client_event_id"],
            step_id=decode_id("BookingFlowStep", event["step_id"]),
            data={
                "field": event["data"]["field_updated"]["field"],
                "value": event["data"]["field_updated"].get("value"),
            },
        )
        for event in input["events"]
    ]
    recorded = await record_events(
        info.context["db"],
        info.context["credential"],
        decode_id("BookingSession", input["booking_session_id"]),
        commands,
        find_step_ids=find_step_ids,
    )
    problems = [] if recorded.problem is None else [recorded.problem]
    return {
        "booking_session": recorded.session,
        "results": recorded.results,
        "user_errors": [
            {"code": code, "message": message, "path": ["input"]} for code, message in problems
        ],
    }
