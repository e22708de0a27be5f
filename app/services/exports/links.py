"""Links that open one export for a short time, signed, without anything being stored."""

from datetime import datetime, timedelta

from pydantic import ValidationError

from app.domain.access import OrganizationCredential
from app.domain.analytics.exports import AnalyticsExportFormat, ExportLink, ExportRequest
from app.services.cursors import CursorCodec, InvalidCursor

LINK_LIFETIME = timedelta(minutes=10)
"""For the beginning of a download; one that has begun may take longer."""

PATH = "/exports"
LINK_PARAMETER = "link"


MAX_TOKEN_LENGTH = 2_000
"""In characters; a codec reads no longer ones."""


class LinkTooLong(Exception):
    """What is asked for has no room in a link."""


class LinkExpired(Exception):
    """The link was ours, but its time is over."""


class InvalidLink(Exception):
    """The link was not made by us, or not for this file."""


def file_name(request: ExportRequest, format_: AnalyticsExportFormat) -> str:
    """Return the name of the file in its address."""
    return f"{request.kind.file_stem}.{format_}"


def make_link(
    request: ExportRequest, *, credential: OrganizationCredential, now: datetime
) -> ExportLink:
    """Return what opens the export from now on for `LINK_LIFETIME`.

    Links can be read by whoever has them, so that nobody is named in one.
    """
    nobody = credential.model_copy(update={"api_key_name": None, "member_name": None})
    return ExportLink(request=request, credential=nobody, expires_at=now + LINK_LIFETIME)


def link_path(link: ExportLink, format_: AnalyticsExportFormat, *, codec: CursorCodec) -> str:
    """Return path and query at which the file is served; raises LinkTooLong."""
    name = file_name(link.request, format_)
    token = codec.encode([link.model_dump_json(exclude_defaults=True)], binding=_binding(name))
    if len(token) > MAX_TOKEN_LENGTH:
        raise LinkTooLong
    return f"{PATH}/{name}?{LINK_PARAMETER}={token}"


def open_link(token: str, *, name: str, codec: CursorCodec, now: datetime) -> ExportLink:
    """Return what a link to the file `name` opens; raises InvalidLink, LinkExpired."""
    try:
        [content] = codec.decode(token, binding=_binding(name))
        link = ExportLink.model_validate_json(content)
    except (InvalidCursor, ValidationError) as error:
        raise InvalidLink from error
    if now >= link.expires_at:
        raise LinkExpired
    return link


def _binding(name: str) -> list[str]:
    return ["export", name]
