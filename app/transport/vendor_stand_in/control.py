"""Turning the knobs and looking inside, for tests and demonstrations."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route as HttpRoute

from app.transport.vendor_stand_in.knobs import JobTypeChange, Knobs
from app.transport.vendor_stand_in.page import bookings_page
from app.transport.vendor_stand_in.problems import invalid, not_found
from app.transport.vendor_stand_in.state import StandInState, without_tenant
from app.transport.vendor_stand_in.webhooks import WebhookSender


class BookingChange(BaseModel):
    """What the company's office does with a booking."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["New", "Converted", "Dismissed", "Accepted"]
    job_id: int | None = None
    dismissing_reason_id: int | None = None


class Control:
    """The endpoints of the stand-in's own."""

    def __init__(self, state: StandInState) -> None:
        self._state = state
        self._webhooks = WebhookSender()

    def routes(self) -> list[HttpRoute]:
        """Return the routes; none of them needs a credential."""
        return [
            HttpRoute("/", self.show_overview),
            HttpRoute("/knobs", self.show_knobs, methods=["GET"]),
            HttpRoute("/knobs", self.turn_knobs, methods=["PUT"]),
            HttpRoute("/reset", self.reset, methods=["POST"]),
            HttpRoute("/statistics", self.show_statistics),
            HttpRoute("/bookings", self.list_bookings),
            HttpRoute("/bookings/{id:int}", self.change_booking, methods=["PUT"]),
            HttpRoute("/attributions", self.list_attributions),
            HttpRoute("/job-types", self.change_job_type, methods=["PUT"]),
        ]

    async def show_overview(self, request: Request) -> Response:
        """Say what can be done; show the bookings to a browser."""
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(bookings_page(self._state.bookings))
        paths = [f"{'/'.join(sorted(route.methods or ()))} {route.path}" for route in self.routes()]
        return JSONResponse({"control": paths, "knobs": Knobs.model_json_schema()})

    async def show_knobs(self, _: Request) -> Response:
        """Show all knobs."""
        return JSONResponse(self._state.knobs.model_dump(mode="json"))

    async def turn_knobs(self, request: Request) -> Response:
        """Set all knobs; those not given go back to where they were at start."""
        try:
            self._state.turn(Knobs.model_validate_json(await request.body()))
        except ValidationError as error:
            return invalid(error)
        return await self.show_knobs(request)

    async def reset(self, _: Request) -> Response:
        """Forget everything."""
        self._webhooks.stop()
        self._state.reset()
        return Response(status_code=204)

    async def show_statistics(self, _: Request) -> Response:
        """Show what was counted."""
        return JSONResponse(self._state.statistics.as_json())

    async def list_bookings(self, _: Request) -> Response:
        """Show every booking of every tenant with its contacts, oldest first."""
        rows: list[dict[str, Any]] = [
            {**booking, "contacts": self._state.contacts[booking["id"]]}
            for booking in self._state.bookings
        ]
        return JSONResponse({"bookings": rows})

    async def change_booking(self, request: Request) -> Response:
        """Do with a booking what the company's office would, and tell it by webhook if set."""
        try:
            change = BookingChange.model_validate_json(await request.body())
        except ValidationError as error:
            return invalid(error)
        changes = {
            "status": change.status,
            "jobId": change.job_id,
            "dismissingReasonId": change.dismissing_reason_id,
        }
        booking = self._state.change_booking(request.path_params["id"], changes)
        if booking is None:
            return not_found()
        shown = without_tenant(booking)
        if self._state.knobs.webhook is not None:
            self._webhooks.tell_booking_updated(self._state.knobs.webhook, shown)
        return JSONResponse(shown)

    async def list_attributions(self, _: Request) -> Response:
        """Show every attribution."""
        return JSONResponse({"attributions": self._state.attributions})

    async def change_job_type(self, request: Request) -> Response:
        """Change, create or remove one job type."""
        try:
            change = JobTypeChange.model_validate_json(await request.body())
        except ValidationError as error:
            return invalid(error)
        self._state.change_job_type(change)
        return Response(status_code=204)
