"""The vendor's operations."""

from datetime import UTC, datetime, time, timedelta

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.transport.vendor_stand_in.accounts import StandInAccount
from app.transport.vendor_stand_in.bodies import AttributionBody, BookingBody, CapacityBody
from app.transport.vendor_stand_in.paging import ListQuery
from app.transport.vendor_stand_in.problems import invalid, not_found, problem
from app.transport.vendor_stand_in.state import JsonRow, StandInState, without_tenant

WINDOW_HOURS = ((8, 12), (12, 16), (16, 20))
MAX_CAPACITY_DAYS = 60


async def list_job_types(state: StandInState, _: StandInAccount, request: Request) -> Response:
    """Answer with a page of job types; only the active ones unless asked otherwise."""
    try:
        query = ListQuery.read(request)
    except ValidationError as error:
        return invalid(error)
    active = request.query_params.get("active", "True").lower()
    if active not in {"true", "false", "any"}:
        return problem(400, "Bad Request", errors={"active": ["must be True, Any or False"]})
    name = request.query_params.get("name", "").lower()
    rows = [
        dict(row)
        for row in query.select(state.ordered_job_types())
        if active in {"any", str(row["active"]).lower()} and name in row["name"].lower()
    ]
    page = query.paginate(rows, max_page_size=state.knobs.max_page_size)
    if page["hasMore"]:
        state.change_between_pages()
    return JSONResponse(page)


async def get_job_type(state: StandInState, _: StandInAccount, request: Request) -> Response:
    """Answer with one job type, active or not."""
    row = state.job_types.get(request.path_params["id"])
    return not_found() if row is None else JSONResponse(row)


async def create_booking(
    state: StandInState, account: StandInAccount, request: Request
) -> Response:
    """Store a booking; the same external id is accepted again unless a knob forbids it."""
    if request.path_params["provider"] != account.booking_provider_id:
        return not_found()
    try:
        body = BookingBody.model_validate_json(await request.body())
    except ValidationError as error:
        return invalid(error)
    if not state.knobs.are_duplicates_accepted and _of_tenant(
        state, account, external_id=body.external_id
    ):
        return problem(400, "Bad Request", errors={"externalId": ["is used already"]})
    stored = state.add_booking(account, body.model_dump(mode="json", by_alias=True))
    return JSONResponse(without_tenant(stored))


async def find_bookings(state: StandInState, account: StandInAccount, request: Request) -> Response:
    """Answer with a page of the tenant's bookings."""
    try:
        query = ListQuery.read(request)
    except ValidationError as error:
        return invalid(error)
    is_ignored = "externalId" in state.knobs.ignored_filters
    external_id = None if is_ignored else request.query_params.get("externalId")
    rows = query.select(_of_tenant(state, account, external_id=external_id))
    shown = [without_tenant(row) for row in rows]
    return JSONResponse(query.paginate(shown, max_page_size=state.knobs.max_page_size))


async def list_contacts(state: StandInState, account: StandInAccount, request: Request) -> Response:
    """Answer with a page of a booking's contacts."""
    booking_id = request.path_params["id"]
    if all(row["id"] != booking_id for row in _of_tenant(state, account, external_id=None)):
        return not_found()
    query = ListQuery(page=1)
    rows = state.contacts[booking_id]
    return JSONResponse(query.paginate(rows, max_page_size=state.knobs.max_page_size))


async def capacity(state: StandInState, _: StandInAccount, request: Request) -> Response:
    """Answer with three windows a day in UTC, or with none when the knob says so."""
    try:
        body = CapacityBody.model_validate_json(await request.body())
    except ValidationError as error:
        return invalid(error)
    windows = [] if state.knobs.is_capacity_empty else _windows(body)
    now = datetime.now(UTC).isoformat()
    return JSONResponse({"timeStamp": now, "availabilities": windows})


async def create_attribution(
    state: StandInState, account: StandInAccount, request: Request
) -> Response:
    """Store the attribution of a booking."""
    try:
        body = AttributionBody.model_validate_json(await request.body())
    except ValidationError as error:
        return invalid(error)
    bookings = _of_tenant(state, account, external_id=None)
    if all(row["id"] != body.booking_id for row in bookings):
        return problem(400, "Bad Request", errors={"bookingId": ["is no booking"]})
    stored = {"id": len(state.attributions) + 1, **body.model_dump(mode="json", by_alias=True)}
    state.attributions.append(stored)
    return JSONResponse(stored)


def _of_tenant(
    state: StandInState, account: StandInAccount, *, external_id: str | None
) -> list[JsonRow]:
    return [
        row
        for row in state.bookings
        if row["tenantId"] == account.tenant_id and external_id in {None, row["externalId"]}
    ]


def _windows(body: CapacityBody) -> list[JsonRow]:
    """Return the windows that lie wholly in the range asked about."""
    start, end = body.starts_on_or_after, body.ends_on_or_before
    days = min((end - start).days + 2, MAX_CAPACITY_DAYS)
    midnight = datetime.combine(start.astimezone(UTC).date(), time.min, UTC)
    windows = [
        (midnight + timedelta(days=day, hours=first), midnight + timedelta(days=day, hours=last))
        for day in range(days)
        for first, last in WINDOW_HOURS
    ]
    return [_window(*window) for window in windows if start <= window[0] and window[1] <= end]


def _window(start: datetime, end: datetime) -> JsonRow:
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "startUtc": start.isoformat().replace("+00:00", "Z"),
        "endUtc": end.isoformat().replace("+00:00", "Z"),
        "businessUnitIds": [],
        "totalAvailability": 8.0,
        "openAvailability": 6.0,
        "technicians": [{"id": 41, "name": "Dana Park", "status": "Available"}],
        "isAvailable": True,
        "isExceedingIdealBookingPercentage": False,
    }
