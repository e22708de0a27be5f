"""`/metrics` for Prometheus.

Several server processes share one port, so a scrape reaches any of them. With
`PROMETHEUS_MULTIPROC_DIR` set they write their numbers to files in that folder, and whichever
answers adds up all of them.
"""

import hmac
import ipaddress
import os
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.services.backlogs import observe_backlogs

MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"
FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip")

Page: TypeAlias = Callable[[Request], Awaitable[Response]]

_LIVE_FILE = re.compile(r"gauge_live\w+_(\d+)\.db")


def metrics_page(*, token: str | None) -> Page:
    """Return the page, for who sends the token; without one, for this machine only.

    Nothing in it is about a person, but how much a company sells is nobody else's business.
    """

    async def serve(request: Request) -> Response:
        if not _may_read(request, token):
            return PlainTextResponse("The metrics are not for you.\n", status_code=403)
        await observe_backlogs(now=datetime.now(UTC))
        return Response(generate_latest(_registry()), media_type=CONTENT_TYPE_LATEST)

    return serve


def _may_read(request: Request, token: str | None) -> bool:
    if token is not None:
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(sent.encode(), token.encode())
    # A proxy on this machine speaks for others.
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _registry() -> CollectorRegistry:
    folder = os.environ.get(MULTIPROCESS_DIR)
    if folder is None:
        return REGISTRY
    _forget_dead_processes(Path(folder))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry


def _forget_dead_processes(folder: Path) -> None:
    """Remove what processes that were replaced said of themselves; what they counted stays."""
    for path in folder.iterdir():
        found = _LIVE_FILE.fullmatch(path.name)
        if found and not _is_alive(int(found[1])):
            mark_process_dead(int(found[1]), str(folder))  # type: ignore[no-untyped-call]


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
