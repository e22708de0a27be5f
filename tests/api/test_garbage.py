"""What operations leave for the garbage collector: nothing, so that it need not run for them."""

import asyncio
import gc
from typing import Any

import pytest

from app.documents.driver import Database
from tests.api.client import ApiClient, an_anonymous_client
from tests.api.site import PAGE, Site, a_site
from tests.contract.journey import load_operations

WIDGET = load_operations("widget.graphql")
ADMIN = load_operations("admin.graphql")


def start_of(site: Site) -> dict[str, Any]:
    return {
        "input": {
            "publishableKey": site.config.publishable_key,
            "context": {"url": PAGE},
        }
    }


async def garbage_of(client: ApiClient, query: str, variables: dict[str, Any]) -> int:
    """Return how many objects only the collector could find after the operation."""
    for _ in range(3):
        await client.data(query, variables)
    await asyncio.sleep(0.1)
    gc.collect()
    gc.disable()
    try:
        await client.data(query, variables)
        await asyncio.sleep(0.1)
        return gc.collect()
    finally:
        gc.enable()


@pytest.mark.parametrize("operation", ["FlowDashboard", "WidgetBoot", "StartBookingSession"])
async def test_operation_leaves_no_cycles(database: Database, operation: str) -> None:
    site = await a_site(questions=5)
    asked: dict[str, tuple[ApiClient, str, dict[str, Any]]] = {
        "FlowDashboard": (site.client, ADMIN["FlowDashboard"], {"first": 10}),
        "WidgetBoot": (
            an_anonymous_client(),
            WIDGET["WidgetBoot"],
            {"key": site.config.publishable_key, "context": {"url": PAGE}},
        ),
        "StartBookingSession": (
            an_anonymous_client(),
            WIDGET["StartBookingSession"],
            start_of(site),
        ),
    }

    assert await garbage_of(*asked[operation]) < 20
