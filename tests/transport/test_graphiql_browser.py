"""GraphiQL in a real browser, as a developer meets it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.transport.demo_keys import read_demo_keys
from tests.contract.journey import Journey
from tests.running_server import RunningServer

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RECORD_VIOLATIONS = """
addEventListener("securitypolicyviolation", (violation) =>
  console.error(`policy: ${violation.violatedDirective} ${violation.blockedURI}`));
"""


@dataclass(frozen=True)
class Visit:
    """A page with everything it complained about and every address it asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.requests if not url.startswith("data:")}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        pytest.fail("No Chromium on this machine: install Debian's package `chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, graphiql_url: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(RECORD_VIOLATIONS)
    visit = Visit(context.new_page())
    context.on("request", lambda request: visit.requests.append(request.url))
    context.on(
        "console",
        lambda message: visit.complaints.append(message.text) if message.type == "error" else None,
    )
    context.on("weberror", lambda error: visit.complaints.append(str(error.error)))
    visit.page.goto(graphiql_url)
    # A tab chosen before the editors stand would lose its headers.
    expect_ready(visit.page)
    yield visit
    context.close()


def expect_ready(page: Page) -> None:
    """Wait until the editors show the first example with its variables."""
    expect(page.get_by_role("region", name="Operation Editor")).to_contain_text("WidgetBoot")
    expect(page.get_by_role("region", name="Variables")).to_contain_text('"key"')


def replace_query(page: Page, text: str) -> None:
    editor = page.get_by_role("region", name="Operation Editor").locator(".monaco-editor").first
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text, delay=20)


def test_query_typed_with_completion_answers_with_the_headers_of_its_tab(
    visit: Visit, graphiql_url: str
) -> None:
    page = visit.page
    page.get_by_role("tab", name="FlowDashboard").click()
    replace_query(page, "query Me { vie")
    expect(page.locator(".suggest-widget")).to_contain_text("viewer")
    page.keyboard.type("wer { role ")
    # GraphiQL names the operation to run with a short delay, and the tab after it.
    expect(page.locator(".graphiql-tab-button").last).to_have_text("Me")
    page.keyboard.press("ControlOrMeta+Enter")

    expect(page.get_by_role("region", name="Result Window")).to_contain_text('"role": "OWNER"')
    assert visit.complaints == []
    assert visit.hosts() == {urlsplit(graphiql_url).netloc}


def test_subscription_shows_events_as_they_are_recorded(
    visit: Visit, server: RunningServer
) -> None:
    keys = read_demo_keys(Path(server.environment["SCHEDULER_DATA_DIR"]))
    assert keys is not None
    page = visit.page
    page.get_by_role("tab", name="FlowDashboard").click()
    replace_query(page, "subscription Live { bookingSessionEvents { eventType ")
    expect(page.locator(".graphiql-tab-button").last).to_have_text("Live")
    page.keyboard.press("ControlOrMeta+Enter")
    Journey(server.url, admin_key=keys.api_key, now=datetime.now(UTC)).play()

    results = page.get_by_role("region", name="Result Window")
    expect(results).to_contain_text('"eventType": "SESSION_COMPLETED"')
    assert visit.complaints == []


def test_docs_lead_from_the_root_to_a_type_and_its_description(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = page.locator(".graphiql-doc-explorer")
    docs.get_by_role("link", name="Query").click()
    docs.get_by_role("link", name="Viewer", exact=True).click()

    expect(docs.locator(".graphiql-doc-explorer-title")).to_have_text("Viewer")
    expect(docs.get_by_role("link", name="role", exact=True)).to_be_visible()
    assert visit.complaints == []


def test_explorer_builds_a_query_from_the_schema(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("tab", name="FlowDashboard").click()
    replace_query(page, "{ __typename }")
    page.get_by_role("button", name="Show GraphiQL Explorer").click()
    page.locator(".docExplorerWrap, .graphiql-plugin").get_by_text("viewer", exact=True).click()

    editor = page.get_by_role("region", name="Operation Editor")
    expect(editor).to_contain_text("viewer")
    assert visit.complaints == []


def test_reload_keeps_the_three_tabs_with_their_variables_and_headers(visit: Visit) -> None:
    page = visit.page
    page.reload()
    expect_ready(page)

    expect(page.locator(".graphiql-tab-button")).to_have_text(
        ["WidgetBoot", "StartBookingSession", "FlowDashboard"]
    )
    page.get_by_role("tab", name="FlowDashboard").click()
    page.get_by_role("button", name="Headers").click()
    expect(page.get_by_role("region", name="Headers")).to_contain_text("Bearer")
    assert visit.complaints == []
