"""Checking and replacing service-selection graphs."""

import asyncio
from collections.abc import Sequence

from app.documents.booking_flow import BookingFlow
from app.documents.booking_question import BookingQuestion
from app.domain.booking_flow.problems import BookingFlowProblem, find_flow_problems
from app.domain.booking_flow.steps import BookingFlowStep, ServiceSelectionStep
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.growing import MAX_NODE_ID_LENGTH, add_question
from app.domain.service_selection.problem import GraphProblem
from app.domain.service_selection.problems import find_problems
from app.domain.service_selection.references import KnownReferences
from app.domain.values import EntityId
from app.services.authoring import Author
from app.services.booking_flows import edit_step
from app.services.booking_questions import load_answers
from app.services.flow_commands import GraphReplacement, QuestionAddition
from app.services.flow_drafts import Draft, load_draft_of_step
from app.services.references import graphs_of, load_known_references

NODES_FELT = 500
"""From this many nodes on a check takes milliseconds, and other requests go on meanwhile."""


async def check_graph(organization_id: EntityId, graph: ServiceGraph) -> tuple[GraphProblem, ...]:
    """Return everything that is wrong with the graph, given what exists in the organization."""
    references = await load_known_references(organization_id, [graph])
    if len(graph.nodes) + len(graph.edges) < NODES_FELT:
        return find_problems(graph, references=references)
    return await asyncio.to_thread(find_problems, graph, references=references)


async def check_flow(
    steps: Sequence[BookingFlowStep], references: KnownReferences
) -> tuple[BookingFlowProblem, ...]:
    """Return everything that is wrong with a flow."""
    size = sum(len(graph.nodes) + len(graph.edges) for graph in graphs_of(steps))
    if size < NODES_FELT:
        return find_flow_problems(steps, references=references)
    return await asyncio.to_thread(find_flow_problems, steps, references=references)


async def set_service_selection_graph(
    command: GraphReplacement, *, author: Author
) -> tuple[BookingFlow, ServiceSelectionStep, tuple[GraphProblem, ...]]:
    """Replace the graph of a step of a draft; return the flow, the step and the graph's problems.

    A graph with problems is stored: they forbid publishing only. Raises Refused: NOT_FOUND,
    CONFLICT, INVALID for a step of another type, TOO_LONG for a graph too large to store.
    """
    draft = await load_draft_of_step(
        author.organization_id, command.step_id, expected_version=command.expected_version
    )
    graph = ServiceGraph(
        root_node_id=command.root_node_id, nodes=command.nodes, edges=command.edges
    )
    return await replace_graph(
        draft, command.step_id, graph, author=author, mutation="setServiceSelectionGraph"
    )


async def add_question_to_graph(
    command: QuestionAddition, *, author: Author
) -> tuple[BookingFlow, ServiceSelectionStep, tuple[GraphProblem, ...]]:
    """Add a question with its own answers to the graph of a step; see `add_question`.

    Returns and raises like `set_service_selection_graph`, NOT_FOUND also for the question and for
    the node it shall follow.
    """
    draft = await load_draft_of_step(
        author.organization_id, command.step_id, expected_version=command.expected_version
    )
    graph = find_service_selection_step(draft, command.step_id).type_config
    question = await BookingQuestion.get_owned(author.organization_id, command.question_id)
    problems = []
    if question is None:
        problems.append(_not_found("question_id"))
    parent = command.parent_node_id
    if parent is not None and all(node.id != parent for node in graph.nodes):
        problems.append(_not_found("parent_node_id"))
    if question is None or problems:
        raise Refused(problems)
    grown = add_question(
        graph,
        question_id=question.id,
        answers=[answer.to_content() for answer in await load_answers(question)],
        node_id=command.node_id or question.question_content.unique_name[:MAX_NODE_ID_LENGTH],
        parent_node_id=parent,
    )
    return await replace_graph(
        draft, command.step_id, grown, author=author, mutation="addQuestionToGraph"
    )


def _not_found(name: str) -> Problem:
    return Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=(name,))


async def replace_graph(
    draft: Draft, step_id: EntityId, graph: ServiceGraph, *, author: Author, mutation: str
) -> tuple[BookingFlow, ServiceSelectionStep, tuple[GraphProblem, ...]]:
    """Write the graph of a step over the draft; see `set_service_selection_graph`."""
    step = find_service_selection_step(draft, step_id).model_copy(update={"type_config": graph})
    flow = await edit_step(draft, step, author=author, mutation=mutation, config_path=("nodes",))
    return flow, step, await check_graph(author.organization_id, graph)


def find_service_selection_step(draft: Draft, step_id: EntityId) -> ServiceSelectionStep:
    """Return the step; raises Refused with INVALID when it is of another type."""
    for step in draft.steps:
        if step.id == step_id and isinstance(step, ServiceSelectionStep):
            return step
    raise refuse(ProblemCode.INVALID, "is no service selection step", "step_id")
