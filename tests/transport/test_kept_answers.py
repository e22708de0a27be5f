"""Boot answers kept in memory: never older than what they show, never for the wrong caller."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from app.api.ids import EntityType, decode_id, encode_id
from app.api.limits.points import PointsTable
from app.api.schema import schema
from app.api.widget_boot.answers import BootAnswers
from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_question import BookingQuestion
from app.documents.booking_service import BookingService
from app.documents.driver import CommandCounter, Database
from app.services.content_generations import (
    ContentGenerations,
    current_generations,
    following_content_changes,
)
from app.services.credentials import Authenticator
from app.services.organizations import create_organization
from app.transport.capacity import Capacity
from app.transport.deadlines import OperationRunner
from app.transport.graphql_view import GraphQLEndpoint
from tests.api.client import SERVER
from tests.api.routing import a_rule, another_flow, create_router, flow_id
from tests.api.site import PAGE, Site, a_site
from tests.contract.journey import load_operations

WIDGET_BOOT = load_operations("widget.graphql")["WidgetBoot"]
FLOW_ONLY = """query ($key: String!, $context: RoutingContextInput!) {
  scheduler(publishableKey: $key) { bookingFlow(context: $context) { id } } }"""


class Widgets:
    """Pages that boot a site's widget by HTTP."""

    def __init__(self, site: Site, *, points: PointsTable, public_url: str | None = SERVER) -> None:
        self.site = site
        endpoint = GraphQLEndpoint(
            schema=schema,
            authenticator=lambda: Authenticator(b"t" * 32),
            public_url=public_url,
            render_page=None,
            offers_introspection=True,
            points=points,
            capacity=Capacity(100),
            runner=OperationRunner(30),
            boot_answers=BootAnswers(schema),
        )
        app = Starlette(routes=[Route("/graphql", endpoint.serve, methods=["GET", "POST"])])
        transport = httpx.ASGITransport(app=app)
        self.http = httpx.AsyncClient(transport=transport, base_url=SERVER)

    def content(self, query: str = WIDGET_BOOT, *, url: str = PAGE) -> dict[str, Any]:
        variables = {"key": self.site.config.publishable_key, "context": {"url": url}}
        return {"query": query, "variables": variables}

    async def boot(self, query: str = WIDGET_BOOT, *, url: str = PAGE, **headers: str) -> Any:
        content = self.content(query, url=url)
        response = await self.http.post("/graphql", json=content, headers=headers)
        return response.json()

    async def get_kept(self, **headers: str) -> httpx.Response:
        """Return the answer once it is kept: news of what was just stored may be under way."""
        for _ in range(100):
            response = await self.get(**headers)
            if "etag" in response.headers:
                return response
            await asyncio.sleep(0.02)
        raise TimeoutError

    async def get(self, **headers: str) -> httpx.Response:
        content = self.content()
        digest = hashlib.sha256(content["query"].encode()).hexdigest()
        parameters = {
            "query": content["query"],
            "variables": json.dumps(content["variables"]),
            "extensions": json.dumps({"persistedQuery": {"version": 1, "sha256Hash": digest}}),
        }
        return await self.http.get("/graphql", params=parameters, headers=headers)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def generations(database: Database) -> AsyncIterator[ContentGenerations]:
    async with following_content_changes() as generations:
        while generations.stamp() is None:  # noqa: ASYNC110 - it has no event to wait for.
            await asyncio.sleep(0.01)
        yield generations


async def widgets_of(
    site: Site, *, points: PointsTable | None = None, public_url: str | None = SERVER
) -> Widgets:
    """Return a site's widgets, with the answer kept: the second request executes and keeps."""
    # What was stored a moment ago comes back by the stream; let it pass.
    await asyncio.sleep(0.3)
    widgets = Widgets(site, points=points or PointsTable(0), public_url=public_url)
    for _ in range(2):
        await widgets.boot()
    return widgets


async def test_kept_answer_is_the_executed_one_without_any_command(
    command_counter: CommandCounter,
) -> None:
    widgets = await widgets_of(await a_site(questions=3))
    executed = await widgets.boot(WIDGET_BOOT + "\n# another text")

    with command_counter.counting() as commands:
        kept = await widgets.boot()

    assert commands == []
    assert kept == executed


