"""The operations that GraphiQL opens with, one tab each; their texts are the files beside this."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from app.domain.values import Value

CUSTOMER_PAGE = "https://harbor.example/services/hvac/repair?utm_campaign=spring-tune-up"
NO_PUBLISHABLE_KEY = "put a publishable key here"


class Tab(Value):
    """One tab as GraphiQL takes it: the texts of its three editors."""

    query: str
    variables: str
    headers: str | None = None


def example_tabs(
    *, publishable_key: str | None, api_key: str | None, idempotency_key: str
) -> tuple[Tab, ...]:
    """Return WidgetBoot, StartBookingSession and FlowDashboard with the keys filled in."""
    key = publishable_key or NO_PUBLISHABLE_KEY
    start = {
        "publishableKey": key,
        "idempotencyKey": idempotency_key,
        "context": {"url": CUSTOMER_PAGE},
        "sessionContext": {
            "device": {"type": "DESKTOP", "browser": "Chromium", "os": "Linux"},
            "locale": "en-US",
        },
    }
    authorization = {"Authorization": f"Bearer {api_key}"}
    return (
        Tab(
            query=_text("widget_boot"),
            variables=_pretty({"key": key, "context": {"url": CUSTOMER_PAGE}}),
        ),
        Tab(query=_text("start_booking_session"), variables=_pretty({"input": start})),
        Tab(
            query=_text("flow_dashboard"),
            variables=_pretty({"first": 10}),
            # An invented key would make the server refuse even the introspection of this tab.
            headers=_pretty(authorization) if api_key else None,
        ),
    )


def fingerprint(tabs: tuple[Tab, ...], *, except_for: str) -> str:
    """Return a short digest of the tabs, blind to the one text that differs at every visit."""
    content = "\0".join(tab.model_dump_json() for tab in tabs).replace(except_for, "")
    return hashlib.sha256(content.encode()).hexdigest()[:12]


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(f"{name}.graphql").read_text(encoding="utf-8")


def _pretty(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=2)
