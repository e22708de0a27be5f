"""Requests that meet in one server process, and requests that meet in the database only."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from app.services.booking_sessions import abandon, complete, history, record
from app.services.booking_sessions.event_log import EventLog


@contextlib.asynccontextmanager
async def _at_any_time(_session_id: str) -> AsyncIterator[None]:
    yield


@pytest.fixture(params=["one process", "many processes"])
def processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test twice; in the second run requests share nothing but the database."""
    if request.param == "many processes":
        for module in (abandon, complete, record):
            monkeypatch.setattr(module, "one_at_a_time", _at_any_time)
            monkeypatch.setattr(module, "find_kept_history", lambda *_: None)
        monkeypatch.setattr(history, "current_event_log", EventLog)
