"""The vendor's error bodies: RFC 7807, with its own additions."""

import secrets
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse


def problem(
    status: int,
    title: str,
    *,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return an error answer."""
    return JSONResponse(
        {
            "type": f"https://httpstatuses.io/{status}",
            "title": title,
            "status": status,
            "traceId": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00",
            "errors": dict(errors or {}),
            "data": {},
        },
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def invalid(error: ValidationError) -> JSONResponse:
    """Return the 400 that names every bad field."""
    errors: dict[str, list[str]] = {}
    for each in error.errors():
        field = ".".join(
            to_camel(part) if isinstance(part, str) else str(part) for part in each["loc"]
        )
        errors.setdefault(field, []).append(each["msg"])
    return problem(400, "One or more validation errors occurred.", errors=errors)


def not_found() -> JSONResponse:
    """Return the 404 for anything that is not there."""
    return problem(404, "Not Found")
