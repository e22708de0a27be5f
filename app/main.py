"""The composition root: the ASGI application with everything wired together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from app.api.limits.points import PointsTable
from app.api.schema import schema
from app.api.widget_boot.answers import BootAnswers
from app.documents.connection import connected_documents
from app.domain.values import EntityId
from app.execution.choice import execute_with
from app.logs import logged_failure
from app.long_lived import spared_from_collection
from app.services.booking_sessions.event_log import current_event_log
from app.services.booking_sessions.live_events import serving_live_events
from app.services.computing import computing_process
from app.services.content_generations import following_content_changes
from app.services.credentials import Authenticator
from app.services.oidc.tokens import IssuerTokens
from app.services.origins import AllowedOrigins
from app.services.pending_migrations import warn_of_pending_migrations
from app.services.people import People
from app.services.vendor.access import VendorAccess, open_vendor_access
from app.services.vendor.call_policies import server_policy
from app.services.webhooks.tools import WebhookTools, open_webhook_tools
from app.settings import Environment, Settings, load_settings
from app.telemetry import Telemetry, open_telemetry
from app.transport.authentication import authenticate_editor
from app.transport.capacity import Capacity
from app.transport.cors import CrossOriginAnswers
from app.transport.deadlines import OperationRunner
from app.transport.demo_keys import read_demo_keys
from app.transport.draining import Draining, begun_by_sigterm
from app.transport.exports import export_routes
from app.transport.faults import fault_handlers
from app.transport.files import file_routes
from app.transport.graphiql import GraphiQLFiles, graphiql_page
from app.transport.graphql_view import GraphQLEndpoint
from app.transport.health import Readiness, livez
from app.transport.http_protocol import ON_SHUTDOWN
from app.transport.metrics import metrics_page
from app.transport.operation_log import OperationLog
from app.transport.persisted_documents import PersistedDocuments, read_trusted_documents
from app.transport.request_ids import RequestIds
from app.transport.vendor_webhooks import vendor_webhook_routes
from app.transport.watchdog import Watchdog
from app.transport.websocket import serve_socket

T = TypeVar("T")

UNRESPONSIVE_SECONDS = 30.0
"""A server process whose event loop is blocked for so long is ended, and replaced by another."""

SECONDS_TO_FINISH = 2.0
"""For the mutations whose clients are gone, and again for the events that wait to be stored."""


@dataclass
class _Process:
    """One server process: its settings, and what exists only once the database is connected."""

    settings: Settings
    telemetry: Telemetry | None
    runner: OperationRunner
    is_alone: bool
    draining: Draining = field(default_factory=Draining)
    authenticator: Authenticator | None = None
    vendor: VendorAccess | None = None
    webhooks: WebhookTools | None = None

    def get_authenticator(self) -> Authenticator:
        return _require_started(self.authenticator)

    def get_vendor(self) -> VendorAccess:
        return _require_started(self.vendor)

    def get_webhooks(self) -> WebhookTools:
        return _require_started(self.webhooks)

    async def authenticate_upload(self, request: Request) -> EntityId:
        return await authenticate_editor(request, self.get_authenticator())

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[dict[str, object]]:
        """Connect to the database, serve, and leave it in order."""
        settings, telemetry = self.settings, self.telemetry
        async with (
            logged_failure(),
            connected_documents(
                settings.mongodb_uri,
                data_dir=settings.data_dir,
                database_name=settings.database_name,
                listeners=[telemetry.listener()] if telemetry else [],
            ),
        ):
            await warn_of_pending_migrations()
            self.authenticator = await Authenticator.load(people=_people(settings))
            self.webhooks = _webhook_tools(settings)
            current_event_log().max_queued_events = settings.max_queued_events
            try:
                async with self._connected_streams() as end_streams:
                    with (
                        spared_from_collection() if self.is_alone else contextlib.nullcontext(),
                        _watchdog(settings).watching(),
                        begun_by_sigterm(self.draining, seconds=settings.drain_seconds),
                    ):
                        yield {ON_SHUTDOWN: end_streams}
                    await self.runner.wait_for_unfinished(at_most_seconds=SECONDS_TO_FINISH)
                    await current_event_log().flush(at_most_seconds=SECONDS_TO_FINISH)
            finally:
                computing_process.stop()
                if telemetry:
                    await telemetry.close()

    @contextlib.asynccontextmanager
    async def _connected_streams(self) -> AsyncIterator[Callable[[], None]]:
        """Follow what is stored, and reach the vendor; yields what ends the clients' streams."""
        async with (
            serving_live_events() as live_events,
            following_content_changes(),
            _vendor(self.settings) as vendor,
        ):
            self.vendor = vendor

            def end_streams() -> None:
                self.draining.close()
                live_events.end()

            yield end_streams


def _require_started(started: T | None) -> T:
    if started is None:
        raise RuntimeError("the application was not started")
    return started


