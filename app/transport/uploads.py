"""Reads the one file of an upload within bounds, as a raw body or as a form."""

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from app.domain.files import MAX_FILE_BYTES, FileProblem, FileProblemCode

_MAX_FORM_OVERHEAD_BYTES = 16_384
"""What the boundaries and headers of a form with one part may add to the file."""


async def read_upload(request: Request) -> bytes | FileProblem:
    """Return the bytes of the uploaded file, reading no more of the request than is allowed.

    A body of type `multipart/form-data` holds exactly one part, a file; any other body is the file.
    Raises `ClientDisconnect` when the body ends early.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        return await _read_body(request, max_bytes=MAX_FILE_BYTES)
    body = await _read_body(request, max_bytes=MAX_FILE_BYTES + _MAX_FORM_OVERHEAD_BYTES)
    return body if isinstance(body, FileProblem) else await _read_form(request, body)


async def _read_body(request: Request, *, max_bytes: int) -> bytes | FileProblem:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (
        len(announced) > len(str(max_bytes)) or int(announced) > max_bytes
    ):
        return _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            return _too_large()
    return bytes(body)


async def _read_form(request: Request, body: bytes) -> bytes | FileProblem:
    try:
        form = await MultiPartParser(
            request.headers, _once(body), max_files=1, max_fields=0
        ).parse()
    except MultiPartException as error:
        return _malformed(f"the form cannot be read: {error.message}")
    match form.multi_items():
        case [(_, UploadFile() as upload)]:
            content = await upload.read()
            await upload.close()
        case _:
            return _malformed("the form must hold exactly one part, a file")
    return _too_large() if len(content) > MAX_FILE_BYTES else content


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _too_large() -> FileProblem:
    return FileProblem(
        code=FileProblemCode.TOO_LARGE, message=f"the file is larger than {MAX_FILE_BYTES} bytes"
    )


def _malformed(message: str) -> FileProblem:
    return FileProblem(code=FileProblemCode.INVALID, message=message)
