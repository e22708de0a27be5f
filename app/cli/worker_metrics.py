"""`/metrics` and `/livez` of a worker, which otherwise serves nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from app.cli.listening import listen
from app.settings import Settings
from app.transport.health import livez
from app.transport.metrics import metrics_page

SECONDS_TO_STOP = 1


class _QuietServer(uvicorn.Server):
    """Leaves the signals to the worker."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@contextlib.asynccontextmanager
async def serving_worker_metrics(settings: Settings) -> AsyncIterator[None]:
    """Serve the metrics of this process inside the block, if the settings name a port."""
    port = settings.worker_metrics_port
    if port is None:
        yield
        return
    listening = listen(settings.host, port, setting="SCHEDULER_WORKER_METRICS_PORT")
    token = settings.metrics_token
    page = metrics_page(token=None if token is None else token.get_secret_value())
    server = _QuietServer(
        uvicorn.Config(
            Starlette(routes=[Route("/metrics", page), Route("/livez", livez)]),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=SECONDS_TO_STOP,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
