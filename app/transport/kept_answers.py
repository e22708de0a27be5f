"""Turning answers kept in encoded form into HTTP responses that caches may keep."""

from starlette.requests import Request
from starlette.responses import Response

from app.api.widget_boot.answers import BootAnswer
from app.transport.graphql_answers import to_json


def answer_kept(
    kept: BootAnswer, request: Request, *, cost: dict[str, int], media_type: str
) -> Response:
    """Return the response; to a GET that names the entity tag, only that nothing changed.

    The tag is a weak one: it stands for the data, not for the balance of points beside it.
    """
    headers = {"Content-Type": f"{media_type}; charset=utf-8"}
    if request.method == "GET":
        headers |= {
            "Cache-Control": "public, no-cache",
            "ETag": kept.etag,
            "Vary": "Accept, Authorization",
        }
        if _names(request.headers.get("if-none-match", ""), kept.etag):
            return Response(status_code=304, headers=headers)
    body = b'{"data":%b,"extensions":{"cost":%b}}' % (kept.data, to_json(cost))
    return Response(body, headers=headers)


def _names(if_none_match: str, etag: str) -> bool:
    """Return whether a list of entity tags has this one, compared weakly (RFC 9110, 13.1.2)."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags
