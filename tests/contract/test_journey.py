"""The contract's journey, against a server that runs as a process of its own."""

from datetime import UTC, datetime
from pathlib import Path

from tests.contract.journey import Journey
from tests.running_server import running_server


def test_the_journey_plays_to_its_end_with_every_expectation_true(tmp_path: Path) -> None:
    with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
        journey = Journey(server.url, admin_key=server.create_organization(), now=datetime.now(UTC))

        journey.play()

    assert len(journey.requests) == 22
