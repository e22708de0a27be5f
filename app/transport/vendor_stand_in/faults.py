"""Choosing the calls that go wrong, and making them."""

import asyncio
from collections import Counter
from collections.abc import Callable

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.transport.vendor_stand_in.knobs import Fault, FaultKind, Route
from app.transport.vendor_stand_in.problems import problem

DROP_CONNECTION = "drop_connection"
"""The key of the connection's state under which the server leaves what drops it."""


class FaultPlan:
    """Which calls go wrong; counts the calls of each fault's route from when it was set."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults
        self._calls: Counter[int] = Counter()
        self._befallen: Counter[int] = Counter()

    def next_fault(self, route: Route) -> Fault | None:
        """Return the first fault that befalls this call."""
        chosen = None
        for index, fault in enumerate(self._faults):
            if fault.route not in {None, route}:
                continue
            turn = self._calls[index] % fault.every == fault.offset % fault.every
            self._calls[index] += 1
            is_spent = fault.remaining is not None and self._befallen[index] >= fault.remaining
            if chosen is None and turn and not is_spent:
                self._befallen[index] += 1
                chosen = fault
        return chosen


def misbehave(fault: Fault, proper: Response) -> Response:
    """Return what is answered in place of the proper response."""
    match fault.kind:
        case FaultKind.STATUS:
            return problem(fault.status, fault.title, errors=fault.errors, headers=fault.headers)
        case FaultKind.HTML:
            return HTMLResponse("<html><body><h1>We are down for maintenance</h1></body></html>")
        case FaultKind.EMPTY:
            return Response(status_code=200, media_type="application/json")
        case FaultKind.HALF_BODY:
            return BrokenOffResponse(bytes(proper.body))
        case FaultKind.DROP:
            return BrokenOffResponse(b"")
        case FaultKind.LATENCY:
            return proper


class BrokenOffResponse(Response):
    """Sends half of a body and drops the connection; with an empty body, not even a status."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.body:
            headers = [(b"content-type", b"application/json")]
            headers.append((b"content-length", str(len(self.body)).encode()))
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            half = bytes(self.body[: len(self.body) // 2])
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await asyncio.sleep(0.01)  # Aborting at once would take the half back.
        drop: Callable[[], None] = scope["state"][DROP_CONNECTION]
        drop()
        # The server must see the connection gone before we return, or it answers in our place.
        while (await receive())["type"] != "http.disconnect":
            pass


def unfinished_answer() -> Response:
    """Return the beginning of an answer, for faults that break it off before anything was done."""
    return JSONResponse({"page": 1, "pageSize": 50, "hasMore": False, "data": []})
