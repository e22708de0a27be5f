"""Checking and replacing service-selection graphs."""

import asyncio
from collections.abc import Sequence
from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.booking_question import BookingQuestion
from app.domain.booking_flow.problems import BookingFlowProblem, find_flow_problems
from app.domain.booking_flow.steps import BookingFlowStep, ServiceSelectionStep
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused
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
from app.services.flow_drafts import Draft, OpenedDraft, not_found, open_draft_of_step
from app.services.given import Given, as_given
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
    given: GraphReplacement | Given[GraphReplacement], *, author: Author
) -> tuple[BookingFlow, ServiceSelectionStep, tuple[GraphProblem, ...]]:
    """Replace the graph of a step of a draft; return the flow, the step and the graph's problems.

    A graph with problems is stored: they forbid publishing only. Raises Refused: NOT_FOUND,
    CONFLICT, INVALID for a step of another type, TOO_LONG for a graph too large to store.
    """
    given = as_given(given)
    opened, step = await _open_graph(given, author)
    command = given.accept(opened.problems)
    graph = ServiceGraph(
        root_node_id=command.root_node_id, nodes=command.nodes, edges=command.edges
    )
    return await _replace_graph(
        opened.draft, step, graph, author=author, mutation="setServiceSelectionGraph"
    )


async def add_question_to_graph(
    given: QuestionAddition | Given[QuestionAddition], *, author: Author
) -> tuple[BookingFlow, ServiceSelectionStep, tuple[GraphProblem, ...]]:
    """Add a question with its own answers to the graph of a step; see `add_question`.

    Returns and raises like `set_service_selection_graph`, NOT_FOUND also for the question and for
    the node it shall follow.
    """
    given = as_given(given)
    opened, step = await _open_graph(given, author)
    problems = list(opened.problems)
    question = await BookingQuestion.get_owned(author.organization_id, given.plain["question_id"])
    if question is None:
        problems.append(not_found("question_id"))
    parent = given.plain.get("parent_node_id")
    nodes = step.type_config.nodes if step is not None else None
    if None not in (parent, nodes) and all(node.id != parent for node in nodes or ()):
        problems.append(not_found("parent_node_id"))
    command = given.accept(problems)
    if question is None or step is None:
        raise Refused(problems)
    grown = add_question(
        step.type_config,
        question_id=question.id,
        answers=[answer.to_content() for answer in await load_answers(question)],
        node_id=command.node_id or question.question_content.unique_name[:MAX_NODE_ID_LENGTH],
        parent_node_id=parent,
    )
    return await _replace_graph(
        opened.draft, step, grown, author=author, mutation="addQuestionToGraph"
    )


async def _open_graph(
    given: Given[Any], author: Author
) -> tuple[OpenedDraft, ServiceSelectionStep | None]:
    """Return the draft and its step the input names; the step is missed only with a problem."""
    opened = await open_draft_of_step(
        author.organization_id,
        given.plain["step_id"],
        expected_version=given.plain["expected_version"],
    )
    step = opened.find_step(given.plain["step_id"])
    if step is None or isinstance(step, ServiceSelectionStep):
        return opened, step
    message = "is no service selection step"
    wrong = Problem(code=ProblemCode.INVALID, message=message, path=("step_id",))
    return OpenedDraft(opened.found, (*opened.problems, wrong)), None


async def _replace_graph(
    draft: Draft,
    step: ServiceSelectionStep | None,
    graph: ServiceGraph,
    *,
    author: Author,
    mutation: str,
) -> tuple[BookingFlow, ServiceSelectionStep, tuple[GraphProblem, ...]]:
    if step is None:
        raise Refused([not_found("step_id")])
    changed = step.model_copy(update={"type_config": graph})
    flow = await edit_step(draft, changed, author=author, mutation=mutation, config_path=("nodes",))
    return flow, changed, await check_graph(author.organization_id, graph)
