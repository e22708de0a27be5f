"""The page of `scheduler analytics report` in a real browser, without a network."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app.cli.analytics_report.numbers import Breakdown, FlowFunnel, Report
from app.cli.analytics_report.page import render_page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
EVIL = '"><script>pwned=1</script><img src=x onerror=pwned=1></style>&amp;'
LONG = "a-campaign-without-any-place-to-break-" * 5


def outcome(key: str | None, started: int, completed: int) -> dict[str, object]:
    return {
        "key": key,
        "startedCount": started,
        "completedCount": completed,
        "abandonedCount": started - completed,
        "activeCount": 0,
        "conversionRate": completed / started if started else None,
    }


def a_step(name: str, entered: int, completed: int) -> dict[str, object]:
    return {
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
        "failingSessionCount": 2,
        "medianTimeMs": 1_500.0,
    }


def a_report() -> Report:
    overview = {
        **outcome(None, 12, 3),
        "recoveredCount": 1,
        "recoveredCompletedCount": 1,
    }
    steps = [a_step(EVIL, 12, 8), a_step(LONG, 8, 3), a_step("Never entered", 0, 0)]
    return Report(
        organization=EVIL,
        created_from=datetime(2026, 11, 1, tzinfo=UTC),
        created_to=datetime(2026, 12, 1, tzinfo=UTC),
        zone=ZoneInfo("Asia/Kathmandu"),
        as_of=datetime(2026, 12, 1, tzinfo=UTC),
        overview=overview,
        previous={**overview, "conversionRate": None},
        days=[outcome("2026-11-01", 5, 0), outcome("2026-11-20", 7, 3)],
        progression=[
            {"status": "ABANDONED", "stepsCompleted": 1, "totalSteps": 3, "count": 9},
            {"status": "COMPLETED", "stepsCompleted": 3, "totalSteps": 3, "count": 3},
        ],
        funnels=[FlowFunnel(EVIL, steps, steps, [a_field()])],
        breakdowns=[Breakdown("Campaign", [outcome(EVIL, 9, 3), outcome(LONG, 3, 0)], {})],
        lost_demand=[{"zipcode": "01901", "sessionCount": 0, "activeCount": 2}],
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
    assert is_readable(page)
    context.close()


def is_readable(page: Page) -> bool:
    """Return whether text and cards differ in brightness by 4.5 to 1, as WCAG asks for."""
    colours = page.evaluate(
        """() => [getComputedStyle(document.body).color,
                  getComputedStyle(document.querySelector('.card')).backgroundColor]"""
    )
    darker, lighter = sorted(luminance(colour) for colour in colours)
    return (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of `rgb(…)`."""
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
