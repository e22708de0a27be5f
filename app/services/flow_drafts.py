"""Reading and writing the draft of a flow as a whole.

The flow document is the commit point: it names the step documents of its draft, which are never
changed, so an edit inserts the changed steps as new documents and becomes visible, all of it, with
the one write that swaps the names if the flow still has the version the editor saw. An edit that is
cut short or loses against another leaves documents no flow names; later edits let them expire, an
hour after their time, so that a reader who has just read the flow still finds its steps.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.driver import new_id
from app.domain.audit import AuditedEntity
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.booking_flow.steps import BookingFlowStep, ServiceSelectionStep
from app.domain.content import ContentConfig
from app.domain.problems import Problem, ProblemCode, ProblemPath
from app.domain.refusal import Refused
from app.domain.service_selection.graph import MAX_STORED_EDGES, MAX_STORED_NODES
from app.domain.values import EntityId
from app.services.audit import record_change
from app.services.authoring import Author, refuse_if


@dataclass(frozen=True)
class Draft:
    """A flow with its steps in order, and the documents that store them."""

    flow: BookingFlow
    documents: tuple[BookingFlowStepDocument, ...]
    steps: tuple[BookingFlowStep, ...]

    def snapshot(self) -> Mapping[str, Any]:
        """Return the draft as the audit keeps it."""
        return {"booking_flow": self.flow, "booking_flow_steps": list(self.documents)}


async def find_booking_flow(organization_id: EntityId, flow_id: EntityId) -> BookingFlow | None:
    """Return the flow unless it is deleted or another organization's."""
    flow = await BookingFlow.get_owned(organization_id, flow_id)
    return None if flow is None or flow.status is BookingFlowStatus.DELETED else flow


@dataclass(frozen=True)
class OpenedDraft:
    """What an editor finds under an id: a draft, if there is one, and what forbids the edit."""

    found: Draft | None
    problems: tuple[Problem, ...]

    @property
    def draft(self) -> Draft:
        """The draft; raises Refused where there is none."""
        if self.found is None:
            raise Refused(self.problems)
        return self.found

    def find_step(self, step_id: EntityId) -> BookingFlowStep | None:
        """Return the step of the draft."""
        steps = () if self.found is None else self.found.steps
        return next((step for step in steps if step.id == step_id), None)


async def open_draft(
    organization_id: EntityId,
    flow_id: EntityId,
    *,
    expected_version: int,
    path: ProblemPath = ("id",),
) -> OpenedDraft:
    """Return the draft of a flow that is not deleted, so that what is asked of it can be judged.

    The problem is NOT_FOUND at `path` without it, or CONFLICT when the flow has another version.
    """
    flow = await find_booking_flow(organization_id, flow_id)
    if flow is None:
        return OpenedDraft(None, (not_found(*path),))
    return OpenedDraft(await read_draft(flow), find_conflict(flow, expected_version))


async def open_draft_of_step(
    organization_id: EntityId,
    step_id: EntityId,
    *,
    expected_version: int,
    path: ProblemPath = ("step_id",),
) -> OpenedDraft:
    """Return the draft a step is part of, with the problems of `open_draft`, at `path`.

    The version is compared first: a step another editor has just removed is a CONFLICT.
    """
    flow_id = await BookingFlowStepDocument.find_flow_id(organization_id, step_id)
    opened = await open_draft(
        organization_id, flow_id or "", expected_version=expected_version, path=path
    )
    if opened.problems or opened.find_step(step_id) is not None:
        return opened
    return OpenedDraft(opened.found, (not_found(*path),))


async def read_draft(flow: BookingFlow) -> Draft:
    """Return the flow with its step documents."""
    documents = await BookingFlowStepDocument.list_owned(flow.organization_id, flow.steps)
    by_id = {document.id: document for document in documents}
    named = tuple(by_id[name] for name in flow.steps if name in by_id)
    # A graph of many megabytes takes long enough to read to be felt by other requests.
    steps = await asyncio.to_thread(lambda: tuple(document.to_step() for document in named))
    return Draft(flow, named, steps)


def find_conflict(flow: BookingFlow, expected_version: int | None) -> tuple[Problem, ...]:
    """Return a CONFLICT when the flow has another version than the one given."""
    if expected_version in (None, flow.version):
        return ()
    message = f"was changed meanwhile; its version is {flow.version}"
    return (Problem(code=ProblemCode.CONFLICT, message=message, path=("expected_version",)),)


def not_found(*path: str | int) -> Problem:
    """Return the problem of an id that names nothing the author may edit."""
    return Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=path)


def step_path(position: int) -> ProblemPath:
    """Return where in an input the configuration of a step of a list lies."""
    return ("steps", position, "type_config")


