"""`usedBy`: what would break if an entity were gone."""

from typing import Any

import pytest

from app.api.ids import EntityType, encode_id, parse_id
from app.documents.driver import CommandCounter, Database
from app.domain.booking_flow.flow import BookingFlowContent
from app.services.booking_flows import create_booking_flow
from tests.api.client import ApiClient, an_anonymous_client, an_organization
from tests.api.editable import BRAND_KIT, CATEGORY, CONFIG, QUESTION, ROUTER, SERVICE, EditableKind
from tests.api.site import PAGE, a_site, an_author

USED_BY = """usedBy {
    __typename
    ... on EntityUserBase { id title }
    ... on BookingFlowUser { inDraft inPublishedRevision bookingFlow { id } }
    ... on BookingQuestionUser { bookingQuestion { id } }
    ... on SchedulerConfigUser { schedulerConfig { id } }
}"""


async def used_by(client: ApiClient, kind: EditableKind, global_id: str) -> Any:
    query = f"query ($id: ID!) {{ {kind.field}(id: $id) {{ {USED_BY} }} }}"
    return (await client.data(query, {"id": global_id}))[kind.field]["usedBy"]


async def a_draft_with(client: ApiClient, *node_ids: tuple[str, str]) -> str:
    """Return the id of a flow never published whose graph has a node for each (field, raw id)."""
    kinds = {"service_id": "service_reference", "question_id": "question_reference"}
    graph = {
        "root_node_id": "root",
        "nodes": [
            {"id": f"n{number}", "type": kinds[field], field: raw_id}
            for number, (field, raw_id) in enumerate(node_ids)
        ],
    }
    content = {
        "content": {"title": "Draft"},
        "steps": [
            {
                "step_type": "service_selection",
                "step_config": {"title": "Which"},
                "type_config": graph,
            }
        ],
    }
    flow = await create_booking_flow(
        BookingFlowContent.model_validate(content), author=an_author(client)
    )
    return encode_id(EntityType.BOOKING_FLOW, flow.id)


def raw(global_id: str) -> str:
    parsed = parse_id(global_id)
    assert parsed is not None
    return parsed[1]


async def test_service_names_the_flows_and_questions_that_refer_to_it(database: Database) -> None:
    site = await a_site()
    [service] = (await SERVICE.list(site.client, "(first: 1)"))["nodes"]
    published_id = encode_id(EntityType.BOOKING_FLOW, site.flow.id)
    draft_id = await a_draft_with(site.client, ("service_id", raw(service["id"])))
    answers = [{"serviceReference": {"serviceId": service["id"]}}]
    payload = await QUESTION.mutate(
        site.client, "create", {**QUESTION.content("Which"), "answers": answers}
    )
    question_id = payload["bookingQuestion"]["id"]

    assert await used_by(site.client, SERVICE, service["id"]) == [
        {
            "__typename": "BookingFlowUser",
            "id": published_id,
            "title": "Book a visit",
            "inDraft": True,
            "inPublishedRevision": True,
            "bookingFlow": {"id": published_id},
        },
        {
            "__typename": "BookingFlowUser",
            "id": draft_id,
            "title": "Draft",
            "inDraft": True,
            "inPublishedRevision": False,
            "bookingFlow": {"id": draft_id},
        },
        {
            "__typename": "BookingQuestionUser",
            "id": question_id,
            "title": "Which",
            "bookingQuestion": {"id": question_id},
        },
    ]


async def test_service_only_the_published_revision_refers_to_is_still_used(
    database: Database,
) -> None:
    site = await a_site()
    [service] = (await SERVICE.list(site.client, "(first: 1)"))["nodes"]
    await database["booking_flows"].update_one({"_id": site.flow.id}, {"$set": {"steps": []}})

    [user] = await used_by(site.client, SERVICE, service["id"])

    assert (user["inDraft"], user["inPublishedRevision"]) == (False, True)


@pytest.mark.parametrize("kind", [QUESTION, CATEGORY], ids=["bookingQuestion", "category"])
async def test_question_and_category_name_the_flows_of_their_own_organization(
    database: Database, kind: EditableKind
) -> None:
    site = await a_site()
    [used] = (await kind.list(site.client, "(first: 1)"))["nodes"]
    unused_id = await kind.create(site.client, "Unused")

    [user] = await used_by(site.client, kind, used["id"])

    assert user["id"] == encode_id(EntityType.BOOKING_FLOW, site.flow.id)
    assert await used_by(site.client, kind, unused_id) == []


@pytest.mark.parametrize(
    ("kind", "field"), [(BRAND_KIT, "brandKitId"), (ROUTER, "bookingFlowRouterId")]
)
async def test_kit_and_router_name_their_configs(
    database: Database, kind: EditableKind, field: str
) -> None:
    client = await an_organization()
    used_id = await kind.create(client, "Used")
    payload = await CONFIG.mutate(client, "create", {**CONFIG.content("Site"), field: used_id})
    config_id = payload["schedulerConfig"]["id"]

    assert await used_by(client, kind, used_id) == [
        {
            "__typename": "SchedulerConfigUser",
            "id": config_id,
            "title": "Site",
            "schedulerConfig": {"id": config_id},
        }
    ]


@pytest.mark.parametrize("questions", [2, 20])
async def test_users_of_many_services_cost_the_same_commands(
    database: Database, command_counter: CommandCounter, questions: int
) -> None:
    site = await a_site(questions=questions)
    query = "{ bookingServices(first: 100) { nodes { usedBy { ... on EntityUserBase { id } } } } }"

    with command_counter.counting() as commands:
        data = await site.client.data(query)

    users = [node["usedBy"] for node in data["bookingServices"]["nodes"]]
    assert users == [[{"id": encode_id(EntityType.BOOKING_FLOW, site.flow.id)}]] * (questions + 1)
    assert sorted(commands) == [
        "find booking_flow_revisions",
        "find booking_flow_steps",
        "find booking_flows",
        "find booking_question_answers",
        "find booking_services",
    ]


async def test_widget_does_not_see_who_uses_its_kit(database: Database) -> None:
    site = await a_site()
    query = f"""query ($key: String!, $context: RoutingContextInput!) {{
        scheduler(publishableKey: $key) {{
            bookingFlow(context: $context) {{ id }}
            brandKit {{ name {USED_BY} }}
        }}
    }}"""
    variables = {"key": site.config.publishable_key, "context": {"url": PAGE}}

    answer = await an_anonymous_client().execute(query, variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_colours_of_a_kit_carry_their_contrast_warnings(database: Database) -> None:
    client = await an_organization()
    kit_id = await BRAND_KIT.create(client, "Harbor")
    query = "query ($id: ID!) { brandKit(id: $id) { contrastWarnings { pair ratio needed } } }"

    data = await client.data(query, {"id": kit_id})

    warnings = data["brandKit"]["contrastWarnings"]
    assert [(w["pair"], round(w["ratio"], 2), w["needed"]) for w in warnings] == [
        ("WHITE_ON_ACCENT", 3.68, 4.5),
        ("ACCENT_ON_SECONDARY", 3.39, 4.5),
    ]
