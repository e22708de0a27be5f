"""What is wrong with flows and graphs, as clients read it."""

from collections.abc import Sequence

import strawberry

from app.api.ids import EntityType, encode_optional_id
from app.api.service_selection.enums import ProblemCode, Severity
from app.api.service_selection.problems import (
    describe_hidden,
    split_problems,
    worst_severity,
)
from app.api.service_selection.types import to_ids
from app.domain.booking_flow.problems import BookingFlowProblem as DomainProblem


@strawberry.type(description="Something wrong with a flow.")
class BookingFlowProblem:
    code: ProblemCode = strawberry.field(description="Which rule is broken, for programs.")
    severity: Severity = strawberry.field(description="Whether it forbids publishing.")
    message: str = strawberry.field(description="What is wrong, for people.")
    step_id: strawberry.ID | None = strawberry.field(description="The step at fault, if one is.")
    node_ids: list[strawberry.ID] = strawberry.field(description="The graph nodes at fault.")
    edge_ids: list[strawberry.ID] = strawberry.field(description="The graph edges at fault.")
    path: list[strawberry.ID] = strawberry.field(
        description="For rules about paths and cycles: the nodes of one whole counterexample."
    )

    @classmethod
    def from_domain(cls, problem: DomainProblem) -> "BookingFlowProblem":
        """Return the problem in the schema's type."""
        return cls(
            code=ProblemCode(problem.code),
            severity=problem.severity,
            message=problem.message,
            step_id=encode_optional_id(EntityType.BOOKING_FLOW_STEP, problem.step_id),
            node_ids=to_ids(problem.node_ids),
            edge_ids=to_ids(problem.edge_ids),
            path=to_ids(problem.path),
        )

    @classmethod
    def from_all(cls, problems: Sequence[DomainProblem]) -> "list[BookingFlowProblem]":
        """Return the problems in the schema's type, at most `MAX_PROBLEMS` of them."""
        shown, hidden = split_problems(problems)
        found = [cls.from_domain(problem) for problem in shown]
        if hidden:
            found.append(
                cls(
                    code=ProblemCode.MORE_PROBLEMS,
                    severity=worst_severity(hidden),
                    message=describe_hidden(hidden),
                    step_id=None,
                    node_ids=[],
                    edge_ids=[],
                    path=[],
                )
            )
        return found
