"""The company's content, before anything is stored."""

from datetime import UTC, date, datetime

import pytest

from app.domain.booking_flow.problems import BookingFlowProblem, find_flow_problems
from app.domain.booking_flow.steps import BookingFlowStep, ServiceSelectionStep, StepType, with_id
from app.domain.lucide_icons import LUCIDE_ICON_NAMES
from app.domain.routing.matching import RouteReason, compile_router, match
from app.domain.routing.urls import ParsedUrl, parse_url
from app.domain.routing.validation import find_problems
from app.domain.service_selection.graph import (
    AnswerReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
)
from app.domain.service_selection.problem import ProblemCode
from app.domain.service_selection.references import KnownReferences
from app.domain.severity import Severity
from app.services.demonstration.flows import FlowKey, outline_flows
from app.services.demonstration.graphs import StoredContent
from app.services.demonstration.outlines import AnswerOutline, Trade
from app.services.demonstration.questionnaire import QUESTIONS, SERVICES
from app.services.demonstration.routes import LANDING_PAGES, LandingPage, outline_rules
from app.services.patterns import compile_pattern

TODAY = date(2026, 6, 15)
STORED = StoredContent(
    service_ids={service.key: f"id of {service.key}" for service in SERVICES},
    question_ids={question.key: f"id of {question.key}" for question in QUESTIONS},
    category_ids={trade: f"id of {trade}" for trade in Trade},
)
KNOWN = KnownReferences(
    question_ids=frozenset(STORED.question_ids.values()),
    unsynced_service_ids=frozenset(STORED.service_ids.values()),
    category_ids=frozenset(STORED.category_ids.values()),
)
FLOWS = {
    key: tuple(with_id(step, f"{key} {index}") for index, step in enumerate(content.steps))
    for key, content in outline_flows(STORED, today=TODAY).items()
}
FLOW_IDS = {key: f"id of {key}" for key in FlowKey}
RULES = outline_rules(FLOW_IDS)


def graph_of(steps: tuple[BookingFlowStep, ...]) -> ServiceGraph:
    return next(step.type_config for step in steps if isinstance(step, ServiceSelectionStep))


def services_of(graph: ServiceGraph) -> set[str]:
    return {node.service_id for node in graph.nodes if isinstance(node, ServiceReferenceNode)}


def problems_besides_pending_synchronization(key: FlowKey) -> list[BookingFlowProblem]:
    return [
        problem
        for problem in find_flow_problems(FLOWS[key], references=KNOWN)
        if (problem.code, problem.severity)
        != (ProblemCode.SERVICE_NOT_SYNCED.value, Severity.WARNING)
    ]


@pytest.mark.parametrize("key", FlowKey)
def test_every_flow_can_be_published(key: FlowKey) -> None:
    assert problems_besides_pending_synchronization(key) == []


def test_general_flow_has_a_step_of_each_type_and_reaches_all_fifteen_services() -> None:
    steps = FLOWS[FlowKey.GENERAL]
    graph = graph_of(steps)

    assert {step.step_type for step in steps} == set(StepType)
    assert len(graph.nodes) >= 60
    # Unreachable nodes are problems, so the services in the graph are those it leads to.
    assert services_of(graph) == set(STORED.service_ids.values())
    assert len(SERVICES) == 15


def test_every_job_type_is_linked_once() -> None:
    assert len({service.job_type_id for service in SERVICES}) == len(SERVICES)


def test_every_question_is_asked_in_some_flow() -> None:
    asked = {node.id for steps in FLOWS.values() for node in graph_of(steps).nodes}
    assert {question.key for question in QUESTIONS} <= asked


def test_icons_of_answers_exist() -> None:
    icons = {
        node.answer_display.icon
        for steps in FLOWS.values()
        for node in graph_of(steps).nodes
        if isinstance(node, AnswerReferenceNode) and node.answer_display
    }
    assert icons - LUCIDE_ICON_NAMES == set()


def test_first_question_offers_answers_of_every_trade() -> None:
    answers = [option for option in QUESTIONS[0].options if isinstance(option, AnswerOutline)]
    assert {answer.trade for answer in answers} == set(Trade)


def test_router_has_six_rules_and_not_even_a_warning() -> None:
    flow_ids = frozenset(FLOW_IDS.values())
    problems = find_problems(
        RULES,
        compile_pattern=compile_pattern,
        known_flow_ids=flow_ids,
        published_flow_ids=flow_ids,
    )
    assert problems == ()
    assert len(RULES) == 6


@pytest.mark.parametrize("page", LANDING_PAGES, ids=lambda page: page.path)
def test_landing_page_is_served_by_its_rule(page: LandingPage) -> None:
    url = parse_url(page.url)
    assert isinstance(url, ParsedUrl)

    decision = match(
        compile_router(RULES, compile_pattern=compile_pattern),
        url,
        published_flow_ids=frozenset(FLOW_IDS.values()),
        now=datetime(2026, 6, 15, tzinfo=UTC),
        default_flow_id=FLOW_IDS[FlowKey.GENERAL],
    )

    assert (decision.rule_id, decision.booking_flow_id) == (page.rule_id, FLOW_IDS[page.flow])
    assert (decision.reason is RouteReason.DEFAULT_FLOW) == (page.rule_id is None)


def test_every_rule_has_a_landing_page() -> None:
    assert {rule.id for rule in RULES} <= {page.rule_id for page in LANDING_PAGES}
