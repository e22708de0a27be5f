"""A stand-in for the vendor, fresh for every test."""

from collections.abc import Iterator

import pytest

from tests.servicetitan.running_stand_in import RunningStandIn, running_stand_in


@pytest.fixture(scope="session")
def shared_stand_in() -> Iterator[RunningStandIn]:
    with running_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(shared_stand_in: RunningStandIn) -> RunningStandIn:
    shared_stand_in.reset()
    return shared_stand_in