async def test_routing_runs_for_every_page(command_counter: CommandCounter) -> None:
    site = await a_site()
    other = await another_flow(site)
    router = await create_router(site.client, a_rule("r", other, "QUERY_PARAMETER.q PREFIX ab"))
    site.config.booking_flow_router_id = decode_id(EntityType.BOOKING_FLOW_ROUTER, router["id"])
    await site.config.save()
    widgets = await widgets_of(site)
    urls = [f"{PAGE}?q={value}" for value in ("abc", "zz", "abd", "x", "ab")]
    for url in urls[:2] * 2:
        await widgets.boot(FLOW_ONLY, url=url)

    with command_counter.counting() as commands:
        answers = [await widgets.boot(FLOW_ONLY, url=url) for url in urls]

    routed = [answer["data"]["scheduler"]["bookingFlow"]["id"] for answer in answers]
    assert routed == [flow_id(flow) for flow in (other, site.flow, other, site.flow, other)]
    assert commands == []


EDITS = {
    "scheduler config": """updateSchedulerConfig(input:
        {id: "%(config)s", expectedVersion: 1, name: "Edited"}) { userErrors { message } }""",
    "brand kit": """updateBrandKit(input:
        {id: "%(kit)s", expectedVersion: 1, colors: {primary: "#111111", secondary: "#EEEEEE",
         accent: "#00AA00"}}) { userErrors { message } }""",
    "service": """updateBookingService(input: {id: "%(service)s", expectedVersion: 1,
        serviceContent: {title: "Edited"}}) { userErrors { message } }""",
    "question": """updateBookingQuestion(input: {id: "%(question)s", expectedVersion: 1,
        questionContent: {title: "Edited", uniqueName: "edited"}}) { userErrors { message } }""",
    "answer category": """updateBookingAnswerCategory(input: {id: "%(category)s",
        expectedVersion: 1, title: "Edited"}) { userErrors { message } }""",
    "flow": """publishBookingFlow(input: {id: "%(flow)s", expectedVersion: 2}) {
        userErrors { message } }""",
    "unpublished flow": """unpublishBookingFlow(input: {id: "%(flow)s", expectedVersion: 2}) {
        userErrors { message } }""",
}


async def ids_of(site: Site) -> dict[str, str]:
    query = {"organization_id": site.organization_id}
    service = await BookingService.find_one(query)
    question = await BookingQuestion.find_one(query)
    category = await BookingAnswerCategory.find_one(query)
    assert service is not None
    assert question is not None
    assert category is not None
    return {
        "config": encode_id(EntityType.SCHEDULER_CONFIG, site.config.id),
        "kit": encode_id(EntityType.BRAND_KIT, site.config.brand_kit_id or ""),
        "flow": encode_id(EntityType.BOOKING_FLOW, site.flow.id),
        "service": encode_id(EntityType.BOOKING_SERVICE, service.id),
        "question": encode_id(EntityType.BOOKING_QUESTION, question.id),
        "category": encode_id(EntityType.BOOKING_ANSWER_CATEGORY, category.id),
    }


@pytest.mark.parametrize("edited", EDITS)
async def test_edit_is_in_the_next_answer(edited: str) -> None:
    site = await a_site(questions=1)
    widgets = await widgets_of(site)
    before = await widgets.boot()

    edit = "mutation { edit: " + EDITS[edited] % await ids_of(site) + " }"
    data = await site.client.data(edit)
    after = await widgets.boot()
    await widgets.boot()

    assert data["edit"]["userErrors"] == []
    assert after["data"] != before["data"]
    assert (await widgets.boot())["data"] == after["data"]


async def test_edit_of_another_organization_leaves_the_answer_kept(
    command_counter: CommandCounter,
) -> None:
    other = await a_site()
    widgets = await widgets_of(await a_site())

    await other.client.data("mutation { edit: " + EDITS["service"] % await ids_of(other) + " }")
    await asyncio.sleep(0.3)
    with command_counter.counting() as commands:
        await widgets.boot()

    assert commands == []


