"""A problem with its place in the report, and how messages name ids."""

from collections.abc import Sequence
from typing import NamedTuple

from app.domain.service_selection.problem import WARNINGS, GraphProblem, ProblemCode
from app.domain.severity import Severity

NO_NODE = -1
"""The place of a problem that concerns no node of the graph: before every node."""

_IDS_NAMED = 5
_RANKS = {code: rank for rank, code in enumerate(ProblemCode)}


class Finding(NamedTuple):
    """A problem and where it is reported; findings sort by their first three members."""

    node: int
    rank: int
    edge: int
    problem: GraphProblem


def make_finding(
    code: ProblemCode,
    message: str,
    *,
    node: int = NO_NODE,
    edge: int = 0,
    node_ids: tuple[str, ...] = (),
    edge_ids: tuple[str, ...] = (),
    path: tuple[str, ...] = (),
) -> Finding:
    """Return a problem placed at `node`, among problems of the same code there at `edge`."""
    problem = GraphProblem(
        code=code,
        severity=Severity.WARNING if code in WARNINGS else Severity.ERROR,
        message=message,
        node_ids=node_ids,
        edge_ids=edge_ids,
        path=path,
    )
    return Finding(node, _RANKS[code], edge, problem)


def list_ids(ids: Sequence[str]) -> str:
    """Return the first few ids quoted and how many more there are, so messages stay short."""
    named = ", ".join(f"“{each}”" for each in ids[:_IDS_NAMED])
    return named if len(ids) <= _IDS_NAMED else f"{named} and {len(ids) - _IDS_NAMED} more"


def draw_path(path: Sequence[str]) -> str:
    """Return the path with arrows, its middle left out when it is long."""
    if len(path) <= 2 * _IDS_NAMED:
        return " → ".join(path)
    return " → ".join((*path[:_IDS_NAMED], "…", *path[-_IDS_NAMED:]))
