"""The sizes of the lists of event ids, as a metric."""

import pytest
from prometheus_client import REGISTRY

from app.domain.booking_session.event_references import EventIdPolicy
from tests.domain.booking_session.builders import ZIP, updated
from tests.services.booking_sessions.builders import a_customer

NAME = "scheduler_booking_session_event_ids"


def observed(suffix: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"{NAME}_{suffix}", labels) or 0.0


@pytest.mark.usefixtures("database")
async def test_size_is_observed_each_time_a_snapshot_is_saved() -> None:
    customer = await a_customer(policy=EventIdPolicy(limit=3))
    before = {name: observed(name) for name in ("count", "sum")}
    small = observed("bucket", le="2.0")

    for n in range(4):
        await customer.record(updated(ZIP, "zipcode", str(n)))

    assert observed("count") - before["count"] == 4
    # Two ids, and from then on three, as the policy says.
    assert observed("sum") - before["sum"] == 2 + 3 + 3 + 3
    assert observed("bucket", le="2.0") - small == 1