async def test_page_of_another_origin_is_refused_whatever_is_kept() -> None:
    widgets = await widgets_of(await a_site(origins=("https://harbor.example",)))

    allowed = await widgets.boot(Origin="https://harbor.example")
    refused = await widgets.boot(Origin="https://evil.example")

    assert allowed["data"]["scheduler"]["name"] == "Website"
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert refused["data"] == {"scheduler": None}


async def test_caller_with_a_key_is_executed_for(command_counter: CommandCounter) -> None:
    widgets = await widgets_of(await a_site())
    _, token = await create_organization("Other", now=datetime.now(UTC))

    with command_counter.counting() as commands:
        answer = await widgets.boot(Authorization=f"Bearer {token}")

    assert answer["data"]["scheduler"]["name"] == "Website"
    assert "find booking_questions" in commands


async def test_answer_with_an_error_is_not_kept(command_counter: CommandCounter) -> None:
    site = await a_site()
    widgets = await widgets_of(site)
    query = """query ($key: String!) { scheduler(publishableKey: $key) {
        brandKit { usedBy { __typename } } } }"""
    content = {"query": query, "variables": {"key": site.config.publishable_key}}
    codes = []

    for _ in range(3):
        with command_counter.counting() as commands:
            answer = (await widgets.http.post("/graphql", json=content)).json()
        codes.append((answer["errors"][0]["extensions"]["code"], len(commands) > 0))

    assert codes == [("UNAUTHENTICATED", True)] * 3


async def test_many_cold_requests_execute_once(
    command_counter: CommandCounter, generations: ContentGenerations
) -> None:
    site = await a_site(questions=3)
    widgets = await widgets_of(site)
    generations.change(site.organization_id)
    with command_counter.counting() as alone:
        await widgets.boot()
    generations.change(site.organization_id)

    with command_counter.counting() as together:
        answers = await asyncio.gather(*(widgets.boot() for _ in range(20)))

    assert all(answer == answers[0] for answer in answers)
    # Each finds out by itself which config and route it is; the answer is made by one of them.
    assert together.count("find booking_questions") == alone.count("find booking_questions") == 1


async def test_get_is_validated_by_its_entity_tag() -> None:
    site = await a_site()
    widgets = await widgets_of(site)

    first = await widgets.get_kept()
    unchanged = await widgets.get_kept(**{"If-None-Match": first.headers["etag"]})
    current_generations().change(site.organization_id)
    await site.client.data("mutation { edit: " + EDITS["service"] % await ids_of(site) + " }")
    changed = await widgets.get_kept(**{"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, no-cache"
    assert "Authorization" in first.headers["vary"]
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_kept_answers_cost_points_too() -> None:
    widgets = await widgets_of(await a_site(), points=PointsTable(1))
    costs = [(await widgets.boot())["extensions"]["cost"] for _ in range(2)]

    assert costs[0]["requested"] == costs[1]["requested"] > 100
    assert costs[0]["currentlyAvailable"] - costs[1]["currentlyAvailable"] == costs[0]["requested"]


async def test_deep_variables_that_nobody_asked_for_change_nothing() -> None:
    widgets = await widgets_of(await a_site())
    content = widgets.content()
    # As text: what can be read so deep cannot be written.
    deep = "[" * 400 + "]" * 400
    body = json.dumps(content | {"variables": content["variables"] | {"deep": "DEEP"}})
    headers = {"content-type": "application/json"}

    answer = await widgets.http.post(
        "/graphql", content=body.replace('"DEEP"', deep), headers=headers
    )

    assert answer.status_code == 200
    assert "errors" not in answer.json()


async def test_wrong_variables_are_refused_as_ever() -> None:
    widgets = await widgets_of(await a_site())

    for url in ("", "not a url", "ftp://x.example"):
        answer = await widgets.boot(url=url)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    named = {**widgets.content(), "operationName": "Another"}
    assert (await widgets.http.post("/graphql", json=named)).status_code == 400
