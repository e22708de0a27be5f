"""Inputs with everything wrong in them that can be, and what has to be said about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.api.ids import EntityType, encode_id
from app.domain.files import StoredFileInfo
from app.services.files import store_file
from tests.api.client import ApiClient, an_organization
from tests.api.editable import CATEGORY, CONFIG, KINDS, QUESTION, ROUTER, SERVICE
from tests.api.flows import SUMMARY_STEP, ZIPCODE_STEP, a_flow, a_graph, flow_id, graph_step
from tests.api.site import an_author
from tests.services.images import a_raster

LONG = "x" * 201
ICON = "no-such-icon"
BAD_FIELD = {
    "key": "k",
    "label": "",
    "inputType": "TEXT",
    "constraints": {"pattern": "(?=a)"},
}


@dataclass(frozen=True)
class World:
    """An organization in which every name is taken, and the ids of another's entities."""

    client: ApiClient
    own: dict[str, str]
    theirs: dict[str, str]


async def an_organization_with_everything(name: str) -> tuple[ApiClient, dict[str, str]]:
    client = await an_organization(name)
    author = an_author(client)
    ids = {}
    for kind in KINDS:
        await kind.create(client, "Taken")
        ids[kind.field] = await kind.create(client, "Old")
    steps = (ZIPCODE_STEP, graph_step(await a_graph(author, name=name)), SUMMARY_STEP)
    flow = await a_flow(author, steps=steps)
    file = await store_file(a_raster(width=3, height=2), organization_id=author.organization_id)
    assert isinstance(file, StoredFileInfo)
    names = ("zipcodeStep", "graphStep", "summaryStep")
    for step_name, step in zip(names, flow.steps, strict=True):
        ids[step_name] = encode_id(EntityType.BOOKING_FLOW_STEP, step)
    return client, {**ids, "flow": flow_id(flow), "file": encode_id(EntityType.FILE, file.id)}


Problems = set[tuple[str, str]]
Case = tuple[str, Callable[[World], dict[str, Any]], Problems]


def details(**step: Any) -> dict[str, Any]:
    config = {"stepConfig": {"title": ""}, "typeConfig": {"fields": [BAD_FIELD]}}
    return {"details": {**config, **step}}


def problems_of_details(path: str) -> Problems:
    return {
        ("REQUIRED", f"{path}stepConfig.title"),
        ("REQUIRED", f"{path}typeConfig.fields.0.label"),
        ("INVALID", f"{path}typeConfig.fields.0.constraints.pattern"),
    }


def a_kit(world: World) -> dict[str, Any]:
    colors = {"primary": "blue", "secondary": "#FFFFFF", "accent": "#12345"}
    return {"name": " Taken ", "colors": colors, "logoFileId": world.theirs["file"]}


KIT: Problems = {
    ("INVALID", "colors.primary"),
    ("INVALID", "colors.accent"),
    ("NOT_FOUND", "logoFileId"),
    ("DUPLICATE", "name"),
}


def a_service(world: World) -> dict[str, Any]:
    vendor = {"vendorType": "SERVICETITAN", "jobTypeId": ""}
    return {"serviceContent": {"title": " ", "icon": ICON}, "vendorData": vendor}


SERVICE_PROBLEMS: Problems = {
    ("REQUIRED", "serviceContent.title"),
    ("INVALID", "serviceContent.icon"),
    ("REQUIRED", "vendorData.jobTypeId"),
}


def a_category(world: World) -> dict[str, Any]:
    return {"title": "Taken", "description": "x" * 2_001, "icon": ICON}


CATEGORY_PROBLEMS: Problems = {
    ("DUPLICATE", "title"),
    ("TOO_LONG", "description"),
    ("INVALID", "icon"),
}


def a_question(world: World) -> dict[str, Any]:
    content = {"title": "", "uniqueName": "Taken name"}
    category, service = world.theirs["bookingAnswerCategory"], world.theirs["bookingService"]
    text = {"content": {"title": "A", "icon": ICON}, "categoryId": category}
    return {
        "questionContent": content,
        "answers": [{"plainText": text}, {"serviceReference": {"serviceId": service}}],
    }


QUESTION_PROBLEMS: Problems = {
    ("REQUIRED", "questionContent.title"),
    ("DUPLICATE", "questionContent.uniqueName"),
    ("INVALID", "answers.0.content.icon"),
    ("NOT_FOUND", "answers.0.categoryId"),
    ("NOT_FOUND", "answers.1.serviceId"),
}


