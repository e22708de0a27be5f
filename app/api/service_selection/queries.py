"""Finding the way through a service-selection graph."""

import asyncio
from typing import Annotated

import strawberry
from pydantic import ValidationError

from app.api.booking_questions.types import (
    BookingAnswerCategory,
    BookingQuestion,
    load_category,
    load_service,
)
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.api.errors import bad_user_input
from app.api.inputs import graphql_path, to_plain
from app.api.permissions import Access, query
from app.api.service_selection.inputs import ServiceSelectionGraphInput
from app.api.service_selection.problems import ServiceSelectionGraphProblem
from app.api.service_selection.types import (
    ServiceSelectionNode,
    load_question,
    to_ids,
    to_node,
)
from app.api.timeslots.queries import StepId, load_step
from app.domain.booking_flow.steps import ServiceSelectionStep
from app.domain.refusal import problems_of
from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.progress import (
    ChoiceProblem,
    OptionGroup,
    Progress,
    find_progress,
    index_graph,
)
from app.domain.values import EntityId
from app.loaders.base import OwnedId, owned
from app.services.service_selection_graphs import check_graph


def _read_graph(graph: ServiceSelectionGraphInput) -> ServiceGraph:
    """Return the graph; an id that names nothing is left for the rules to find."""
    try:
        return ServiceGraph.model_validate(to_plain(graph, problems=[]))
    except ValidationError as error:
        found = problems_of(error)
        message = "; ".join(
            f"{'.'.join(graphql_path(graph, p.path)[1:])}: {p.message}" for p in found[:20]
        )
        raise bad_user_input(message, argument="graph") from error


@strawberry.type(description="The options of a question in one category.")
class ServiceSelectionOptionGroup:
    nodes: list[ServiceSelectionNode] = strawberry.field(description="The options, in order.")
    category_id: strawberry.Private[OwnedId | None] = None

    @strawberry.field(description="The category; null for options without one.")
    def category(self, info: Info) -> BookingAnswerCategory | None:
        return load_category(info, self.category_id)

    @classmethod
    def from_domain(
        cls, group: OptionGroup, *, organization_id: EntityId
    ) -> "ServiceSelectionOptionGroup":
        """Return the group in the schema's type."""
        return cls(
            nodes=[to_node(node, organization_id=organization_id) for node in group.nodes],
            category_id=owned(organization_id, group.category_id),
        )


@strawberry.type(description="Where a customer is in the graph.")
class ServiceSelectionProgress:
    path: list[strawberry.ID] = strawberry.field(
        description="Every node from the root to the last answer or service reached."
    )
    options: list[ServiceSelectionOptionGroup] = strawberry.field(
        description="The current question's options by category, uncategorised last."
    )
    is_complete: bool = strawberry.field(
        description="Whether no question is left and exactly one service is on the path."
    )
    question_id: strawberry.Private[OwnedId | None] = None
    service_id: strawberry.Private[OwnedId | None] = None

    @strawberry.field(description="The current question; null when there is none left.")
    def question(self, info: Info) -> BookingQuestion | None:
        return None if self.question_id is None else load_question(info, self.question_id)

    @strawberry.field(description="The service on the path, if one is.")
    def selected_service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)

    @classmethod
    def from_domain(
        cls, progress: Progress, *, organization_id: EntityId
    ) -> "ServiceSelectionProgress":
        """Return the progress in the schema's type."""
        return cls(
            path=to_ids(progress.path),
            options=[
                ServiceSelectionOptionGroup.from_domain(group, organization_id=organization_id)
                for group in progress.options
            ],
            is_complete=progress.is_complete,
            question_id=owned(organization_id, progress.question_id),
            service_id=owned(organization_id, progress.service_id),
        )


@strawberry.type
class ServiceSelectionQueries:
    @query(
        description="Everything that is wrong with a graph; nothing is stored. At most 1,000 "
        "problems, the last of which then has the code `MORE_PROBLEMS`.",
        access=Access.ANALYST,
    )
    async def validate_service_selection_graph(
        self,
        info: Info,
        graph: Annotated[ServiceSelectionGraphInput, strawberry.argument(description="The graph.")],
    ) -> list[ServiceSelectionGraphProblem]:
        value = await asyncio.to_thread(_read_graph, graph)
        problems = await check_graph(info.context.organization_id, value)
        return ServiceSelectionGraphProblem.from_all(problems)

    @query(
        description="Where the options chosen so far lead; null for an unknown step.",
        access=Access.SESSION,
    )
    async def service_selection_progress(
        self,
        info: Info,
        step_id: StepId,
        choices: Annotated[
            list[strawberry.ID],
            strawberry.argument(description="The option chosen at each question so far, in order."),
        ],
    ) -> ServiceSelectionProgress | None:
        step = await load_step(info, step_id, ServiceSelectionStep)
        if step is None:
            return None
        progress = find_progress(index_graph(step.type_config), choices=choices)
        if isinstance(progress, ChoiceProblem):
            raise bad_user_input(
                f"choices[{progress.choice_index}]: {progress.message}",
                argument="choices",
                index=progress.choice_index,
            )
        return ServiceSelectionProgress.from_domain(
            progress, organization_id=info.context.organization_id
        )
