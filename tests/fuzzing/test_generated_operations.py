"""Whatever the schema allows to be asked has an answer or a code, and never a fault."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.api.ids import EntityType, encode_id
from app.documents.driver import Database, new_id
from tests.api.client import ApiClient, an_anonymous_client
from tests.api.sessions import Office
from tests.api.site import a_site
from tests.domain.booking_session.builders import THROUGH_SUMMARY
from tests.fuzzing.operations import ROOT_FIELDS, operations
from tests.services.booking_sessions.builders import a_place

FAULTS = {"INTERNAL", "UNAVAILABLE", "TIMEOUT"}
ASKING_THE_VENDOR = {"connectVendor", "updateVendorAccount", "syncVendorJobTypes"}
"""There is no vendor here, so these may be UNAVAILABLE."""

SECONDS_TO_ANSWER = 20

seeded = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Fuzzed:
    """Who asks, and the ids there are."""

    callers: tuple[ApiClient, ...]
    ids: tuple[str, ...]

    async def ask(self, caller: ApiClient, document: str, *, faults: set[str]) -> list[str]:
        """Return the codes of the answer; fails on one of `faults`, and when there is no answer."""
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            answer: dict[str, Any] = await caller.execute(document)
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert faults.isdisjoint(codes), (codes, document)
        return codes


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fuzzed(database: Database) -> Fuzzed:
    site = await a_site(capacity=None)
    office = Office(site.client, await a_place(organization_id=site.organization_id))
    booked, booking_id = await office.a_booking()
    active = await office.a_customer(*THROUGH_SUMMARY[:4])
    config = site.config
    raw_ids = [site.flow.id, config.id, config.brand_kit_id, booked.session_id, active.session_id]
    return Fuzzed(
        callers=(
            site.client,
            site.client.with_session(active.session_id),
            an_anonymous_client(),
        ),
        ids=(
            booking_id,
            *(site.step_id(position) for position in range(6)),
            *(encode_id(kind, raw) for kind in EntityType for raw in (*raw_ids, new_id()) if raw),
        ),
    )


@pytest.mark.parametrize("field", ROOT_FIELDS)
async def test_generated_operation_never_meets_a_fault(fuzzed: Fuzzed, field: str) -> None:
    loop = asyncio.get_running_loop()
    executed = 0
    faults = FAULTS - {"UNAVAILABLE"} if field in ASKING_THE_VENDOR else FAULTS

    @settings(seeded, max_examples=20)
    @given(document=operations(field, ids=fuzzed.ids), caller=st.sampled_from(fuzzed.callers))
    def run(document: str, caller: ApiClient) -> None:
        nonlocal executed
        asking = asyncio.run_coroutine_threadsafe(fuzzed.ask(caller, document, faults=faults), loop)
        executed += not {"GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_COMPLEX"} & set(asking.result())

    await asyncio.to_thread(run)

    assert executed >= 5
