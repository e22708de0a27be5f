"""The parts of the page about what became of customers: lost, booked, come back, how far."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from app.cli.analytics_report.numbers import Report, rows_of
from app.cli.analytics_report.parts import SHOWN_KEYS, Cells, card, details, named, table
from app.cli.analytics_report.plots import bar, legend
from app.cli.analytics_report.words import Row, count, percent


def outcome_cards(report: Report) -> Iterable[Element]:
    """Yield the cards; that on lost demand only if there is any."""
    yield from _lost_demand(report)
    yield _vendor(report)
    yield _recovered(report)
    yield _progression(report)


def _lost_demand(report: Report) -> Iterable[Element]:
    now, before = report.lost_demand.now, report.lost_demand.before
    rows = rows_of(now)
    if not rows:
        return
    most = max(row["sessionCount"] for row in rows)

    def to_cells(row: Row) -> Cells:
        return [
            named(row["zipcode"], bar(("is-dropped", row["sessionCount"]), whole=most)),
            count(row["sessionCount"]),
            count(row["activeCount"]),
        ]

    names = ["Zip code", "Lost", "Going on"]
    shown, rest = rows[:SHOWN_KEYS], rows[SHOWN_KEYS:]
    body = [table("Zip codes not covered", names, map(to_cells, shown))]
    if rest:
        further = table("Further zip codes not covered", names, map(to_cells, rest))
        body.append(details(f"{count(len(rest))} more", further))
    note = (
        f"{count(now['lostCount'])} of the {count(now['askedCount'])} sessions that gave a zip "
        f"code ended with one you do not cover: {percent(now['lostRate'])}, before "
        f"{percent(before['lostRate'])}."
    )
    yield card("Where you do not go", note, *body)


def _vendor(report: Report) -> Element:
    now, before = report.vendor_outcome.now, report.vendor_outcome.before
    lines = (
        ("Booked", "bookedCount", "is-started"),
        ("At the vendor", "syncedCount", "is-started"),
        ("On the way there", "pendingCount", "is-started"),
        ("Could not be told", "failedCount", "is-dropped"),
        ("Became jobs", "jobCount", "is-completed"),
        ("Dismissed by the office", "dismissedCount", "is-dropped"),
        ("Cancelled", "cancelledCount", "is-dropped"),
    )
    rows: Iterable[Cells] = (
        [
            named(name, bar((colour, now[column]), whole=now["bookedCount"])),
            count(now[column]),
            count(before[column]),
        ]
        for name, column, colour in lines
    )
    note = (
        f"The vendor has told what became of none of the {count(now['bookedCount'])} bookings yet."
    )
    if now["knownCount"]:
        note = (
            f"The vendor has told what became of {count(now['knownCount'])} of "
            f"{count(now['bookedCount'])} bookings; {percent(now['jobRate'])} of these became "
            f"jobs, before {percent(before['jobRate'])}."
        )
    return card(
        "What became of the bookings",
        note,
        table("Bookings at the vendor", ["Bookings", "Now", "Before"], rows),
    )


def _recovered(report: Report) -> Element:
    now, before = report.overview.now, report.overview.before
    lines = (("Came back", "recoveredCount"), ("and booked", "recoveredCompletedCount"))
    rows: list[Cells] = [[name, count(now[each]), count(before[each])] for name, each in lines]
    rates = [percent(each["recoveredConversionRate"]) for each in (now, before)]
    return card(
        "Who came back",
        "Sessions that took up where an abandoned one had ended.",
        table("Recovered sessions", ["Sessions", "Now", "Before"], [*rows, ["Rate", *rates]]),
    )


def _progression(report: Report) -> Element:
    counts: dict[tuple[int, int], dict[str, int]] = {}
    for row in rows_of(report.progression):
        place = row["totalSteps"], row["stepsCompleted"]
        counts.setdefault(place, {})[row["status"]] = row["count"]
    most = max(sum(each.values()) for each in counts.values())
    statuses = ("COMPLETED", "ABANDONED", "ACTIVE")

    def to_cells(place: tuple[int, int]) -> Cells:
        booked, given_up, active = (counts[place].get(status, 0) for status in statuses)
        # Over each other: what is drawn first is the longest.
        parts = (
            ("is-started", booked + given_up + active),
            ("is-dropped", booked + given_up),
            ("is-completed", booked),
        )
        total, completed = place
        numbers = (count(each) for each in (booked, given_up, active))
        return [named(f"{completed} of {total} steps", bar(*parts, whole=most)), *numbers]

    return card(
        "How far they came",
        "Steps that stand completed, of those the flow has.",
        legend(("is-completed", "booked"), ("is-dropped", "given up"), ("is-started", "going on")),
        table(
            "Sessions by steps completed",
            ["Completed", "Booked", "Given up", "Going on"],
            map(to_cells, sorted(counts)),
        ),
    )
