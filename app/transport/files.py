"""`POST /files` takes a logo, `GET /files/{id}` shows it to anyone, cacheable for ever."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.api.errors import ErrorCode, RequestError
from app.api.ids import EntityType, decode_id, encode_id
from app.domain.files import FileProblem, FileProblemCode, ImageType, StoredFileInfo
from app.domain.values import EntityId
from app.services.files import find_file, read_file, store_file
from app.transport.uploads import read_upload

Authenticate: TypeAlias = Callable[[Request], Awaitable[EntityId]]
"""Returns the organization whose editor or owner asks; raises `RequestError` for anyone else."""

PATH = "/files"

_STATUS_BY_ERROR = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.THROTTLED: 429,
    ErrorCode.TIMEOUT: 503,
    ErrorCode.UNAVAILABLE: 503,
}
_STATUS_BY_PROBLEM = {
    FileProblemCode.TOO_LARGE: 413,
    FileProblemCode.UNSUPPORTED_TYPE: 415,
    FileProblemCode.INVALID: 400,
    FileProblemCode.OUT_OF_RANGE: 400,
}
_EXTENSIONS = {
    ImageType.PNG: "png",
    ImageType.JPEG: "jpg",
    ImageType.WEBP: "webp",
    ImageType.SVG: "svg",
}
_ISOLATION = {
    # Were anything active left in an image, a browser that opens it would still not run it.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    ),
    "X-Content-Type-Options": "nosniff",
    # The widget shows logos on the pages of other sites.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}


def file_routes(
    *, authenticate: Authenticate, middleware: Sequence[Middleware] = ()
) -> list[Route]:
    """Return the routes that take files from callers who authenticate and serve them to all.

    `middleware` is around uploads only: the files themselves are for every page.
    """

    async def upload_file(request: Request) -> Response:
        try:
            organization_id = await authenticate(request)
        except RequestError as error:
            return _refuse_caller(error)
        return await _upload(request, organization_id)

    return [
        Route(PATH, upload_file, methods=["POST", "OPTIONS"], middleware=middleware),
        Route(f"{PATH}/{{file_id}}", serve_file, methods=["GET"]),
    ]


def file_path(file_id: EntityId) -> str:
    """Return the path at which the file is served."""
    return f"{PATH}/{encode_id(EntityType.FILE, file_id)}"


async def serve_file(request: Request) -> Response:
    """Answer with the file, or only its headers when the client has it or asks by HEAD."""
    file_id = decode_id(EntityType.FILE, request.path_params["file_id"])
    info = None if file_id is None else await find_file(file_id)
    if info is None:
        return _error(404, "NOT_FOUND", "there is no such file", {"Cache-Control": "no-store"})
    headers = _headers(info)
    if _has_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        headers["Content-Length"] = str(info.byte_size)
        return Response(headers=headers, media_type=info.content_type)
    return Response(await read_file(info.id), headers=headers, media_type=info.content_type)


async def _upload(request: Request, organization_id: EntityId) -> Response:
    try:
        content = await read_upload(request)
    except ClientDisconnect:
        return _error(400, FileProblemCode.INVALID, "the upload ended early")
    if isinstance(content, FileProblem):
        return _refuse_file(content)
    stored = await store_file(content, organization_id=organization_id)
    if isinstance(stored, FileProblem):
        return _refuse_file(stored)
    return JSONResponse({"fileId": encode_id(EntityType.FILE, stored.id)}, status_code=201)


def _headers(info: StoredFileInfo) -> dict[str, str]:
    return {
        **_ISOLATION,
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": f'"{info.sha256}"',
        "Content-Disposition": f'inline; filename="{info.id}.{_EXTENSIONS[info.content_type]}"',
    }


def _has_current(request: Request, etag: str) -> bool:
    """Tell whether `If-None-Match` names the file, weakly compared (RFC 9110, 13.1.2)."""
    tags = request.headers.get("if-none-match", "").split(",")
    return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in tags)


def _refuse_caller(error: RequestError) -> Response:
    code = ErrorCode((error.extensions or {})["code"])
    headers = {"WWW-Authenticate": "Bearer"} if code is ErrorCode.UNAUTHENTICATED else {}
    return _error(_STATUS_BY_ERROR.get(code, 400), code, error.message, headers)


def _refuse_file(problem: FileProblem) -> Response:
    # The rest of a body that is too large is not read, so the connection cannot be used again.
    headers = {"Connection": "close"} if problem.code is FileProblemCode.TOO_LARGE else {}
    return _error(_STATUS_BY_PROBLEM[problem.code], problem.code, problem.message, headers)


def _error(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    body = {"errors": [{"message": message, "extensions": {"code": str(code)}}]}
    return JSONResponse(body, status_code=status, headers=headers)
