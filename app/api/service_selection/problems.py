"""What is wrong with a service-selection graph, as clients read it."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol, TypeVar

import strawberry

from app.api.service_selection.enums import ProblemCode, Severity
from app.api.service_selection.types import to_ids
from app.domain.service_selection.problem import GraphProblem as DomainGraphProblem

MAX_PROBLEMS = 1_000
"""A graph may have as many problems as nodes; nobody reads them, and writing them takes seconds."""


class _Problem(Protocol):
    @property
    def code(self) -> str: ...

    @property
    def severity(self) -> Severity: ...


P = TypeVar("P", bound=_Problem)


def split_problems(problems: Sequence[P]) -> tuple[Sequence[P], Sequence[P]]:
    """Return the problems to show and those for which there is no room; the order is kept."""
    if len(problems) <= MAX_PROBLEMS:
        return problems, ()
    return problems[: MAX_PROBLEMS - 1], problems[MAX_PROBLEMS - 1 :]


def worst_severity(problems: Sequence[_Problem]) -> Severity:
    """Return ERROR when one of the problems is an error."""
    errors = any(problem.severity is Severity.ERROR for problem in problems)
    return Severity.ERROR if errors else Severity.WARNING


def describe_hidden(problems: Sequence[_Problem]) -> str:
    """Return how many problems are not shown, by code."""
    counts = Counter(str(problem.code) for problem in problems)
    listed = ", ".join(f"{code}: {count}" for code, count in counts.most_common())
    return f"{len(problems)} more problems are not listed ({listed})."


@strawberry.type(description="A rule of the graph that is broken.")
class ServiceSelectionGraphProblem:
    code: ProblemCode = strawberry.field(description="Which rule, for programs.")
    severity: Severity = strawberry.field(description="Whether it forbids publishing.")
    message: str = strawberry.field(description="What is wrong, for people.")
    node_ids: list[strawberry.ID] = strawberry.field(description="The nodes at fault.")
    edge_ids: list[strawberry.ID] = strawberry.field(description="The edges at fault.")
    path: list[strawberry.ID] = strawberry.field(
        description="For rules about paths and cycles: the nodes of one whole counterexample."
    )

    @classmethod
    def from_domain(cls, problem: DomainGraphProblem) -> "ServiceSelectionGraphProblem":
        """Return the problem in the schema's type."""
        return cls(
            code=ProblemCode(problem.code.value),
            severity=problem.severity,
            message=problem.message,
            node_ids=to_ids(problem.node_ids),
            edge_ids=to_ids(problem.edge_ids),
            path=to_ids(problem.path),
        )

    @classmethod
    def from_all(
        cls, problems: Sequence[DomainGraphProblem]
    ) -> "list[ServiceSelectionGraphProblem]":
        """Return the problems in the schema's type, at most `MAX_PROBLEMS` of them."""
        shown, hidden = split_problems(problems)
        found = [cls.from_domain(problem) for problem in shown]
        if hidden:
            found.append(
                cls(
                    code=ProblemCode.MORE_PROBLEMS,
                    severity=worst_severity(hidden),
                    message=describe_hidden(hidden),
                    node_ids=[],
                    edge_ids=[],
                    path=[],
                )
            )
        return found
