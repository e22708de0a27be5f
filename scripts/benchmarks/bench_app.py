"""The application with one more route: static JSON of any size, as the ceiling of the stack."""

from functools import lru_cache

from cachetools import LRUCache
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.main import create_app_from_environment
from app.services.booking_sessions import event_log, history


@lru_cache
def _json_of(size: int) -> bytes:
    return b'{"data":"' + b"x" * (size - len('{"data":""}')) + b'"}'


async def static(request: Request) -> Response:
    return Response(_json_of(int(request.query_params["size"])), media_type="application/json")


def create_app() -> Starlette:
    app = create_app_from_environment()
    app.router.routes.append(Route("/static", static))
    return app


class _KeepsNothing(LRUCache[tuple[str, str], history.SessionHistory]):
    def __setitem__(self, *_: object) -> None:
        return


def create_ungrouped_app() -> Starlette:
    """Return the same with every request reading its session and writing by itself."""
    event_log.MAX_EVENTS_PER_GROUP = 1
    history._kept = _KeepsNothing(maxsize=1)
    return create_app()
