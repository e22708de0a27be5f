"""The stand-in as an ASGI application."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

from app.transport.vendor_stand_in import operations
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT, StandInAccount
from app.transport.vendor_stand_in.control import Control
from app.transport.vendor_stand_in.gate import Action, guarded, with_faults
from app.transport.vendor_stand_in.job_types import DEMO_JOB_TYPES
from app.transport.vendor_stand_in.knobs import Route
from app.transport.vendor_stand_in.problems import not_found
from app.transport.vendor_stand_in.state import JsonRow, StandInState
from app.transport.vendor_stand_in.tokens import token_endpoint

TENANT = "/v2/tenant/{tenant:int}"

OPERATIONS: tuple[tuple[str, str, Route, Action], ...] = (
    ("GET", f"/jpm{TENANT}/job-types", Route.LIST_JOB_TYPES, operations.list_job_types),
    ("GET", f"/jpm{TENANT}/job-types/{{id:int}}", Route.GET_JOB_TYPE, operations.get_job_type),
    (
        "POST",
        f"/crm{TENANT}/booking-provider/{{provider:int}}/bookings",
        Route.CREATE_BOOKING,
        operations.create_booking,
    ),
    ("GET", f"/crm{TENANT}/bookings", Route.FIND_BOOKINGS, operations.find_bookings),
    (
        "GET",
        f"/crm{TENANT}/bookings/{{id:int}}/contacts",
        Route.LIST_CONTACTS,
        operations.list_contacts,
    ),
    ("POST", f"/dispatch{TENANT}/capacity", Route.CAPACITY, operations.capacity),
    (
        "POST",
        f"/marketingads{TENANT}/web-booking-attributions",
        Route.CREATE_ATTRIBUTION,
        operations.create_attribution,
    ),
)


def create_stand_in(
    *,
    accounts: Iterable[StandInAccount] = (DEMO_ACCOUNT,),
    job_types: Iterable[JsonRow] = DEMO_JOB_TYPES,
) -> Starlette:
    """Return the stand-in for both of the vendor's hosts; each has its own memory.

    Serve it with `serve_stand_in`: only then can it drop connections.
    """
    state = StandInState(accounts, job_types)
    token = with_faults(state, Route.TOKEN, token_endpoint(state))
    return Starlette(
        routes=[
            HttpRoute("/connect/token", token, methods=["POST"]),
            *(
                HttpRoute(path, guarded(state, route, action), methods=[method])
                for method, path, route, action in OPERATIONS
            ),
            *Control(state).routes(),
        ],
        exception_handlers={404: _answer_not_found},
    )


async def _answer_not_found(_: Request, __: Exception) -> Response:
    return not_found()
