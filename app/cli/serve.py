"""`scheduler serve`."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

from app.cli.common import console, one_line_errors
from app.cli.errors import CommandError
from app.cli.listening import listen
from app.documents.connection import database_uri
from app.logs import logging_config
from app.settings import Environment, LogFormat, Settings
from app.telemetry import TelemetryNotInstalledError, require_installed
from app.transport.demo_keys import read_demo_keys
from app.transport.http_protocol import BoundedHttpProtocol
from app.transport.metrics import MULTIPROCESS_DIR
from app.transport.persisted_documents import TrustedDocumentsError, read_trusted_documents
from app.transport.websocket import MAX_FRAME_BYTES
from app.transport.websocket_protocol import BoundedWebSocketProtocol

GRACE_SECONDS = 20
"""For answers under way. With what comes before and after it, less than the thirty seconds that
Kubernetes waits."""

UNRESPONSIVE_SECONDS = 30
"""A server process silent for so long is replaced; on a busy machine starting takes seconds."""
FIRST_QUERY = """{
  scheduler(publishableKey: "%s") {
    name
    bookingFlow(context: {url: "https://harbor.example/"}) {
      content { title }
      steps { __typename }
    }
  }
}"""


@click.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Serve the API and, in development, GraphiQL."""
    _check_trusted_documents(settings)
    _check_telemetry()
    listening = listen(settings.host, settings.port, setting="SCHEDULER_PORT")
    config = uvicorn.Config(
        "app.main:create_app_from_environment",
        factory=True,
        http=BoundedHttpProtocol,
        ws=BoundedWebSocketProtocol,
        ws_max_size=MAX_FRAME_BYTES,
        # Compression costs each idle socket memory.
        ws_per_message_deflate=False,
        workers=settings.workers,
        log_level=settings.log_level.value,
        log_config=logging_config(
            level=settings.log_level.value, for_people=settings.log_format is LogFormat.TEXT
        ),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=UNRESPONSIVE_SECONDS,
    )
    # The server hands the signal on when it is done; it must not end us before the database left.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # uvloop's, where it is installed; processes of their own take it by themselves.
    loops = asyncio.Runner(loop_factory=config.get_loop_factory())
    with one_line_errors(), loops as runner, contextlib.suppress(KeyboardInterrupt):
        held = contextlib.AsyncExitStack()
        # Held here too, the database outlives server processes that are replaced.
        uri = database_uri(settings.mongodb_uri, data_dir=settings.data_dir)
        runner.run(held.enter_async_context(uri))
        try:
            _print_welcome(settings)
            if settings.workers == 1:
                runner.run(uvicorn.Server(config).serve(sockets=[listening]))
            else:
                with _shared_metrics():
                    Multiprocess(config, sockets=[listening]).run()
        finally:
            runner.run(held.aclose())


@contextlib.contextmanager
def _shared_metrics() -> Iterator[None]:
    """Let the processes started inside the block add up their metrics, in files of a folder."""
    with tempfile.TemporaryDirectory(prefix="scheduler-metrics-") as folder:
        os.environ[MULTIPROCESS_DIR] = folder
        yield


def _check_trusted_documents(settings: Settings) -> None:
    """Read the file once before the server starts, for one clear line when it is not right."""
    if settings.trusted_documents is None:
        return
    try:
        read_trusted_documents(settings.trusted_documents)
    except TrustedDocumentsError as error:
        raise CommandError(f"SCHEDULER_TRUSTED_DOCUMENTS: {error}") from error


def _check_telemetry() -> None:
    try:
        require_installed()
    except TelemetryNotInstalledError as error:
        raise CommandError(str(error)) from error


def _print_welcome(settings: Settings) -> None:
    console.print(f"GraphiQL and API: [bold]{settings.public_url}/graphql[/bold]")
    keys = read_demo_keys(settings.data_dir)
    if keys is None or settings.environment is not Environment.DEVELOPMENT:
        return
    console.print(f"Demo publishable key: {keys.publishable_key}", soft_wrap=True)
    console.print(f"Demo API key (OWNER): {keys.api_key}", soft_wrap=True)
    console.print("A query to paste:")
    console.print(FIRST_QUERY % keys.publishable_key, markup=False, soft_wrap=True)
