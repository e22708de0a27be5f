"""The page of `scheduler analytics report` in a real browser, without a network."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.cli.analytics_report.numbers import (
    Breakdown,
    Choices,
    Compared,
    FlowReport,
    Report,
)
from app.cli.analytics_report.page import render_page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
EVIL = '"><script>pwned=1</script><img src=x onerror=pwned=1></style>&amp;'
LONG = "a-campaign-without-any-place-to-break-" * 5


def outcome(key: str | None, started: int, completed: int) -> dict[str, object]:
    rate = completed / started if started else None
    return {
        "key": key,
        "startedCount": started,
        "completedCount": completed,
        "abandonedCount": started - completed,
        "activeCount": 0,
        "conversionRate": rate,
        "endedCount": started,
        "endedConversionRate": rate,
    }


def a_step(name: str, entered: int, completed: int) -> dict[str, object]:
    return {
        "stepId": name,
        "stepName": name,
        "stepType": "DETAILS",
        "enteredCount": entered,
        "completedCount": completed,
        "droppedCount": entered - completed,
        "abandonmentCount": entered - completed,
        "abandonmentRate": (entered - completed) / entered if entered else None,
        "activeCount": 0,
        "timedCount": 0,
        "medianTimeMs": None,
        "p90TimeMs": 4_000_000.0,
    }


def a_field() -> dict[str, object]:
    return {
        "field": EVIL,
        "stepName": LONG,
        "errorCount": 3,
        "updateCount": 4,
        "errorRate": 0.75,
        "failingSessionCount": 2,
        "updatingSessionCount": 4,
        "medianTimeMs": 1_500.0,
        "p90TimeMs": None,
    }


def counted(reached: int, chosen: int, booked: int) -> dict[str, object]:
    return {
        "reachedCount": reached,
        "chosenCount": chosen,
        "bookedCount": booked,
        "chosenRate": chosen / reached if reached else None,
        "bookedRate": booked / chosen if chosen else None,
    }


def some_choices() -> Choices:
    """A question with two answers, one of which nobody came further with."""
    kinds = {"q": "QUESTION_REFERENCE", "a": "ANSWER_REFERENCE", "b": "ANSWER_REFERENCE",
             "s": "SERVICE_REFERENCE"}  # fmt: skip
    at = {"q": (12, 8, 3), "a": (8, 8, 3), "b": (8, 0, 0), "s": (8, 8, 3)}
    nodes = [{"nodeId": each, "type": kind, **counted(*at[each])} for each, kind in kinds.items()]
    ways = {
        ("q", "a"): (8, 8, 3),
        ("q", "b"): (8, 0, 0),
        ("a", "s"): (8, 8, 3),
        ("b", "s"): (0, 0, 0),
    }
    edges = [
        {"edgeId": way, "sourceNodeId": way[0], "targetNodeId": way[1], **counted(*numbers)}
        for way, numbers in ways.items()
    ]
    report = {"revision": 1, "sessionCount": 12, "nodes": nodes, "edges": edges}
    return Choices(report, {"q": EVIL, "a": LONG, "b": "No", "s": "Repair"}, "q")


VENDOR = (
    "bookedCount", "cancelledCount", "syncedCount", "pendingCount", "failedCount", "knownCount",
    "jobCount", "dismissedCount",
)  # fmt: skip


def a_report() -> Report:
    overview = {
        **outcome(None, 12, 3),
        "recoveredCount": 1,
        "recoveredCompletedCount": 1,
        "recoveredConversionRate": 1.0,
        "botCount": 2,
    }
    steps = [a_step(EVIL, 12, 8), a_step(LONG, 8, 3), a_step("Never entered", 0, 0)]
    abandonment = Compared({"rows": steps}, {"rows": steps[:1]})
    days = [outcome("2026-11-01", 5, 0), outcome("2026-11-20", 7, 3)]
    campaigns = {"rows": [outcome(EVIL, 9, 3), outcome(LONG, 3, 0)]}
    demand = {"askedCount": 2, "lostCount": 0, "activeCount": 2, "lostRate": 0.0}
    lost = {**demand, "rows": [{"zipcode": "01901", "sessionCount": 0, "activeCount": 2}]}
    vendor = {**dict.fromkeys(VENDOR, 3), "jobRate": 1.0}
    progression = [
        {"status": "ABANDONED", "stepsCompleted": 1, "totalSteps": 3, "count": 9},
        {"status": "COMPLETED", "stepsCompleted": 3, "totalSteps": 3, "count": 3},
    ]
    return Report(
        organization=EVIL,
        conditions=[f"campaign “{EVIL}”", f"source “{LONG}”"],
        created=(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        compared_with=(datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
        zone=ZoneInfo("Asia/Kathmandu"),
        as_of=datetime(2026, 12, 1, tzinfo=UTC),
        overview=Compared(overview, {**overview, "conversionRate": None}),
        days=Compared({"rows": days}, {"rows": [outcome("2026-10-05", 3, 1)]}),
        progression={"rows": progression},
        flows=[
            FlowReport(
                "one", EVIL, {"rows": steps}, abandonment, {"rows": [a_field()]}, some_choices()
            ),
            FlowReport("two", "Plain", {"rows": steps[1:]}, abandonment, {"rows": []}, None),
        ],
        breakdowns=[Breakdown("Campaign", Compared(campaigns, {"rows": []}), {})],
        lost_demand=Compared(lost, demand),
        vendor_outcome=Compared(vendor, {**vendor, "jobRate": None}),
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        pytest.fail("No Chromium on this machine: install Debian's package `chromium`.")
    with sync_playwright() as playwright:
        flags = ["--headless", "--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        yield browser
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_page_needs_nothing_and_runs_nothing(
    browser: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render_page(a_report()), encoding="utf-8")
    context = browser.new_context(
        offline=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(file.as_uri())

    assert (requests, complaints) == ([file.as_uri()], [])
    assert page.evaluate("typeof pwned") == "undefined"
    assert page.title() == f"Bookings of {EVIL}"
    assert page.get_by_role("heading", level=1).inner_text() == f"Bookings of {EVIL}"
    assert page.get_by_role("img", name="Sessions per day").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("img", name="The questions with numbers on them").is_visible()
    assert page.evaluate(FAINT_TEXTS) == []
    assert page.evaluate(UNNAMED) == []
    context.close()


FAINT_TEXTS = """() => {
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const box = at.querySelector && at.localName === 'g' ? at.querySelector('rect') : null;
      const style = getComputedStyle(box || at);
      const colour = parts(box ? style.fill : style.backgroundColor);
      if (colour.length === 3) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ['title', 'desc'].includes(element.localName)) continue;
    const style = getComputedStyle(element);
    const colour = parts(element.namespaceURI.endsWith('svg') ? style.fill : style.color);
    const [darker, lighter] = [luminance(colour), luminance(ground(element))].sort((a, b) => a - b);
    const contrast = (lighter + 0.05) / (darker + 0.05);
    if (contrast < 4.5) found.push([walker.currentNode.data, contrast]);
  }
  return found;
}"""
"""Texts that differ from what is behind them by less than 4.5 to 1, as WCAG asks for."""

UNNAMED = """() => {
  const found = [];
  const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
  if (new Set(ids).size < ids.length) found.push('an id is used twice');
  for (const each of document.querySelectorAll('[aria-labelledby]'))
    for (const id of each.getAttribute('aria-labelledby').split(' '))
      if (!document.getElementById(id)) found.push(`nothing is called ${id}`);
  for (const link of document.querySelectorAll('a'))
    if (!document.querySelector(link.getAttribute('href'))) found.push(link.outerHTML);
  for (const svg of document.querySelectorAll('svg'))
    if (svg.getAttribute('role') !== 'img' && svg.ariaHidden !== 'true') found.push('an svg');
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption?.textContent.trim()) found.push('a table without a caption');
    for (const row of table.tBodies[0].rows)
      if (row.cells[0].scope !== 'row' || row.cells.length !== table.tHead.rows[0].cells.length)
        found.push(`a row of ${table.caption.textContent}`);
  }
  for (const box of document.querySelectorAll('.scroll'))
    if (box.tabIndex !== 0 || !box.ariaLabel) found.push('a box that no key scrolls');
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = Number(heading.localName[1]);
    if (own > level + 1) found.push(`${heading.textContent} skips a level`);
    level = own;
  }
  if (document.querySelectorAll('main, body > header, body > footer, nav').length !== 4)
    found.push('landmarks');
  return found;
}"""
"""What somebody who cannot see the page would miss: names, captions, headings, landmarks."""
