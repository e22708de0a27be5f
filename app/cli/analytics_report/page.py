"""The report as one HTML page that needs nothing from anywhere."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from xml.etree.ElementTree import Element

from app.cli.analytics_report.cards import flow_anchor, flow_cards
from app.cli.analytics_report.markup import element, to_html
from app.cli.analytics_report.numbers import Breakdown, Report, rows_of
from app.cli.analytics_report.outcome_cards import outcome_cards
from app.cli.analytics_report.parts import SHOWN_KEYS, Cells, card, details, named, table
from app.cli.analytics_report.plots import bar, legend, plot_days
from app.cli.analytics_report.words import Row, change, count, day, percent, points

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

STARTED = ("is-started", "started")
BOOKED = ("is-completed", "booked")


def render_page(report: Report) -> str:
    """Return the page."""
    title = f"Bookings of {report.organization}"
    head = (
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("title", {}, title),
        element("style", {}, STYLE),
    )
    return to_html(
        element(
            "html",
            {"lang": "en"},
            element("head", {}, *head),
            element(
                "body", {}, _header(report, title), element("main", {}, *_cards(report)), _footer()
            ),
        )
    )


def _header(report: Report, title: str) -> Element:
    as_of = report.as_of.astimezone(report.zone)
    conditions = [element("li", {}, words) for words in report.conditions]
    bots = report.overview.now["botCount"]
    if bots and "bots too" not in report.conditions:
        conditions.append(element("li", {}, f"{count(bots)} sessions of bots left out"))
    return element(
        "header",
        {},
        element("h1", {}, title),
        element(
            "p",
            {},
            f"Sessions begun from {_days_of(report.created, report.zone)} ({report.zone.key}), as "
            f"they stood on {day(as_of)} at {as_of:%H:%M}, beside those from "
            f"{_days_of(report.compared_with, report.zone)}.",
        ),
        *([element("ul", {"class": "conditions"}, *conditions)] if conditions else []),
        *([_contents(report)] if report.has_sessions else []),
    )


def _days_of(between: tuple[datetime, datetime], zone: tzinfo) -> str:
    first, last = (moment.astimezone(zone) for moment in between)
    return f"{day(first)} to {day(max(first, last - timedelta(milliseconds=1)))}"


def _contents(report: Report) -> Element:
    places = [
        ("days", "Days"),
        *((flow_anchor(n), flow.name) for n, flow in enumerate(report.flows)),
        ("keys", "Where from, what for"),
        ("demand", "Demand and bookings"),
    ]
    links = (
        element("li", {}, element("a", {"href": f"#{anchor}"}, name)) for anchor, name in places
    )
    return element("nav", {"aria-label": "Contents"}, element("ul", {}, *links))


def _footer() -> Element:
    return element(
        "footer",
        {},
        element(
            "p",
            {},
            "Sessions still going on are counted apart: they are not lost. A rate is of the "
            "sessions that started, or entered the step, as the column beside it says; a dash "
            "stands where there are none.",
        ),
    )


def _cards(report: Report) -> Iterable[Element]:
    yield _tiles(report)
    if not report.has_sessions:
        yield card("No sessions", "", element("p", {"class": "empty"}, "None began in this time."))
        return
    yield _days(report)
    for number, flow in enumerate(report.flows):
        yield from flow_cards(flow, number=number)
    keys = (_breakdown(each) for each in report.breakdowns if each.tells_apart)
    # In one, so that its columns are of about the same height.
    demand = element("span", {"id": "demand"})
    yield element("div", {"class": "pair", "id": "keys"}, *keys, demand, *outcome_cards(report))


def _tiles(report: Report) -> Element:
    now, before = report.overview.now, report.overview.before
    started = now["startedCount"]
    given_up, ended = now["abandonedCount"], now["endedCount"]
    tiles = (
        (
            "Sessions started",
            count(started),
            f"{count(before['startedCount'])} before{change(started, before['startedCount'])}",
        ),
        (
            "Booked",
            count(now["completedCount"]),
            f"{count(before['completedCount'])} before"
            f"{change(now['completedCount'], before['completedCount'])}",
        ),
        (
            "Conversion",
            percent(now["conversionRate"]),
            f"{percent(before['conversionRate'])} before"
            f"{points(now['conversionRate'], before['conversionRate'])}",
        ),
        (
            "Given up",
            count(given_up),
            f"{percent(given_up / ended if ended else None)} of {count(ended)} that have ended",
        ),
        ("Going on", count(now["activeCount"]), "not lost yet"),
    )
    return element(
        "dl",
        {"class": "tiles"},
        *(
            element(
                "div",
                {"class": "tile"},
                element("dt", {}, name),
                element("dd", {}, number, element("small", {}, note)),
            )
            for name, number, note in tiles
        ),
    )


def _days(report: Report) -> Element:
    names = ["Day", "Started", "Booked", "Given up", "Going on", "Conversion"]
    rows = rows_of(report.days.now)
    return card(
        "Day by day",
        "How many sessions started, and how many of these led to a booking. The broken line is "
        "the time before, day for day.",
        legend(
            ("is-started-line", "started"),
            BOOKED,
            ("is-before", "started before"),
        ),
        plot_days(report),
        details(
            "The numbers",
            table("Sessions per day", names, ([row["key"], *_outcomes(row)] for row in rows)),
        ),
        anchor="days",
    )


def _breakdown(breakdown: Breakdown) -> Element:
    most = max(row["startedCount"] for row in breakdown.rows)

    def to_cells(row: Row) -> Cells:
        parts = (("is-started", row["startedCount"]), ("is-completed", row["completedCount"]))
        before = breakdown.row_before(row["key"])
        return [
            named(breakdown.name_of(row["key"]), bar(*parts, whole=most)),
            count(row["startedCount"]),
            count(row["completedCount"]),
            percent(row["conversionRate"]),
            percent(None if before is None else before["conversionRate"]),
        ]

    names = [breakdown.title, "Started", "Booked", "Rate", "Before"]
    shown, rest = breakdown.rows[:SHOWN_KEYS], breakdown.rows[SHOWN_KEYS:]
    body = [table(f"Sessions by {breakdown.title.lower()}", names, map(to_cells, shown))]
    if rest:
        further = f"Further values of {breakdown.title.lower()}"
        body.append(details(f"{count(len(rest))} more", table(further, names, map(to_cells, rest))))
    return card(f"By {breakdown.title.lower()}", "", legend(STARTED, BOOKED), *body)


def _outcomes(row: Row) -> list[str]:
    names = ("startedCount", "completedCount", "abandonedCount", "activeCount")
    return [*(count(row[name]) for name in names), percent(row["conversionRate"])]
