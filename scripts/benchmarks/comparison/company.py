"""A company to measure: questions, services, published flows, one long session and what to copy.

Everything is made through the server's own services, so the documents are those a real company has.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from app.api.ids import EntityType, encode_id
from app.documents.booking_flow import BookingFlow
from app.domain.access import Anonymous, OrganizationCredential, Role
from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.branding import BrandColors, BrandKitContent, FallbackPhoneNumberScreen
from app.domain.content import ContentConfig, QuestionContent
from app.domain.questions import (
    AnswerCategoryContent,
    BookingQuestionContent,
    PlainTextAnswerContent,
    ServiceReferenceAnswerContent,
)
from app.domain.scheduler_config import SchedulerConfigContent
from app.domain.vendor import BookingServiceContent, VendorDataContent, VendorType
from app.services.authoring import Author
from app.services.booking_answer_categories import create_answer_category
from app.services.booking_flows import create_booking_flow
from app.services.booking_questions import create_booking_question
from app.services.booking_services import create_booking_service
from app.services.brand_kits import create_brand_kit
from app.services.credentials import Authenticator
from app.services.organizations import create_organization
from app.services.publication import publish_booking_flow
from app.services.scheduler_configs import create_scheduler_config
from scripts.benchmarks.comparison.graph import build_graph
from tests.api.client import ApiClient
from tests.contract.journey import load_operations

PAGE = "https://harbor.example/book/"
OPERATIONS = load_operations("widget.graphql")
EVENTS_PER_BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySize:
    """How much a company has: flows, nodes in the graph of each, events in its long session."""

    flows: int
    nodes: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What requests name of a company; ids are those stored, keys those clients send."""

    organization_id: str
    api_key: str
    publishable_key: str
    scheduler_config_id: str
    fresh_session_id: str
    long_session_id: str
    step_id: str


async def create_company(name: str, size: CompanySize) -> Company:
    """Store a company of that size and return what requests need of it."""
    organization, api_key = await create_organization(name, now=datetime.now(UTC))
    author = Author(
        credential=OrganizationCredential(
            organization_id=organization.id, api_key_id="a" * 24, role=Role.OWNER
        ),
        now=datetime.now(UTC),
    )
    flows = await _publish_flows(author, size)
    config = await _create_config(author, name, flows[0])
    visitor = await _Visitor.load(config.publishable_key, flows[0])
    fresh_session_id = await visitor.visit(events=1)
    return Company(
        organization_id=organization.id,
        api_key=api_key,
        publishable_key=config.publishable_key,
        scheduler_config_id=config.id,
        fresh_session_id=fresh_session_id,
        long_session_id=await visitor.visit(events=size.events),
        step_id=flows[0].steps[0],
    )


async def _publish_flows(author: Author, size: CompanySize) -> list[BookingFlow]:
    catalog = await _create_catalog(author)
    flows = []
    for number in range(size.flows):
        graph = build_graph(
            size.nodes,
            question_ids=catalog.question_ids,
            service_ids=catalog.service_ids,
            category_ids=catalog.category_ids,
        )
        content = {"title": f"Book visit {number}", "description": "Two minutes, no call."}
        draft = await create_booking_flow(
            BookingFlowContent.model_validate({"content": content, "steps": _steps(graph)}),
            author=author,
        )
        published, _ = await publish_booking_flow(
            draft.id, expected_version=draft.version, author=author
        )
        flows.append(published)
    return flows


@dataclass(frozen=True, slots=True)
class _Catalog:
    question_ids: list[str]
    service_ids: list[str]
    category_ids: list[str]


async def _create_catalog(author: Author) -> _Catalog:
    """Store what all flows of the company refer to: 40 services, 30 questions, 8 categories."""
    service_ids = [await _create_service(author, number) for number in range(40)]
    categories = [
        await create_answer_category(
            AnswerCategoryContent(title=f"Category {number}", icon="wrench"), author=author
        )
        for number in range(8)
    ]
    category_ids = [category.id for category in categories]
    choices = cycle(zip(cycle(service_ids), cycle(category_ids), strict=False))
    question_ids = [await _create_question(author, number, *next(choices)) for number in range(30)]
    return _Catalog(question_ids, service_ids, category_ids)


async def _create_service(author: Author, number: int) -> str:
    service = await create_booking_service(
        BookingServiceContent(
            service_content=ContentConfig(
                title=f"Service {number}",
                description="A technician tells the price first.",
                icon="wrench",
            ),
            vendor_data=VendorDataContent(
                vendor_type=VendorType.SERVICETITAN,
                job_type_id=str(1_000 + number),
                job_type_name=f"Job type {number}",
            ),
        ),
        author=author,
    )
    return service.id


