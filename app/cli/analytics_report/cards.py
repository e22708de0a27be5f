"""The parts of the page about flows: the way through them, what was chosen, how fields fared."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from app.cli.analytics_report.graph_plot import KINDS, left_out, plot_graph
from app.cli.analytics_report.markup import element
from app.cli.analytics_report.numbers import Choices, FlowReport, rows_of
from app.cli.analytics_report.parts import Cells, card, details, named, scrolling, table
from app.cli.analytics_report.plots import bar, legend, plot_funnel
from app.cli.analytics_report.words import Row, count, duration, percent

ERASED = "(erased)"


def flow_cards(flow: FlowReport, *, number: int) -> Iterable[Element]:
    """Yield the cards of one flow, the first of which bears its name."""
    yield _funnel(flow, number=number)
    if flow.choices is not None:
        yield _choices(flow.choices, flow.name, number=number)
    if rows_of(flow.fields):
        yield _fields(flow)


def flow_anchor(number: int) -> str:
    """Return the id of the first card of a flow."""
    return f"flow-{number}"


def _funnel(flow: FlowReport, *, number: int) -> Element:
    names = [
        "Step", "Entered", "Completed", "Given up", "Rate", "Before", "Now here", "Timed",
        "Median", "90% within",
    ]  # fmt: skip
    rates = {row["stepId"]: row["abandonmentRate"] for row in rows_of(flow.abandonment.now)}

    def to_cells(step: Row) -> Cells:
        before = flow.abandonment_before(step["stepId"])
        return [
            step["stepName"],
            count(step["enteredCount"]),
            count(step["completedCount"]),
            count(step["droppedCount"]),
            percent(rates[step["stepId"]]),
            percent(None if before is None else before["abandonmentRate"]),
            count(step["activeCount"]),
            count(step["timedCount"]),
            duration(step["medianTimeMs"]),
            duration(step["p90TimeMs"]),
        ]

    return card(
        f"The way through “{flow.name}”",
        "Between the steps stands who gave up on the one above, and the part of those who entered "
        "it. Who booked without a step is not lost on it.",
        legend(("is-started", "entered"), ("is-completed", "completed")),
        plot_funnel(flow.steps),
        element("h3", {}, "The numbers"),
        table(f"Steps of {flow.name}", names, map(to_cells, flow.steps)),
        anchor=flow_anchor(number),
    )


def _choices(choices: Choices, flow_name: str, *, number: int) -> Element:
    hidden = left_out(choices)
    sessions = count(choices.report["sessionCount"])
    note = (
        f"Revision {choices.report['revision']}, to which {sessions} sessions came. A box says how "
        "many of those who came to it took it, and the part of these that booked. A line is as "
        "broad as many went along it."
    )
    if hidden:
        note += f" {count(hidden)} places that fewer came to are in the table alone."
    picture = scrolling(f"Questions of {flow_name}", plot_graph(choices, number=number))
    return card(
        f"What customers choose in “{flow_name}”",
        note,
        legend(("is-question", "question"), ("is-answer", "answer"), ("is-service", "service")),
        element("div", {"class": "picture"}, picture),
        details("The numbers", _nodes(choices, flow_name), _edges(choices, flow_name)),
    )


def _nodes(choices: Choices, flow_name: str) -> Element:
    names = ["Place", "Kind", "Reached", "Chosen", "Rate", "Booked", "Rate"]
    rows: Iterable[Cells] = (
        [choices.names[node["nodeId"]], KINDS[node["type"]], *_counts(node)]
        for node in choices.nodes
    )
    return table(f"Questions, answers and services of {flow_name}", names, rows)


def _edges(choices: Choices, flow_name: str) -> Element:
    names = ["From, to", "Reached", "Chosen", "Rate", "Booked", "Rate"]
    rows: Iterable[Cells] = (
        [
            f"{choices.names[edge['sourceNodeId']]} → {choices.names[edge['targetNodeId']]}",
            *_counts(edge),
        ]
        for edge in choices.edges
    )
    return table(f"Ways between them in {flow_name}", names, rows)


def _counts(part: Row) -> list[str]:
    return [
        count(part["reachedCount"]),
        count(part["chosenCount"]),
        percent(part["chosenRate"]),
        count(part["bookedCount"]),
        percent(part["bookedRate"]),
    ]


def _fields(flow: FlowReport) -> Element:
    rows = sorted(rows_of(flow.fields), key=lambda row: -row["failingSessionCount"])
    most = rows[0]["failingSessionCount"]

    def to_cells(row: Row) -> Cells:
        return [
            named(
                f"{row['field'] or ERASED}, {row['stepName']}",
                bar(("is-dropped", row["failingSessionCount"]), whole=most),
            ),
            count(row["failingSessionCount"]),
            count(row["errorCount"]),
            count(row["updateCount"]),
            percent(row["errorRate"]),
            count(row["updatingSessionCount"]),
            duration(row["medianTimeMs"]),
            duration(row["p90TimeMs"]),
        ]

    names = [
        "Field", "Failed in", "Errors", "Of updates", "Rate", "Filled in", "Median", "90% within",
    ]  # fmt: skip
    return card(
        f"Fields of “{flow.name}”",
        "In how many sessions an error was shown at a field and in how many it was filled, and how "
        "long these spent on it.",
        table(f"Fields of {flow.name}", names, map(to_cells, rows)),
    )
