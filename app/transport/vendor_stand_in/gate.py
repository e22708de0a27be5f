"""What every call passes before it is carried out: faults, limits, token, key, scope, tenant."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from app.transport.vendor_stand_in.accounts import StandInAccount
from app.transport.vendor_stand_in.faults import misbehave, unfinished_answer
from app.transport.vendor_stand_in.knobs import MODULES, FaultKind, Route
from app.transport.vendor_stand_in.problems import not_found, problem
from app.transport.vendor_stand_in.state import StandInState

Action = Callable[[StandInState, StandInAccount, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

KEY_MISSING = "Application key not present, check ST-App-Key header value."


def guarded(state: StandInState, route: Route, action: Action) -> Endpoint:
    """Return the endpoint of an operation that needs a token."""

    async def admit(request: Request) -> Response:
        found = find_caller(state, request, route)
        return found if isinstance(found, Response) else await action(state, found, request)

    return with_faults(state, route, admit)


def with_faults(state: StandInState, route: Route, carry_out: Endpoint) -> Endpoint:
    """Return the endpoint that counts each call and lets it go wrong as the knobs say."""

    async def endpoint(request: Request) -> Response:
        now = time.monotonic()
        state.statistics.count(route, at=now)
        if not _is_within_limit(state, route, request, at=now):
            headers = {"Retry-After": str(state.knobs.retry_after_seconds)}
            return problem(429, "Too many requests.", headers=headers)
        fault = state.faults.next_fault(route)
        await asyncio.sleep(state.knobs.latency_seconds)
        if fault is None:
            return await carry_out(request)
        if fault.kind is FaultKind.LATENCY and not fault.commits:
            await asyncio.sleep(fault.seconds)
            return await carry_out(request)
        proper = await carry_out(request) if fault.commits else unfinished_answer()
        await asyncio.sleep(fault.seconds)
        return misbehave(fault, proper)

    return endpoint


def _is_within_limit(state: StandInState, route: Route, request: Request, *, at: float) -> bool:
    """Tell whether the application may call for the tenant now.

    Tokens are given by another host, which is not known to limit calls.
    """
    if route is Route.TOKEN:
        return True
    caller = f"{request.path_params['tenant']} {request.headers.get('ST-App-Key')}"
    return state.statistics.admit(caller, at=at, limit=state.knobs.calls_per_second)


def find_caller(state: StandInState, request: Request, route: Route) -> StandInAccount | Response:
    """Return the tenant a call is made for, or the vendor's refusal."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    issued = state.tokens.get(token)
    if issued is None or issued.expires_at <= time.monotonic():
        return problem(401, "Unauthorized")
    if request.headers.get("ST-App-Key") != issued.account.app_key:
        return problem(401, KEY_MISSING)
    if MODULES[route] in state.knobs.missing_scopes:
        return problem(403, "Forbidden")
    if request.path_params["tenant"] != issued.account.tenant_id:
        return not_found()
    return issued.account