def create_app(
    settings: Settings, *, telemetry: Telemetry | None = None, is_alone: bool = False
) -> Starlette:
    """Return the application; its lifespan connects to the database and leaves it.

    With `telemetry`, requests are traced. One that `is_alone` in its process tunes Python's garbage
    collector for it.
    """
    execute_with(schema, settings.executor)
    runner = OperationRunner(settings.operation_timeout_seconds)
    process = _Process(settings=settings, telemetry=telemetry, runner=runner, is_alone=is_alone)
    points = PointsTable(settings.points_per_minute)
    origins = AllowedOrigins(settings.admin_origins)
    endpoint = _endpoint(process, points=points, origins=origins)
    cross_origin = Middleware(CrossOriginAnswers, origins=origins, points=points)
    return Starlette(
        lifespan=process.lifespan,
        middleware=[
            *([telemetry.middleware()] if telemetry else []),
            Middleware(RequestIds),
        ],
        exception_handlers=fault_handlers(),
        routes=_routes(process, endpoint, cross_origin=cross_origin),
    )


def _endpoint(
    process: _Process, *, points: PointsTable, origins: AllowedOrigins
) -> GraphQLEndpoint:
    settings, telemetry = process.settings, process.telemetry
    return GraphQLEndpoint(
        schema=schema,
        authenticator=process.get_authenticator,
        public_url=settings.public_url if "public_url" in settings.model_fields_set else None,
        render_page=_page_renderer(settings) if settings.graphiql else None,
        offers_introspection=settings.introspection,
        points=points,
        origins=origins,
        capacity=Capacity(settings.max_concurrent_operations),
        runner=process.runner,
        vendor=process.get_vendor,
        webhooks=process.get_webhooks,
        boot_answers=BootAnswers(schema),
        documents=PersistedDocuments(_trusted_documents(settings)),
        log=OperationLog(
            slow_ms=settings.slow_operation_ms,
            begin_span=telemetry.begin_operation if telemetry else None,
        ),
        draining=process.draining,
    )


def _routes(
    process: _Process, endpoint: GraphQLEndpoint, *, cross_origin: Middleware
) -> list[BaseRoute]:
    settings = process.settings
    return [
        Route("/", lambda _: RedirectResponse("/graphql")),
        Route(
            "/graphql",
            endpoint.serve,
            methods=["GET", "POST", "OPTIONS"],
            middleware=[cross_origin],
        ),
        WebSocketRoute("/graphql", lambda socket: serve_socket(socket, endpoint)),
        Route("/livez", livez),
        Route("/readyz", Readiness(process.draining).readyz),
        Route("/metrics", metrics_page(token=_metrics_token(settings))),
        *file_routes(authenticate=process.authenticate_upload, middleware=[cross_origin]),
        *export_routes(endpoint, middleware=[cross_origin]),
        *vendor_webhook_routes(signature_header=settings.vendor_signature_header),
        Mount("/graphiql", GraphiQLFiles()),
    ]


def _watchdog(settings: Settings) -> Watchdog:
    # Only where another process takes its place; a lone one may be held by a debugger.
    seconds = UNRESPONSIVE_SECONDS if settings.workers > 1 else None
    return Watchdog(asyncio.get_running_loop(), killed_after_seconds=seconds)


def _metrics_token(settings: Settings) -> str | None:
    token = settings.metrics_token
    return None if token is None else token.get_secret_value()


def _vendor(settings: Settings) -> AbstractAsyncContextManager[VendorAccess]:
    return open_vendor_access(
        settings.vendor_environment,
        cipher_keys=settings.vendor_cipher_keys,
        data_dir=settings.data_dir,
        policy=server_policy(settings.workers),
    )


def _webhook_tools(settings: Settings) -> WebhookTools:
    return open_webhook_tools(
        cipher_keys=settings.vendor_cipher_keys,
        data_dir=settings.key_dir,
        allows_private=settings.webhooks_allow_private,
    )


def _people(settings: Settings) -> People | None:
    return None if settings.issuer is None else People(IssuerTokens(settings.issuer))


def _trusted_documents(settings: Settings) -> dict[str, str] | None:
    path = settings.trusted_documents
    return None if path is None else read_trusted_documents(path)


def _page_renderer(settings: Settings) -> Callable[[Request], Response]:
    """Return what renders GraphiQL; in development it offers the demonstration's keys."""

    def render(request: Request) -> Response:
        is_development = settings.environment is Environment.DEVELOPMENT
        keys = read_demo_keys(settings.data_dir) if is_development else None
        return graphiql_page(
            request,
            publishable_key=keys.publishable_key if keys else None,
            api_key=keys.api_key if keys else None,
        )

    return render


def create_app_from_environment() -> Starlette:
    """Return the application for the settings of the environment; what server processes run."""
    return create_app(load_settings(), telemetry=open_telemetry(), is_alone=True)