async def _create_question(author: Author, number: int, service_id: str, category_id: str) -> str:
    question = await create_booking_question(
        BookingQuestionContent(
            question_content=QuestionContent(
                title=f"What is wrong with it ({number})?",
                unique_name=f"question-{number}",
                help_text="Choose what comes closest.",
            ),
            answers=(
                PlainTextAnswerContent(
                    content=ContentConfig(title="It makes a noise"), category_id=category_id
                ),
                ServiceReferenceAnswerContent(service_id=service_id, category_id=category_id),
            ),
        ),
        author=author,
    )
    return question.id


def _steps(graph: dict[str, Any]) -> list[dict[str, Any]]:
    window = {
        "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "start_time": "08:00",
        "end_time": "12:00",
        "capacity": 3,
    }
    size = {"key": "size", "label": "Size of the home", "input_type": "select"}
    options = [{"value": "small", "label": "Small"}, {"value": "large", "label": "Large"}]
    phone = {"key": "phone", "label": "Phone", "input_type": "phone", "required": True}
    notes = {"key": "notes", "label": "Notes", "input_type": "textarea", "help_text": "Gate code?"}
    configs: list[tuple[str, dict[str, Any]]] = [
        (
            "zipcode",
            {
                "service_areas": [{"name": "Shore", "zipcodes": ["01901"], "prefixes": ["018"]}],
                "out_of_area_content": {"title": "We do not come there yet"},
            },
        ),
        ("service_selection", graph),
        ("details", {"fields": [{**size, "options": options}, notes]}),
        ("timeslot_selection", {"timezone": "America/New_York", "windows": [window]}),
        ("customer", {"fields": [{**notes, "constraints": {"max_length": 200}}, phone]}),
        ("summary", {"consent_text": "You may text me.", "require_consent": True}),
    ]
    return [
        {"step_type": step_type, "step_config": {"title": step_type}, "type_config": config}
        for step_type, config in configs
    ]


async def _create_config(author: Author, name: str, flow: BookingFlow) -> Any:
    kit = await create_brand_kit(
        BrandKitContent(
            name=name,
            colors=BrandColors(primary="#0B5FA5", secondary="#F2F6FA", accent="#E4572E"),
        ),
        author=author,
    )
    return await create_scheduler_config(
        SchedulerConfigContent(
            name="Website",
            target_click_elements=(".book-now", "#book"),
            brand_kit_id=kit.id,
            default_booking_flow_id=flow.id,
            fallback_phone_number_screen=FallbackPhoneNumberScreen.model_validate(
                {"phone_number": "+12125550123", "content": {"title": "Call us"}}
            ),
        ),
        author=author,
    )


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Somebody who fills in the first step of a flow."""

    client: ApiClient
    publishable_key: str
    step_id: str

    @classmethod
    async def load(cls, publishable_key: str, flow: BookingFlow) -> "_Visitor":
        client = ApiClient(Anonymous(), authenticator=await Authenticator.load())
        return cls(client, publishable_key, encode_id(EntityType.BOOKING_FLOW_STEP, flow.steps[0]))

    async def visit(self, *, events: int) -> str:
        """Start a session, bring it to so many events and return its id as stored."""
        answer = await self.client.data(
            OPERATIONS["StartBookingSession"],
            {"input": {"publishableKey": self.publishable_key, "context": {"url": PAGE}}},
        )
        session = answer["startBookingSession"]["bookingSession"]
        credential = self.client.authenticator.read_session_token(
            answer["startBookingSession"]["sessionToken"]
        )
        if credential is None:
            raise RuntimeError(answer)
        customer = ApiClient(credential, authenticator=self.client.authenticator)
        while session["sequence"] < events:
            count = min(EVENTS_PER_BATCH, events - session["sequence"])
            session = await self._fill_in(customer, session, count)
        return credential.booking_session_id

    async def _fill_in(
        self, customer: ApiClient, session: dict[str, Any], count: int
    ) -> dict[str, Any]:
        first = session["sequence"] + 1
        batch = [
            {
                "clientEventId": f"visit-{number}",
                "stepId": self.step_id,
                "data": {"fieldUpdated": {"field": "zipcode", "value": f"{number:05}"}},
            }
            for number in range(first, first + count)
        ]
        answer = await customer.data(
            OPERATIONS["RecordBookingSessionEvents"],
            {"input": {"bookingSessionId": session["id"], "events": batch}},
        )
        recorded = answer["recordBookingSessionEvents"]
        if recorded["userErrors"]:
            raise RuntimeError(recorded["userErrors"])
        changed: dict[str, Any] = recorded["bookingSession"]
        return changed
