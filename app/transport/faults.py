"""What a client reads when a request outside of GraphQL cannot be answered."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ExceptionHandler

from app.api.errors import ErrorCode
from app.documents.driver import UNAVAILABLE_ERRORS
from app.transport.request_ids import REQUEST_ID_HEADER, request_id_of


def fault_handlers() -> dict[type[Exception], ExceptionHandler]:
    """Return Starlette's handlers; what is a fault of ours is also raised on, and so logged."""
    handlers: dict[type[Exception], ExceptionHandler] = {Exception: _answer_fault}
    return handlers | dict.fromkeys(UNAVAILABLE_ERRORS, _answer_unavailable)


async def _answer_unavailable(_: Request, __: Exception) -> Response:
    message = "The service is out of reach for a moment; try again."
    extensions = {"code": ErrorCode.UNAVAILABLE.value, "retryAfterMs": 1_000}
    return JSONResponse(
        {"errors": [{"message": message, "extensions": extensions}]},
        status_code=503,
        headers={"Retry-After": "1"},
    )


async def _answer_fault(request: Request, _: Exception) -> Response:
    request_id = request_id_of(request)
    message = "Something went wrong on our side."
    extensions = {"code": ErrorCode.INTERNAL.value, "requestId": request_id}
    return JSONResponse(
        {"errors": [{"message": message, "extensions": extensions}]},
        status_code=500,
        # Nothing else is asked any more by now, not even what names requests.
        headers={REQUEST_ID_HEADER: request_id},
    )
