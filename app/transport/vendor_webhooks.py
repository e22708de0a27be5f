"""`POST /vendor/webhooks/{account}`: where the vendor tells that a booking has changed."""

from datetime import UTC, datetime

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.documents.driver import UNAVAILABLE_ERRORS
from app.services.vendor.webhooks import Delivery, Receipt, receive, webhook_path

MAX_BODY_BYTES = 256 * 1024

_STATUS = {
    Receipt.TAKEN: 204,
    Receipt.REPEATED: 204,
    Receipt.NOT_BELIEVED: 401,
    Receipt.NOT_UNDERSTOOD: 400,
}


def vendor_webhook_routes(*, signature_header: str) -> list[Route]:
    """Return the route; any answer but 2xx makes the vendor deliver again.

    401 says that the signature is not that of the account, or that there is no such account.
    """

    async def take(request: Request) -> Response:
        try:
            body = await _read_body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        delivery = Delivery(
            account_id=request.path_params["account_id"], headers=request.headers, body=body
        )
        try:
            receipt = await receive(
                delivery, signature_header=signature_header, now=datetime.now(UTC)
            )
        except UNAVAILABLE_ERRORS:
            return Response(status_code=503)
        return Response(status_code=_STATUS[receipt])

    return [Route(webhook_path("{account_id}"), take, methods=["POST"])]


async def _read_body(request: Request) -> bytes | None:
    """Return the body, or None as soon as it is known to be too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)
