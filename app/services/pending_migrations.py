"""Telling operators at the start that a database was not brought up to this version."""

import logging

from app.documents.migrations.migration import Phase
from app.documents.migrations.pending import find_pending_migrations

COMMANDS = {
    Phase.EXPAND: "`scheduler migrate`",
    Phase.CONTRACT: "`scheduler migrate --contract`, once no server of a version before runs",
}

logger = logging.getLogger(__name__)


async def warn_of_pending_migrations() -> None:
    """Log which migrations are still to be made, and how; nothing when there are none."""
    pending = await find_pending_migrations()
    for phase, command in COMMANDS.items():
        ids = [each.id for each in pending if each.phase is phase]
        if ids:
            logger.warning("migrations are to be made: %s; run %s", ", ".join(ids), command)
