"""Which pages of other sites may read an answer: CORS, by the key or token of each request.

https://fetch.spec.whatwg.org/#http-cors-protocol. There are no cookies, so credentials are never
allowed. A preflight names no key; it is answered for every origin that some config allows, and the
answer to the request itself can be read only where its own key or token works.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.limits.points import Account, PointsTable
from app.domain.access import Anonymous, Credential
from app.services.origins import AllowedOrigins
from app.transport.callers import caller_of, network_of

ALLOWED_HEADERS = (
    "authorization, content-type, x-organization, x-request-id, traceparent, tracestate"
)
EXPOSED_HEADERS = "Content-Disposition, Retry-After, X-As-Of, X-Request-Id"
PREFLIGHT_SECONDS = 600
PREFLIGHT_PRICE = 100
"""Points of the client's address: a preflight may cost a look into the database."""

_CREDENTIAL = "scheduler.credential"
_WITHHELD = "scheduler.withheld"


def note_credential(connection: HTTPConnection, credential: Credential) -> None:
    """Remember who asks, for the decision who may read the answer."""
    connection.scope[_CREDENTIAL] = credential


def withhold_answer(connection: HTTPConnection) -> None:
    """Keep pages of other sites from reading the answer: a key it was asked with refused them."""
    connection.scope[_WITHHELD] = True


class CrossOriginAnswers:
    """Answers preflights, and marks the answers that the asking page may read."""

    def __init__(self, app: ASGIApp, *, origins: AllowedOrigins, points: PointsTable) -> None:
        self._app = app
        self._origins = origins
        self._points = points

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = read_origin(Headers(scope=scope))
        if scope["method"] == "OPTIONS":
            await (await self._answer_preflight(scope, origin))(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._mark(MutableHeaders(scope=message), scope, origin)
            await send(message)

        await self._app(scope, receive, send_marked)

    async def _mark(self, headers: MutableHeaders, scope: Scope, origin: str | None) -> None:
        headers.add_vary_header("Origin")
        if origin is None or scope.get(_WITHHELD, False):
            return
        if await self._origins.allow(scope.get(_CREDENTIAL, Anonymous()), origin):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS

    async def _answer_preflight(self, scope: Scope, origin: str | None) -> Response:
        headers = {"Vary": "Origin", "Allow": "GET, POST, OPTIONS"}
        if origin is None:
            return Response(status_code=204, headers=headers)
        account = Account(self._points, caller_of(Anonymous(), network_of(HTTPConnection(scope))))
        if not account.take(PREFLIGHT_PRICE).is_enough:
            return Response(status_code=429, headers={**headers, "Retry-After": "1"})
        if not await self._origins.allow(Anonymous(), origin):
            return Response(status_code=403, headers=headers)
        headers |= {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        }
        return Response(status_code=204, headers=headers)


def read_origin(headers: Headers) -> str | None:
    """Return the page's origin; `null`, which is nobody's, when several are claimed."""
    values = headers.getlist("origin")
    return values[0] if len(values) == 1 else ("null" if values else None)