def changed_answers(world: World) -> dict[str, Any]:
    question = a_question(world)
    unknown = encode_id(EntityType.BOOKING_QUESTION_ANSWER, "a" * 24)
    question["answers"][0]["plainText"]["id"] = unknown
    return question


def a_config(world: World) -> dict[str, Any]:
    screen = {"phoneNumber": "+19999999999999", "content": {"title": ""}}
    return {
        "name": "Taken",
        "targetClickElements": ["#ok", "a..b"],
        "allowedOrigins": ["ftp://harbor.example"],
        "brandKitId": world.theirs["brandKit"],
        "bookingFlowRouterId": world.theirs["bookingFlowRouter"],
        "defaultBookingFlowId": "nonsense",
        "fallbackPhoneNumberScreen": screen,
    }


CONFIG_PROBLEMS: Problems = {
    ("DUPLICATE", "name"),
    ("INVALID", "targetClickElements.1"),
    ("INVALID", "allowedOrigins.0"),
    ("NOT_FOUND", "brandKitId"),
    ("NOT_FOUND", "bookingFlowRouterId"),
    ("NOT_FOUND", "defaultBookingFlowId"),
    ("INVALID", "fallbackPhoneNumberScreen.phoneNumber"),
    ("REQUIRED", "fallbackPhoneNumberScreen.content.title"),
}


def a_router(world: World) -> dict[str, Any]:
    rule = {"id": "r", "name": LONG, "priority": 1, "bookingFlowId": world.own["flow"]}
    return {"name": "Taken", "rules": [rule]}


ROUTER_PROBLEMS: Problems = {("DUPLICATE", "name"), ("TOO_LONG", "rules.0.name")}
STALE: Problems = {("CONFLICT", "expectedVersion")}


def update_of(
    name: str, content: Callable[[World], dict[str, Any]]
) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"id": world.own[name], "expectedVersion": 7, **content(world)}


def flow_steps(world: World) -> dict[str, Any]:
    area = {"name": "N", "zipcodes": ["0190"], "prefixes": ["12345"]}
    zipcode = {"stepConfig": {"title": "Where?"}, "typeConfig": {"serviceAreas": [area]}}
    foreign = {**zipcode, "id": world.theirs["zipcodeStep"]}
    return {"content": {"title": LONG}, "steps": [{"zipcode": foreign}, details()]}


FLOW_PROBLEMS: Problems = {
    ("TOO_LONG", "content.title"),
    ("NOT_FOUND", "steps.0.id"),
    ("INVALID", "steps.0.typeConfig.serviceAreas.0.zipcodes.0"),
    ("INVALID", "steps.0.typeConfig.serviceAreas.0.prefixes.0"),
    *problems_of_details("steps.1."),
}


def an_addition(world: World) -> dict[str, Any]:
    step = details(id=world.own["summaryStep"])
    return {"bookingFlowId": world.own["flow"], "expectedVersion": 7, "step": step, "position": 9}


def a_graph_input(world: World, step: str) -> dict[str, Any]:
    answer = {"id": "", "answerContent": {"text": ""}, "answerCategoryId": world.own["flow"]}
    return {
        "stepId": world.own[step],
        "expectedVersion": 7,
        "rootNodeId": "q",
        "nodes": [{"answerReference": answer}],
        "edges": [{"id": "e", "sourceNodeId": "", "targetNodeId": "q"}],
    }


GRAPH_PROBLEMS: Problems = {
    ("REQUIRED", "nodes.0.id"),
    ("REQUIRED", "nodes.0.answerContent.text"),
    ("NOT_FOUND", "nodes.0.answerCategoryId"),
    ("REQUIRED", "edges.0.sourceNodeId"),
}


def an_addition_to_a_graph(world: World) -> dict[str, Any]:
    return {
        "stepId": world.own["graphStep"],
        "expectedVersion": 7,
        "questionId": world.theirs["bookingQuestion"],
        "nodeId": LONG,
        "parentNodeId": "nowhere",
    }


