"""The composition root: the ASGI application with everything wired together."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute

from app.api.limits.points import PointsTable
from app.api.schema import schema
from app.documents.connection import connected_documents
from app.domain.values import EntityId
from app.services.booking_sessions.live_events import serving_live_events
from app.services.computing import computing_process
from app.services.credentials import Authenticator
from app.settings import Environment, Settings, load_settings
from app.transport.authentication import authenticate_editor
from app.transport.capacity import Capacity
from app.transport.deadlines import OperationRunner
from app.transport.demo_keys import read_demo_keys
from app.transport.files import file_routes
from app.transport.graphiql import GraphiQLFiles, graphiql_page
from app.transport.graphql_view import GraphQLEndpoint
from app.transport.health import livez, readyz
from app.transport.http_protocol import ON_SHUTDOWN
from app.transport.persisted_documents import PersistedDocuments, read_trusted_documents
from app.transport.websocket import serve_socket


@dataclass
class _Started:
    """What exists only once the database is connected."""

    authenticator: Authenticator | None = None

    def get_authenticator(self) -> Authenticator:
        if self.authenticator is None:
            raise RuntimeError("the application was not started")
        return self.authenticator


def create_app(settings: Settings) -> Starlette:
    """Return the application; its lifespan connects to the database and leaves it."""
    started = _Started()
    runner = OperationRunner(settings.operation_timeout_seconds)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, object]]:
        async with connected_documents(
            settings.mongodb_uri,
            data_dir=settings.data_dir,
            database_name=settings.database_name,
        ):
            started.authenticator = await Authenticator.load()
            try:
                async with serving_live_events() as live_events:
                    yield {ON_SHUTDOWN: live_events.end}
            finally:
                await runner.wait_for_unfinished()
                computing_process.stop()

    async def authenticate_upload(request: Request) -> EntityId:
        return await authenticate_editor(request, started.get_authenticator())

    endpoint = GraphQLEndpoint(
        schema=schema,
        authenticator=started.get_authenticator,
        public_url=settings.public_url if "public_url" in settings.model_fields_set else None,
        render_page=_page_renderer(settings) if settings.graphiql else None,
        offers_introspection=settings.introspection,
        points=PointsTable(settings.points_per_minute),
        capacity=Capacity(settings.max_concurrent_operations),
        runner=runner,
        documents=PersistedDocuments(_trusted_documents(settings)),
    )
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", lambda _: RedirectResponse("/graphql")),
            Route("/graphql", endpoint.serve, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", lambda socket: serve_socket(socket, endpoint)),
            Route("/livez", livez),
            Route("/readyz", readyz),
            *file_routes(authenticate=authenticate_upload),
            Mount("/graphiql", GraphiQLFiles()),
        ],
    )


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
    return create_app(load_settings())
