"""A process that completes a session and is killed at a chosen database command."""

import asyncio
import os
import signal
from typing import Any

from app.documents.driver import CommandCounter
from app.documents.registry import connect_documents
from app.services.booking_sessions.complete import CompleteSession, complete_session
from tests.services.booking_sessions.builders import LATER


class Killer(CommandCounter):
    """Kills its own process when command number `fatal` is about to be sent."""

    def __init__(self, fatal: int) -> None:
        super().__init__()
        self._fatal = fatal
        self._sent = 0
        self.is_armed = False

    def started(self, event: Any) -> None:
        if not self.is_armed or event.command_name in self.IGNORED:
            return
        self._sent += 1
        if self._sent == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def complete_and_die(
    uri: str, database_name: str, organization_id: str, session_id: str, fatal: int
) -> None:
    """Complete the session; exits with 0 when that takes fewer commands than `fatal`."""
    asyncio.run(_complete_and_die(uri, database_name, organization_id, session_id, fatal))


async def _complete_and_die(
    uri: str, database_name: str, organization_id: str, session_id: str, fatal: int
) -> None:
    killer = Killer(fatal)
    await connect_documents(
        uri, database_name=database_name, listeners=[killer], create_indexes=False
    )
    killer.is_armed = True
    await complete_session(
        CompleteSession(booking_session_id=session_id, idempotency_key="key"),
        organization_id=organization_id,
        now=LATER,
    )
