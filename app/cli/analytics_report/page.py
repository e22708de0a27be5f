"""The report as one HTML page that needs nothing from anywhere."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

from app.cli.analytics_report.markup import element, to_html
from app.cli.analytics_report.numbers import Breakdown, FlowFunnel, Report
from app.cli.analytics_report.parts import Cells, card, named, table
from app.cli.analytics_report.plots import bar, legend, plot_days, plot_funnel
from app.cli.analytics_report.words import Row, count, day, duration, label, percent

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
SHOWN_KEYS = 12

STARTED = ("is-started", "started")
COMPLETED = ("is-completed", "completed")


def render_page(report: Report) -> str:
    """Return the page."""
    title = f"Bookings of {report.organization}"
    return to_html(
        element(
            "html",
            {"lang": "en"},
            element(
                "head",
                {},
                element("meta", {"charset": "utf-8"}),
                element("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}),
                element(
                    "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}
                ),
                element("meta", {"name": "color-scheme", "content": "light dark"}),
                element("title", {}, title),
                element("style", {}, STYLE),
            ),
            element("body", {}, element("main", {}, *_sections(report, title))),
        )
    )


def _sections(report: Report, title: str) -> Iterable[Element]:
    last_day = report.created_to.astimezone(report.zone) - timedelta(milliseconds=1)
    first_day = report.created_from.astimezone(report.zone)
    as_of = report.as_of.astimezone(report.zone)
    yield element(
        "header",
        {},
        element("h1", {}, title),
        element(
            "p",
            {},
            f"Sessions begun from {day(first_day)} to {day(last_day)} ({report.zone.key}), "
            f"as they stood on {day(as_of)} at {as_of:%H:%M}.",
        ),
    )
    yield _tiles(report)
    if not report.days:
        yield card("No sessions", "", element("p", {"class": "empty"}, "None began in this time."))
        return
    yield _days(report)
    for funnel in report.funnels:
        yield from (_funnel(funnel), _drop_offs(funnel), *_fields(funnel))
    cards = [_breakdown(each) for each in report.breakdowns if _tells_apart(each)]
    cards += _lost_demand(report)
    yield element("div", {"class": "pair"}, *cards, _progression(report))
    yield element(
        "footer",
        {},
        "Sessions still going on are counted apart: they are not lost. A rate is of the sessions "
        "that started, or entered the step; a dash stands where there are none.",
    )


def _tiles(report: Report) -> Element:
    now, before = report.overview, report.previous
    started, recovered = now["startedCount"], now["recoveredCount"]
    tiles = (
        ("Sessions started", started, f"{count(before['startedCount'])} in as long before"),
        (
            "Booked",
            now["completedCount"],
            f"{percent(now['conversionRate'])}, {percent(before['conversionRate'])} before",
        ),
        (
            "Given up",
            now["abandonedCount"],
            f"{percent(_rate(now['abandonedCount'], started))} of those started",
        ),
        ("Going on", now["activeCount"], "not lost yet"),
        ("Came back", recovered, f"{count(now['recoveredCompletedCount'])} of them booked"),
    )
    return element(
        "dl",
        {"class": "tiles"},
        *(
            element(
                "div",
                {"class": "tile"},
                element("dt", {}, name),
                element("dd", {}, count(number), element("small", {}, note)),
            )
            for name, number, note in tiles
        ),
    )


def _days(report: Report) -> Element:
    numbers = table(
        "Sessions per day",
        ["Day", "Started", "Booked", "Given up", "Going on", "Conversion"],
        [[row["key"], *_outcomes(row)] for row in report.days],
    )
    return card(
        "Day by day",
        "How many sessions started, and how many of these led to a booking.",
        legend(("is-started-line", "started"), ("is-completed", "booked")),
        plot_days(report.days),
        element("details", {}, element("summary", {}, "The numbers"), numbers),
    )


def _funnel(funnel: FlowFunnel) -> Element:
    names = [
        "Step",
        "Entered",
        "Completed",
        "Given up",
        "Now here",
        "Timed",
        "Median",
        "90% within",
    ]
    rows = [
        [
            step["stepName"],
            *(
                count(step[name])
                for name in (
                    "enteredCount",
                    "completedCount",
                    "droppedCount",
                    "activeCount",
                    "timedCount",
                )
            ),
            duration(step["medianTimeMs"]),
            duration(step["p90TimeMs"]),
        ]
        for step in funnel.steps
    ]
    return card(
        f"The way through “{funnel.name}”",
        "Between the steps stands who gave up on the one above.",
        legend(("is-started", "entered"), ("is-completed", "completed")),
        plot_funnel(funnel.steps),
        element("h3", {}, "The numbers"),
        table(f"Steps of {funnel.name}", names, rows),
    )


def _drop_offs(funnel: FlowFunnel) -> Element:
    most = max(step["abandonmentCount"] for step in funnel.abandonment)
    rows: list[Cells] = [
        [
            named(step["stepName"], bar(("is-dropped", step["abandonmentCount"]), whole=most)),
            count(step["abandonmentCount"]),
            count(step["enteredCount"]),
            percent(step["abandonmentRate"]),
        ]
        for step in funnel.abandonment
    ]
    return card(
        f"Where customers give up in “{funnel.name}”",
        "The step an abandoned session ended on.",
        table(
            f"Abandonment by step of {funnel.name}",
            ["Step", "Given up", "Of entered", "Rate"],
            rows,
        ),
    )


def _breakdown(breakdown: Breakdown) -> Element:
    most = max(row["startedCount"] for row in breakdown.rows)

    def to_cells(row: Row) -> Cells:
        parts = (("is-started", row["startedCount"]), ("is-completed", row["completedCount"]))
        return [
            named(breakdown.name_of(row["key"]) or "(empty)", bar(*parts, whole=most)),
            count(row["startedCount"]),
            count(row["completedCount"]),
            percent(row["conversionRate"]),
        ]

    names = [breakdown.title, "Started", "Booked", "Rate"]
    shown, rest = breakdown.rows[:SHOWN_KEYS], breakdown.rows[SHOWN_KEYS:]
    body = [table(f"Sessions by {breakdown.title.lower()}", names, map(to_cells, shown))]
    if rest:
        further = table(f"Further values of {breakdown.title.lower()}", names, map(to_cells, rest))
        body.append(
            element("details", {}, element("summary", {}, f"{count(len(rest))} more"), further)
        )
    return card(
        f"By {breakdown.title.lower()}", "", legend(STARTED, ("is-completed", "booked")), *body
    )


def _fields(funnel: FlowFunnel) -> Iterable[Element]:
    failing = [row for row in funnel.fields if row["errorCount"]]
    if not failing:
        return
    shown = sorted(failing, key=lambda row: -row["failingSessionCount"])[:SHOWN_KEYS]
    most = shown[0]["failingSessionCount"]
    rows: list[Cells] = [
        [
            named(
                f"{row['field'] or '(erased)'}, {row['stepName']}",
                bar(("is-dropped", row["failingSessionCount"]), whole=most),
            ),
            count(row["failingSessionCount"]),
            count(row["errorCount"]),
            duration(row["medianTimeMs"]),
        ]
        for row in shown
    ]
    names = ["Field", "Sessions", "Errors shown", "Median time"]
    yield card(
        f"Fields that fail in “{funnel.name}”",
        "In how many sessions an error was shown at the field.",
        table(f"Fields of {funnel.name} with errors", names, rows),
    )


def _lost_demand(report: Report) -> Iterable[Element]:
    if not report.lost_demand:
        return
    shown = report.lost_demand[:SHOWN_KEYS]
    most = max(row["sessionCount"] for row in shown)
    rows: list[Cells] = [
        [
            named(row["zipcode"], bar(("is-dropped", row["sessionCount"]), whole=most)),
            count(row["sessionCount"]),
        ]
        for row in shown
    ]
    note = f"{count(len(report.lost_demand))} zip codes were asked for and are not covered."
    yield card("Where you do not go", note, table("Lost demand", ["Zip code", "Sessions"], rows))


def _progression(report: Report) -> Element:
    most = max(row["count"] for row in report.progression)
    rows: list[Cells] = [
        [
            named(
                f"{label(row['status'])}, {row['stepsCompleted']} of {row['totalSteps']} steps",
                bar((_STATUS_COLOURS.get(row["status"], "is-started"), row["count"]), whole=most),
            ),
            count(row["count"]),
        ]
        for row in report.progression
    ]
    return card(
        "How far they came",
        "",
        table("Sessions by steps completed", ["Sessions", "Count"], rows),
    )


_STATUS_COLOURS = {"COMPLETED": "is-completed", "ABANDONED": "is-dropped"}


def _tells_apart(breakdown: Breakdown) -> bool:
    return any(row["key"] is not None for row in breakdown.rows)


def _outcomes(row: Row) -> list[str]:
    names = ("startedCount", "completedCount", "abandonedCount", "activeCount")
    return [*(count(row[name]) for name in names), percent(row["conversionRate"])]


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
