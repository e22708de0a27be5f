"""Reading a flow out of a self-contained document into an organization.

What the organization already has is used again: a category of the same title, a service of the same
title and job type, a question of the same unique name and content, a kit of the same name. The rest
is stored with the flow in one transaction.
"""

import asyncio
from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.driver import BulkWriteError, DuplicateKeyError, new_id
from app.documents.together import TooMuchAtOnce, insert_together
from app.domain.audit import AuditedEntity
from app.domain.booking_flow.portable import rename_steps
from app.domain.booking_flow.steps import with_id
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.services.audit import record_change
from app.services.authoring import Author
from app.services.flow_drafts import Draft, refuse_oversized, to_document
from app.services.portability.matching import ImportReport, match_content
from app.services.portability.reading import DOCUMENT, read_import


async def import_booking_flow(
    document: Any, *, title: str | None, author: Author
) -> tuple[BookingFlow, ImportReport]:
    """Store the flow of a document, given as JSON text or as its value, as a new draft.

    Returns it and what became of the rest of the document. All or nothing is stored. Raises Refused
    with every problem `read_import` finds, with TOO_LONG for more than can be stored at once, and
    with CONFLICT when the organization's content changed meanwhile.
    """
    command = await read_import(document, title=title)
    portable, content = command.document, command.document.content
    if command.title is not None:
        content = content.model_copy(update={"title": command.title})
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
