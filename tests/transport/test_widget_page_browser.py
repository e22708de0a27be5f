"""The widget in a real browser: it works on an allowed page and on no other."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.contract.journey import Journey
from tests.running_server import RunningServer
from tests.transport.test_graphiql_browser import CHROMIUM, FLAGS

WIDGET = """async ({url, key, page, boot, start, record}) => {
  const ask = async (query, variables, token) => {
    const headers = {"Content-Type": "application/json"};
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(`${url}/graphql`,
      {method: "POST", headers, body: JSON.stringify({query, variables})});
    return (await response.json()).data;
  };
  try {
    const {scheduler} = await ask(boot, {key});
    const started = (await ask(start, {input: {publishableKey: key, context: {url: page}}}))
      .startBookingSession;
    const event = {clientEventId: "one", stepId: started.bookingSession.currentState.stepId,
      data: {fieldUpdated: {field: "zipcode", value: "01901"}}};
    const input = {bookingSessionId: started.bookingSession.id, events: [event]};
    const recorded = (await ask(record, {input}, started.sessionToken)).recordBookingSessionEvents;
    return {name: scheduler.name, errors: recorded.userErrors, count: recorded.results.length};
  } catch (error) {
    return {refused: error.name};
  }
}"""
BOOT = "query ($key: String!) { scheduler(publishableKey: $key) { name } }"
START = """mutation ($input: StartBookingSessionInput!) { startBookingSession(input: $input) {
  sessionToken bookingSession { ... on BookingSessionBase { id currentState { stepId } } } } }"""
RECORD = """mutation ($input: RecordBookingSessionEventsInput!) {
  recordBookingSessionEvents(input: $input) { results { status } userErrors { code message } } }"""
ALLOW = """mutation ($input: UpdateSchedulerConfigInput!) { updateSchedulerConfig(input: $input) {
  userErrors { code } } }"""
CONFIGS = "{ schedulerConfigs(first: 1) { nodes { id version publishableKey } } }"


@contextmanager
def a_web_site() -> Iterator[str]:
    """Serve an empty page on a port of its own, which makes it a site of its own."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Harbor</title>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        pytest.fail("No Chromium on this machine: install Debian's package `chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


def allow(server: RunningServer, key: str, origin: str) -> str:
    """Let the first config's widget run on pages of the origin, and return its publishable key."""

    def ask(query: str, variables: dict[str, Any] | None = None) -> Any:
        response = httpx.post(
            f"{server.url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {key}"},
        )
        return response.json()["data"]

    config = ask(CONFIGS)["schedulerConfigs"]["nodes"][0]
    change = {"id": config["id"], "expectedVersion": config["version"], "allowedOrigins": [origin]}
    updated = ask(ALLOW, {"input": change})
    assert updated["updateSchedulerConfig"]["userErrors"] == []
    return str(config["publishableKey"])


def test_widget_boots_and_records_on_an_allowed_page_and_on_no_other(
    server: RunningServer, browser: Browser
) -> None:
    admin_key = server.create_organization()
    Journey(server.url, admin_key=admin_key, now=datetime.now(UTC)).play()
    with a_web_site() as allowed, a_web_site() as foreign:
        key = allow(server, admin_key, allowed)
        outcomes = []
        for site in (allowed, foreign):
            page = browser.new_page()
            page.goto(site)
            given = {"url": server.url, "key": key, "page": f"{site}/"}
            operations = {"boot": BOOT, "start": START, "record": RECORD}
            outcomes.append(page.evaluate(WIDGET, {**given, **operations}))
            page.close()

    assert outcomes == [{"name": "Website", "errors": [], "count": 1}, {"refused": "TypeError"}]