def a_document(world: World) -> dict[str, Any]:
    document = {
        "content": {"title": ""},
        "steps": [
            {
                "step_type": "details",
                "step_config": {"title": "D"},
                "type_config": {"fields": [{**BAD_FIELD, "input_type": "text"}]},
            }
        ],
        "services": [{"key": "s", "service_content": {"title": "S"}}] * 2,
        "questions": [
            {
                "key": "q",
                "question_content": {"title": "Q", "unique_name": "Q"},
                "answers": [{"type": "service_reference", "service_id": "none"}],
            }
        ],
        "brand_kit": {"name": "K", "colors": BAD_COLORS, "logo_base64": "?"},
    }
    return {"title": LONG, "document": document}


BAD_COLORS = {"primary": "blue", "secondary": "#FFFFFF", "accent": "#123456"}

CASES: list[Case] = [
    ("createBrandKit", a_kit, KIT),
    ("updateBrandKit", update_of("brandKit", a_kit), KIT | STALE),
    ("createBookingService", a_service, SERVICE_PROBLEMS),
    ("updateBookingService", update_of(SERVICE.field, a_service), SERVICE_PROBLEMS | STALE),
    ("createBookingAnswerCategory", a_category, CATEGORY_PROBLEMS),
    (
        "updateBookingAnswerCategory",
        update_of(CATEGORY.field, a_category),
        CATEGORY_PROBLEMS | STALE,
    ),
    ("createBookingQuestion", a_question, QUESTION_PROBLEMS),
    (
        "updateBookingQuestion",
        update_of(QUESTION.field, changed_answers),
        QUESTION_PROBLEMS | STALE | {("NOT_FOUND", "answers.0.id")},
    ),
    ("createSchedulerConfig", a_config, CONFIG_PROBLEMS),
    ("updateSchedulerConfig", update_of(CONFIG.field, a_config), CONFIG_PROBLEMS | STALE),
    ("createBookingFlowRouter", a_router, ROUTER_PROBLEMS),
    ("updateBookingFlowRouter", update_of(ROUTER.field, a_router), ROUTER_PROBLEMS | STALE),
    ("createBookingFlow", flow_steps, FLOW_PROBLEMS),
    ("updateBookingFlow", update_of("flow", flow_steps), FLOW_PROBLEMS | STALE),
    (
        "addBookingFlowStep",
        an_addition,
        STALE
        | problems_of_details("step.")
        | {("NOT_FOUND", "step.id"), ("OUT_OF_RANGE", "position")},
    ),
    (
        "updateBookingFlowStep",
        update_of(
            "summaryStep",
            lambda _: {
                "stepConfig": {"title": ""},
                "typeConfig": {"details": {"fields": [BAD_FIELD]}},
            },
        ),
        STALE | problems_of_details("") | {("INVALID", "typeConfig")},
    ),
    (
        "reorderBookingFlowSteps",
        update_of("flow", lambda world: {"stepIds": ["nonsense", world.theirs["zipcodeStep"]]}),
        STALE | {("NOT_FOUND", "stepIds.0"), ("NOT_FOUND", "stepIds.1"), ("REQUIRED", "stepIds")},
    ),
    (
        "setServiceSelectionGraph",
        lambda world: a_graph_input(world, "summaryStep"),
        GRAPH_PROBLEMS | STALE | {("INVALID", "stepId")},
    ),
    (
        "addQuestionToGraph",
        an_addition_to_a_graph,
        STALE
        | {
            ("NOT_FOUND", "questionId"),
            ("TOO_LONG", "nodeId"),
            ("NOT_FOUND", "parentNodeId"),
        },
    ),
    (
        "duplicateBookingFlow",
        lambda world: {"id": world.theirs["flow"], "title": LONG},
        {("NOT_FOUND", "id"), ("TOO_LONG", "title")},
    ),
    (
        "rollbackBookingFlow",
        update_of("flow", lambda _: {"revision": 3}),
        STALE | {("NOT_FOUND", "revision")},
    ),
    ("unpublishBookingFlow", update_of("flow", lambda _: {}), STALE | {("NOT_PUBLISHED", "id")}),
    (
        "importBookingFlow",
        a_document,
        {
            ("TOO_LONG", "title"),
            ("REQUIRED", "document.content.title"),
            ("REQUIRED", "document.steps.0.type_config.fields.0.label"),
            ("INVALID", "document.steps.0.type_config.fields.0.constraints.pattern"),
            ("DUPLICATE", "document.services.1.key"),
            ("NOT_FOUND", "document.questions.0.answers.0.service_id"),
            ("INVALID", "document.brand_kit.colors.primary"),
            ("INVALID", "document.brand_kit.logo_base64"),
        },
    ),
]
