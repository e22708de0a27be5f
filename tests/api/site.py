"""An organization with a widget on a published flow, made through the services."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.api.ids import EntityType, encode_id
from app.documents.booking_flow import BookingFlow
from app.documents.scheduler_config import SchedulerConfig
from app.domain.access import OrganizationCredential, Role
from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.branding import BrandColors, BrandKitContent
from app.domain.content import ContentConfig, QuestionContent
from app.domain.questions import AnswerCategoryContent, BookingQuestionContent
from app.domain.scheduler_config import SchedulerConfigContent
from app.domain.vendor import BookingServiceContent
from app.services.authoring import Author
from app.services.booking_answer_categories import create_answer_category
from app.services.booking_flows import create_booking_flow
from app.services.booking_questions import create_booking_question
from app.services.booking_services import create_booking_service
from app.services.brand_kits import create_brand_kit
from app.services.publication import publish_booking_flow
from app.services.scheduler_configs import create_scheduler_config
from tests.api.client import ApiClient, an_organization

PAGE = "https://harbor.example/"


@dataclass
class Site:
    """The organization's client, its flow and the widget's config."""

    client: ApiClient
    flow: BookingFlow
    config: SchedulerConfig

    @property
    def organization_id(self) -> str:
        return self.flow.organization_id

    def step_id(self, position: int) -> str:
        """Return the global id of a step of the flow."""
        return encode_id(EntityType.BOOKING_FLOW_STEP, self.flow.steps[position])


def an_author(client: ApiClient) -> Author:
    assert isinstance(client.credential, OrganizationCredential)
    return Author(
        credential=client.credential.model_copy(update={"role": Role.OWNER}),
        now=datetime.now(UTC),
    )


async def a_site(
    *, questions: int = 1, origins: tuple[str, ...] = (), capacity: int | None = 3
) -> Site:
    """Publish a flow of six steps whose graph asks `questions` questions on each of its paths.

    Each question offers two answers; one leads to a service of its own, the other to the next
    question, the last of them to another service.
    """
    client = await an_organization()
    author = an_author(client)
    graph = await _a_graph(author, questions)
    flow = await create_booking_flow(
        BookingFlowContent.model_validate(
            {"content": {"title": "Book a visit"}, "steps": _steps(graph, capacity)}
        ),
        author=author,
    )
    published, _ = await publish_booking_flow(flow.id, expected_version=1, author=author)
    kit = await create_brand_kit(
        BrandKitContent(
            name="Harbor",
            colors=BrandColors(primary="#0B5FA5", secondary="#F2F6FA", accent="#E4572E"),
        ),
        author=author,
    )
    config = await create_scheduler_config(
        SchedulerConfigContent(
            name="Website",
            allowed_origins=origins,
            brand_kit_id=kit.id,
            default_booking_flow_id=published.id,
        ),
        author=author,
    )
    return Site(client=client, flow=published, config=config)


async def _a_graph(author: Author, questions: int) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []

    def connect(source: str, target: str) -> None:
        edges.append({"id": f"e{len(edges)}", "source_node_id": source, "target_node_id": target})

    async def add_service(node_id: str) -> None:
        service = await create_booking_service(
            BookingServiceContent(service_content=ContentConfig(title=f"Service {node_id}")),
            author=author,
        )
        nodes.append({"id": node_id, "type": "service_reference", "service_id": service.id})

    def add_answer(node_id: str, category_id: str) -> None:
        nodes.append(
            {
                "id": node_id,
                "type": "answer_reference",
                "answer_content": {"text": f"Answer {node_id}"},
                "answer_category_id": category_id,
            }
        )

    for number in range(questions):
        question = await create_booking_question(
            BookingQuestionContent(
                question_content=QuestionContent(title=f"Q {number}", unique_name=f"q{number}")
            ),
            author=author,
        )
        category = await create_answer_category(
            AnswerCategoryContent(title=f"Category {number}"), author=author
        )
        nodes.append({"id": f"q{number}", "type": "question_reference", "question_id": question.id})
        add_answer(f"this{number}", category.id)
        await add_service(f"s{number}")
        add_answer(f"other{number}", category.id)
        connect(f"q{number}", f"this{number}")
        connect(f"this{number}", f"s{number}")
        connect(f"q{number}", f"other{number}")
        connect(f"other{number}", f"q{number + 1}" if number + 1 < questions else "last")
    await add_service("last")
    return {"root_node_id": "q0", "nodes": nodes, "edges": edges}


def _steps(graph: dict[str, Any], capacity: int | None) -> list[dict[str, Any]]:
    weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    window = {
        "weekdays": weekdays,
        "start_time": "08:00",
        "end_time": "12:00",
        "capacity": capacity,
    }
    name = {"key": "firstName", "label": "First name", "input_type": "text", "required": True}
    phone = {"key": "phone", "label": "Phone", "input_type": "phone", "required": True}
    notes = {"key": "notes", "label": "Notes", "input_type": "textarea"}
    configs: list[tuple[str, dict[str, Any]]] = [
        ("zipcode", {"service_areas": [{"name": "North Shore", "zipcodes": ["01901"]}]}),
        ("service_selection", graph),
        ("details", {"fields": [notes]}),
        ("timeslot_selection", {"timezone": "America/New_York", "windows": [window]}),
        ("customer", {"fields": [name, phone]}),
        ("summary", {"consent_text": "You may text me.", "require_consent": True}),
    ]
    return [
        {"step_type": step_type, "step_config": {"title": step_type}, "type_config": config}
        for step_type, config in configs
    ]
