"""Whether the server lives, and whether it can serve."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.documents.driver import is_reachable


async def livez(_: Request) -> Response:
    """Answer as long as the event loop turns."""
    return JSONResponse({"status": "alive"})


async def readyz(_: Request) -> Response:
    """Answer 200 when the database can be reached within a second, else 503."""
    if await is_reachable(timeout_seconds=1):
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "the database cannot be reached"}, status_code=503)
