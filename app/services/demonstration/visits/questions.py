"""How customers find their way through the questions of a service selection step."""

from app.domain.booking_flow.steps import ServiceSelectionStep
from app.domain.booking_session.commands import AnswerQuestion, SelectService
from app.domain.service_selection.choices import ChoiceProblem, ChosenPath, choose
from app.domain.service_selection.graph_index import GraphIndex
from app.services.demonstration.visits.visitor import Visitor


def answer_questions(visitor: Visitor, step: ServiceSelectionStep) -> None:
    """Answer from the first question to the last, now and then taking an answer back."""
    graph = visitor.flow.graphs[step.id]
    may_change = visitor.happens(0.12)
    question = graph.root_node_id
    while question is not None:
        chosen = _answer(visitor, step, question)
        question = chosen.question_node_id
        if question is None and may_change:
            may_change = False
            question = visitor.rng.choice(_questions_on(graph, chosen.path))


def answer_anew(visitor: Visitor, step: ServiceSelectionStep) -> None:
    """Take back the answer to one of the questions, and answer what follows."""
    graph = visitor.flow.graphs[step.id]
    question: str | None = visitor.rng.choice(_questions_on(graph, visitor.service_path))
    while question is not None:
        question = _answer(visitor, step, question).question_node_id


def _answer(visitor: Visitor, step: ServiceSelectionStep, question: str) -> ChosenPath:
    graph = visitor.flow.graphs[step.id]
    options = graph.children_of(question)
    # The options stand in the order of how often they are chosen.
    weights = [1 / (1 + 0.35 * index) for index in range(len(options))]
    option = visitor.rng.choices(options, weights)[0]
    visitor.spend(2, 14)
    chosen = choose(
        graph, path=visitor.service_path, question_node_id=question, chosen_node_id=option
    )
    if isinstance(chosen, ChoiceProblem):
        raise TypeError(chosen.message)
    visitor.service_path = chosen.path
    if graph.is_service(option):
        visitor.note(step, SelectService(node_id=option))
    else:
        visitor.note(step, AnswerQuestion(question_node_id=question, answer_node_id=option))
    return chosen


def _questions_on(graph: GraphIndex, path: tuple[str, ...]) -> list[str]:
    return [node_id for node_id in path if graph.is_question(node_id)]
