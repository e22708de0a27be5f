"""Reading a flow out of a self-contained document into an organization.

What the organization already has is used again: a category of the same title, a service of the same
title and job type, a question of the same unique name and content, a kit of the same name. The rest
is stored with the flow in one transaction.
"""

import asyncio
from typing import Any

import orjson
from pydantic import ValidationError

from app.documents.booking_flow import BookingFlow
from app.documents.driver import BulkWriteError, DuplicateKeyError, new_id
from app.documents.together import TooMuchAtOnce, insert_together
from app.domain.audit import AuditedEntity
from app.domain.booking_flow.patterns import find_pattern_problems
from app.domain.booking_flow.portable import (
    MAX_DOCUMENT_BYTES,
    PortableFlow,
    find_key_problems,
    rename_steps,
)
from app.domain.booking_flow.steps import with_id
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, problems_of, refuse
from app.services.audit import record_change
from app.services.authoring import Author, refuse_if
from app.services.flow_drafts import Draft, refuse_oversized, to_document
from app.services.portability.matching import ImportReport, match_content
from app.services.step_checks import TEXT_CHECKS

DOCUMENT = "document"


async def import_booking_flow(
    document: Any, *, title: str | None, author: Author
) -> tuple[BookingFlow, ImportReport]:
    """Store the flow of a document, given as JSON text or as its value, as a new draft.

    Returns it and what became of the rest of the document. All or nothing is stored. Raises Refused
    with every problem: TOO_LONG above 20 MiB, INVALID, NOT_FOUND and DUPLICATE for keys, and
    CONFLICT when the organization's content changed meanwhile.
    """
    portable = await asyncio.to_thread(read_document, document)
    content = portable.content
    if title is not None:
        content = content.model_copy(update={"title": title})
    matched = await match_content(portable, author=author)
    steps = await asyncio.to_thread(rename_steps, portable.steps, matched.names)
    stored = [with_id(step, new_id()) for step in steps]
    flow = BookingFlow(**author.ownership(), content=content, steps=[step.id for step in stored])
    documents = [
        to_document(step, document_id=step.id, flow_id=flow.id, author=author) for step in stored
    ]
    await refuse_oversized(
        stored, documents, lambda position: (DOCUMENT, "steps", position, "type_config")
    )
    draft = Draft(flow, tuple(documents), tuple(stored))
    async with record_change(
        author=author,
        mutation="importBookingFlow",
        entity_type=AuditedEntity.BOOKING_FLOW,
        entity_id=flow.id,
        before=None,
    ) as change:
        try:
            await insert_together([*matched.created, *documents, flow])
        except (BulkWriteError, DuplicateKeyError) as error:
            message = "the organization's content was changed meanwhile; try again"
            raise refuse(ProblemCode.CONFLICT, message, DOCUMENT) from error
        except TooMuchAtOnce as error:
            message = "brings more new content than can be stored at once"
            raise refuse(ProblemCode.TOO_LONG, message, DOCUMENT) from error
        change.after = {**draft.snapshot(), "created": list(matched.created)}
    return flow, matched.report


def read_document(document: Any) -> PortableFlow:
    """Return the flow of a document; raises Refused with every problem, at `document`."""
    size = len(document.encode() if isinstance(document, str) else orjson.dumps(document))
    if size > MAX_DOCUMENT_BYTES:
        raise refuse(ProblemCode.TOO_LONG, f"is larger than {MAX_DOCUMENT_BYTES} bytes", DOCUMENT)
    try:
        value = orjson.loads(document) if isinstance(document, str) else document
        portable = PortableFlow.model_validate(value)
    except orjson.JSONDecodeError as error:
        raise refuse(ProblemCode.INVALID, "is not JSON", DOCUMENT) from error
    except ValidationError as error:
        raise Refused(problem.under((DOCUMENT,)) for problem in problems_of(error)) from error
    refuse_if(
        problem.under((DOCUMENT,))
        for problem in (
            *find_key_problems(portable),
            *(
                problem.under(("steps", index))
                for index, step in enumerate(portable.steps)
                for problem in find_pattern_problems(step, text_checks=TEXT_CHECKS)
            ),
        )
    )
    return portable