async def save_draft(
    draft: Draft,
    *,
    author: Author,
    mutation: str,
    content: ContentConfig | None = None,
    steps: Sequence[BookingFlowStep] | None = None,
    changes: Mapping[str, Any] | None = None,
    path_of_step: Callable[[int], ProblemPath] = step_path,
) -> Draft:
    """Write what is given over the draft, in one step for every reader, and return the new draft.

    `changes` are further fields of the flow document. Steps that are as they were keep their
    documents. Raises Refused: CONFLICT when another edit was faster, NOT_FOUND when the flow is
    gone, TOO_LONG for a step larger than the database can hold.
    """
    if steps is None:
        steps = draft.steps
    documents = await asyncio.to_thread(_to_documents, draft, steps, author)
    written = [document for document in documents if document.id not in draft.flow.steps]
    await refuse_oversized(steps, documents, path_of_step)
    fields: dict[str, Any] = {
        **(changes or {}),
        "steps": [document.id for document in documents],
    }
    if content is not None:
        fields["content"] = content.model_dump()
    async with record_change(
        author=author,
        mutation=mutation,
        entity_type=AuditedEntity.BOOKING_FLOW,
        entity_id=draft.flow.id,
        before=draft.snapshot(),
    ) as change:
        flow = await _commit(draft.flow, written, fields, author)
        saved = Draft(flow, tuple(documents), tuple(steps))
        change.after = saved.snapshot()
    await _supersede(draft, saved, author)
    return saved


async def _commit(
    flow: BookingFlow,
    written: Sequence[BookingFlowStepDocument],
    fields: Mapping[str, Any],
    author: Author,
) -> BookingFlow:
    if written:
        await BookingFlowStepDocument.insert_many(list(written))
    saved = await BookingFlow.update_at_version(
        author.organization_id,
        flow.id,
        expected_version=flow.version,
        changes=fields,
        now=author.now,
    )
    if saved is not None:
        return saved
    if written:
        await BookingFlowStepDocument.find(
            {"_id": {"$in": [document.id for document in written]}}
        ).delete()
    raise await find_loss(flow)


async def find_loss(flow: BookingFlow) -> Refused:
    """Return why a write at the flow's version found nothing: CONFLICT, or NOT_FOUND."""
    latest = await BookingFlow.get_owned(flow.organization_id, flow.id)
    return Refused([not_found("id")] if latest is None else find_conflict(latest, flow.version))


async def refuse_oversized(
    steps: Sequence[BookingFlowStep],
    documents: Sequence[BookingFlowStepDocument],
    path_of_step: Callable[[int], ProblemPath],
) -> None:
    """Raise Refused with TOO_LONG for every step that is larger than can be stored."""

    def find() -> list[Problem]:
        pairs = zip(steps, documents, strict=True)
        return [
            Problem(code=ProblemCode.TOO_LONG, message=message, path=path_of_step(position))
            for position, (step, document) in enumerate(pairs)
            if (message := _find_excess(step, document)) is not None
        ]

    refuse_if(await asyncio.to_thread(find))


def _find_excess(step: BookingFlowStep, document: BookingFlowStepDocument) -> str | None:
    if isinstance(step, ServiceSelectionStep) and not step.type_config.is_storable:
        return f"a graph has at most {MAX_STORED_NODES} nodes and {MAX_STORED_EDGES} edges"
    return None if document.fits else "is larger than can be stored"


async def _supersede(before: Draft, after: Draft, author: Author) -> None:
    kept = set(after.flow.steps)
    await BookingFlowStepDocument.supersede(
        organization_id=after.flow.organization_id,
        booking_flow_id=after.flow.id,
        named=after.flow.steps,
        dropped=[name for name in before.flow.steps if name not in kept],
        now=author.now,
    )


def _to_documents(
    draft: Draft, steps: Sequence[BookingFlowStep], author: Author
) -> list[BookingFlowStepDocument]:
    stored = {
        step.id: (step, document)
        for step, document in zip(draft.steps, draft.documents, strict=True)
    }
    return [
        stored[step.id][1]
        if step.id in stored and stored[step.id][0] == step
        else to_document(step, document_id=new_id(), flow_id=draft.flow.id, author=author)
        for step in steps
    ]


def to_document(
    step: BookingFlowStep, *, document_id: EntityId, flow_id: EntityId, author: Author
) -> BookingFlowStepDocument:
    """Return the document of a step of the author's organization."""
    return BookingFlowStepDocument.from_step(
        step,
        document_id=document_id,
        organization_id=author.organization_id,
        booking_flow_id=flow_id,
        now=author.now,
    )
