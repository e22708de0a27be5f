"""Flows made through the services, with questions, services and categories of their own."""

from typing import Any

from app.api.ids import EntityType, encode_id
from app.documents.booking_flow import BookingFlow
from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.content import ContentConfig, QuestionContent
from app.domain.questions import (
    AnswerCategoryContent,
    BookingQuestionContent,
    PlainTextAnswerContent,
    ServiceReferenceAnswerContent,
)
from app.domain.vendor import BookingServiceContent
from app.services.authoring import Author
from app.services.booking_answer_categories import create_answer_category
from app.services.booking_flows import create_booking_flow
from app.services.booking_questions import create_booking_question
from app.services.booking_services import create_booking_service

ZIPCODE_STEP = {
    "step_type": "zipcode",
    "step_config": {"title": "Where?"},
    "type_config": {"service_areas": [{"name": "North Shore", "zipcodes": ["01901"]}]},
}
SUMMARY_STEP = {
    "step_type": "summary",
    "step_config": {"title": "Check"},
    "type_config": {},
}


async def a_flow(
    author: Author, *, title: str = "Book a visit", steps: tuple[dict[str, Any], ...] | None = None
) -> BookingFlow:
    """Store a draft; without `steps` one that can be published, with references of its own."""
    if steps is None:
        steps = (ZIPCODE_STEP, graph_step(await a_graph(author, name=title)), SUMMARY_STEP)
    return await create_booking_flow(
        BookingFlowContent.model_validate({"content": {"title": title}, "steps": steps}),
        author=author,
    )


def graph_step(graph: dict[str, Any]) -> dict[str, Any]:
    return {
        "step_type": "service_selection",
        "step_config": {"title": "What do you need?"},
        "type_config": graph,
    }


async def a_graph(author: Author, *, name: str) -> dict[str, Any]:
    """Return a question with an answer of a category and a service as its options."""
    service = await create_booking_service(
        BookingServiceContent(service_content=ContentConfig(title=f"Service of {name}")),
        author=author,
    )
    category = await create_answer_category(
        AnswerCategoryContent(title=f"Category of {name}"), author=author
    )
    question = await create_booking_question(
        BookingQuestionContent(
            question_content=QuestionContent(title="What?", unique_name=f"Question of {name}"),
            answers=(
                PlainTextAnswerContent(
                    content=ContentConfig(title="This"), category_id=category.id
                ),
                ServiceReferenceAnswerContent(service_id=service.id),
            ),
        ),
        author=author,
    )
    return {
        "root_node_id": "q",
        "nodes": [
            {"id": "q", "type": "question_reference", "question_id": question.id},
            {
                "id": "a",
                "type": "answer_reference",
                "answer_content": {"text": "This"},
                "answer_category_id": category.id,
            },
            {"id": "s", "type": "service_reference", "service_id": service.id},
        ],
        "edges": [
            {"id": "e1", "source_node_id": "q", "target_node_id": "a"},
            {"id": "e2", "source_node_id": "a", "target_node_id": "s"},
            {"id": "e3", "source_node_id": "q", "target_node_id": "s"},
        ],
    }


def flow_id(flow: BookingFlow) -> str:
    return encode_id(EntityType.BOOKING_FLOW, flow.id)


def step_id(flow: BookingFlow, position: int) -> str:
    """Return the global id of a step of a flow that was not edited yet."""
    return encode_id(EntityType.BOOKING_FLOW_STEP, flow.steps[position])
