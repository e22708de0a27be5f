"""Reading the document of a flow, which anybody may have written."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson

from app.domain.booking_flow.portable import (
    MAX_DOCUMENT_BYTES,
    MAX_LOGO_CHARACTERS,
    find_key_problems,
)
from app.domain.files import FileProblem
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import refuse
from app.services.files import check_file
from app.services.flow_commands import FlowImport
from app.services.given import read

DOCUMENT = "document"


async def read_import(document: Any, *, title: str | None) -> FlowImport:
    """Return what is to be imported, given as JSON text or as its value.

    Raises Refused with every problem: TOO_LONG above 20 MiB, INVALID, NOT_FOUND and DUPLICATE for
    keys, whatever else is wrong with a part of the document, its logo or the title.
    """
    # A document of many megabytes takes long enough to read to be felt by other requests.
    value = await asyncio.to_thread(_parse, document)
    given = await asyncio.to_thread(read, FlowImport, {DOCUMENT: value, "title": title})
    whole = value if isinstance(value, Mapping) else {}
    problems = [*find_key_problems(whole), *await _find_logo_problems(whole)]
    return given.accept(problem.under((DOCUMENT,)) for problem in problems)


def _parse(document: Any) -> Any:
    is_text = isinstance(document, str | bytes)
    try:
        text = document if is_text else orjson.dumps(document)
        size = len(text.encode() if isinstance(text, str) else text)
        if size <= MAX_DOCUMENT_BYTES:
            return orjson.loads(text) if is_text else document
    # What cannot be written as JSON is a TypeError: numbers beyond 64 bits, nesting without end.
    except (TypeError, ValueError) as error:
        raise refuse(ProblemCode.INVALID, "is not JSON", DOCUMENT) from error
    raise refuse(ProblemCode.TOO_LONG, f"is larger than {MAX_DOCUMENT_BYTES} bytes", DOCUMENT)


async def _find_logo_problems(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    kit = document.get("brand_kit")
    logo = kit.get("logo_base64") if isinstance(kit, Mapping) else None
    if not isinstance(logo, str) or len(logo) > MAX_LOGO_CHARACTERS:
        return ()
    try:
        checked = await check_file(base64.b64decode(logo, validate=True))
    except (binascii.Error, ValueError):
        message = "is not base64"
    else:
        if not isinstance(checked, FileProblem):
            return ()
        message = checked.message
    path = ("brand_kit", "logo_base64")
    return (Problem(code=ProblemCode.INVALID, message=message, path=path),)
