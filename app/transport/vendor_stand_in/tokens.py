"""The authentication host: OAuth's client credentials grant."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.transport.vendor_stand_in.gate import Endpoint
from app.transport.vendor_stand_in.state import StandInState


def token_endpoint(state: StandInState) -> Endpoint:
    """Return what answers `POST /connect/token`."""

    async def issue(request: Request) -> Response:
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        if given.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, status_code=400)
        account = state.find_account(
            client_id=given.get("client_id", ""), client_secret=given.get("client_secret", "")
        )
        if account is None:
            return JSONResponse({"error": "invalid_client"}, status_code=400)
        answer = {
            "access_token": state.issue_token(account, at=time.monotonic()),
            "expires_in": state.knobs.token_lifetime_seconds,
            "token_type": "Bearer",
            "scope": "tn.jpm tn.crm tn.dispatch tn.marketingads",
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    return issue
