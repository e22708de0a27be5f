"""The result in the documentation."""

from collections.abc import Sequence
from datetime import UTC, datetime

from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.report import COLUMNS, judge_targets, to_cells
from scripts.benchmarks.comparison.results import Results

PLOT_NAME = "comparison.png"


def to_markdown(results: Results, operations: Sequence[Operation], versions: Sequence[str]) -> str:
    """Return targets and tables, with what they were measured on, as Markdown."""
    blocks = [
        f"Measured {datetime.now(UTC):%Y-%m-%d}.",
        "\n".join(f"- {line}" for line in versions),
        f"![The figures below as bars]({PLOT_NAME})",
        _table(("target", "is", ""), judge_targets(results, operations)),
    ]
    for operation in operations:
        blocks += [f"### {operation.value}", _table(COLUMNS, to_cells(results, operation))]
    return "\n\n".join(blocks)


def _table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *lines))
