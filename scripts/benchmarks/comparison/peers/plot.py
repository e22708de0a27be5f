"""Draw the rows of a run as a PNG; run by the Python that has matplotlib: `plot.py ROWS PNG`."""

import json
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt

COLORS = {
    "scheduler": "#0B5FA5",
    "strawberry": "#E4572E",
    "ariadne": "#F2A541",
    "yoga": "#7A9E7E",
    "yoga-jit": "#3D7068",
    "static": "#B8B8B8",
}


def main(rows_file: str, png: str) -> None:
    rows = json.loads(Path(rows_file).read_text())
    operations = list(dict.fromkeys(row["operation"] for row in rows))
    figure, axes = plt.subplots(
        len(operations), 3, figsize=(14, 2.1 * len(operations) + 0.8), squeeze=False
    )
    panels = (
        ("requests_per_second", 32, "requests/s, 32 clients (longer is better)"),
        ("p99_ms", 32, "99th percentile in ms, 32 clients (shorter is better)"),
        ("cpu_ms_per_request", 1, "CPU ms per request, 1 client (shorter is better)"),
    )
    for line, operation in zip(axes, operations, strict=True):
        for axis, (figure_name, clients, title) in zip(line, panels, strict=True):
            chosen = [
                row
                for row in rows
                if row["operation"] == operation
                and row["clients"] == clients
                # Beside fixed bytes, only what is kept can be seen at all.
                and (row["server"] != "static" or operation == "boot-warm")
            ]
            draw(axis, chosen, figure_name)
            if operation == operations[0]:
                axis.set_title(title, fontsize=10)
        line[0].set_ylabel(operation, fontsize=11, fontweight="bold")
    figure.tight_layout()
    figure.savefig(png, dpi=110)


def label(value: float | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def draw(axis, rows, figure_name) -> None:
    names = [row["server"] for row in rows]
    values = [row[figure_name] or 0 for row in rows]
    bars = axis.barh(names, values, color=[COLORS.get(name, "#888888") for name in names])
    axis.bar_label(bars, [label(row[figure_name]) for row in rows], padding=3, fontsize=8)
    axis.invert_yaxis()
    axis.margins(x=0.18)
    axis.set_xticks([])
    axis.tick_params(axis="y", labelsize=8)
    for side in ("top", "right", "bottom"):
        axis.spines[side].set_visible(False)


if __name__ == "__main__":
    main(*sys.argv[1:])
