"""Creating booking flows, and editing their content and steps."""

import asyncio
from collections.abc import Sequence

from pydantic import ValidationError

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.driver import new_id
from app.domain.audit import AuditedEntity
from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.booking_flow.patterns import find_pattern_problems
from app.domain.booking_flow.steps import (
    STEP_ADAPTER,
    BookingFlowStep,
    with_id,
)
from app.domain.content import ContentConfig
from app.domain.problems import ProblemPath
from app.domain.refusal import Refused, problems_of
from app.services.audit import record_change
from app.services.authoring import Author, refuse_if
from app.services.flow_commands import (
    BookingFlowPatch,
    FlowCopy,
    NewStep,
    StepOrder,
    StepPatch,
    StepReference,
)
from app.services.flow_drafts import (
    Draft,
    find_booking_flow,
    load_draft,
    load_draft_of_step,
    read_draft,
    refuse_oversized,
    save_draft,
    step_path,
    to_document,
)
from app.services.step_checks import (
    TEXT_CHECKS,
    find_changed_types,
    find_misplacement,
    find_order_problems,
    find_patterns_problems,
    find_problems_of_step,
    find_repeated_ids,
    find_unknown_ids,
    not_found,
    wrong_type,
)

MAX_TITLE_LENGTH = 200


async def create_booking_flow(content: BookingFlowContent, *, author: Author) -> BookingFlow:
    """Store a draft with its steps and return it.

    The draft may have problems; they are found when it is read and forbid publishing it. Raises
    Refused: NOT_FOUND for a step that claims to exist, INVALID for a pattern that is not RE2,
    TOO_LONG for a step larger than can be stored.
    """
    refuse_if([*find_unknown_ids(content.steps, known=()), *find_patterns_problems(content.steps)])
    steps = [with_id(step, new_id()) for step in content.steps]
    draft = await insert_draft(content.content, steps, author=author, mutation="createBookingFlow")
    return draft.flow


async def insert_draft(
    content: ContentConfig, steps: Sequence[BookingFlowStep], *, author: Author, mutation: str
) -> Draft:
    """Store a new flow whose steps have new ids, the steps first, and return it.

    Raises Refused with TOO_LONG for a step larger than can be stored.
    """
    flow = BookingFlow(**author.ownership(), content=content, steps=[step.id for step in steps])
    documents = [
        to_document(step, document_id=step.id, flow_id=flow.id, author=author) for step in steps
    ]
    await refuse_oversized(steps, documents, step_path)
    draft = Draft(flow, tuple(documents), tuple(steps))
    async with record_change(
        author=author,
        mutation=mutation,
        entity_type=AuditedEntity.BOOKING_FLOW,
        entity_id=flow.id,
        before=None,
    ) as change:
        if documents:
            await BookingFlowStepDocument.insert_many(documents)
        await flow.insert()
        change.after = draft.snapshot()
    return draft


async def duplicate_booking_flow(copy: FlowCopy, *, author: Author) -> BookingFlow:
    """Store a new draft with the content and steps of another's, and return it.

    The steps have ids of their own. Raises Refused with NOT_FOUND.
    """
    flow = await find_booking_flow(author.organization_id, copy.id)
    if flow is None:
        raise Refused([not_found("id")])
    original = await read_draft(flow)
    title = copy.title or shorten_title(flow.content.title, " (copy)")
    draft = await insert_draft(
        flow.content.model_copy(update={"title": title}),
        [with_id(step, new_id()) for step in original.steps],
        author=author,
        mutation="duplicateBookingFlow",
    )
    return draft.flow


def shorten_title(title: str, suffix: str) -> str:
    """Return the title with the suffix, cut so that the whole is a title."""
    return f"{title[: MAX_TITLE_LENGTH - len(suffix)]}{suffix}"


async def update_booking_flow(patch: BookingFlowPatch, *, author: Author) -> BookingFlow:
    """Write what the patch gives and return the flow.

    Steps replace all steps: those with the id of a step of the draft take its place, others are
    new, and steps left out are removed. Raises Refused: NOT_FOUND, CONFLICT, INVALID, DUPLICATE,
    TOO_LONG.
    """
    draft = await load_draft(
        author.organization_id, patch.id, expected_version=patch.expected_version
    )
    steps = None
    if patch.steps is not None:
        stored = {document.step_id: document.step_type for document in draft.documents}
        refuse_if(
            [
                *find_unknown_ids(patch.steps, known=stored),
                *find_repeated_ids(patch.steps),
                *find_changed_types(patch.steps, stored),
                *find_patterns_problems(patch.steps),
            ]
        )
        steps = [with_id(step, step.id or new_id()) for step in patch.steps]
    saved = await save_draft(
        draft, author=author, mutation="updateBookingFlow", content=patch.content, steps=steps
    )
    return saved.flow


async def add_step(command: NewStep, *, author: Author) -> tuple[BookingFlow, BookingFlowStep]:
    """Add a step to a draft; return the flow and the step.

    Raises Refused: NOT_FOUND, CONFLICT, INVALID, OUT_OF_RANGE for a position beyond the end, and
    TOO_LONG for a flow that has its most steps.
    """
    draft = await load_draft(
        author.organization_id,
        command.booking_flow_id,
        expected_version=command.expected_version,
        path=("booking_flow_id",),
    )
    refuse_if(
        [
            *(p.under(("step",)) for p in find_problems_of_step(command.step)),
            *find_misplacement(command, len(draft.documents)),
        ]
    )
    steps = list(draft.steps)
    position = len(steps) if command.position is None else command.position
    step = with_id(command.step, new_id())
    steps.insert(position, step)
    saved = await save_draft(
        draft,
        author=author,
        mutation="addBookingFlowStep",
        steps=steps,
        path_of_step=lambda _: ("step", "type_config"),
    )
    return saved.flow, step


async def remove_step(reference: StepReference, *, author: Author) -> BookingFlow:
    """Remove a step from its draft and return the flow; raises Refused: NOT_FOUND, CONFLICT."""
    draft = await load_draft_of_step(
        author.organization_id, reference.step_id, expected_version=reference.expected_version
    )
    steps = [step for step in draft.steps if step.id != reference.step_id]
    saved = await save_draft(draft, author=author, mutation="removeBookingFlowStep", steps=steps)
    return saved.flow


async def reorder_steps(order: StepOrder, *, author: Author) -> BookingFlow:
    """Put the steps of a draft into another order and return the flow.

    Raises Refused: NOT_FOUND, CONFLICT, DUPLICATE, and REQUIRED when a step is left out.
    """
    draft = await load_draft(
        author.organization_id, order.id, expected_version=order.expected_version
    )
    steps = {step.id: step for step in draft.steps}
    refuse_if(find_order_problems(order.step_ids, known=set(steps)))
    saved = await save_draft(
        draft,
        author=author,
        mutation="reorderBookingFlowSteps",
        steps=[steps[step_id] for step_id in order.step_ids],
    )
    return saved.flow


async def update_step(patch: StepPatch, *, author: Author) -> tuple[BookingFlow, BookingFlowStep]:
    """Write what the patch gives over a step; return the flow and the step.

    Raises Refused: NOT_FOUND, CONFLICT, INVALID and whatever is wrong with the configuration.
    """
    draft = await load_draft_of_step(
        author.organization_id,
        patch.id,
        expected_version=patch.expected_version,
        path=("id",),
    )
    stored = next(step for step in draft.steps if step.id == patch.id)
    step = await asyncio.to_thread(_patched, stored, patch)
    flow = await edit_step(draft, step, author=author, mutation="updateBookingFlowStep")
    return flow, step


def _patched(stored: BookingFlowStep, patch: StepPatch) -> BookingFlowStep:
    plain = dict(stored)
    if patch.step_config is not None:
        plain["step_config"] = patch.step_config
    if patch.type_config is not None:
        if patch.type_config.step_type is not stored.step_type:
            raise Refused([wrong_type("type_config")])
        plain["type_config"] = dict(patch.type_config)
    try:
        return STEP_ADAPTER.validate_python(plain)
    except ValidationError as error:
        raise Refused(problems_of(error)) from error


async def edit_step(
    draft: Draft,
    step: BookingFlowStep,
    *,
    author: Author,
    mutation: str,
    config_path: ProblemPath = ("type_config",),
) -> BookingFlow:
    """Put `step` in the place of the step of its id and return the flow.

    Raises Refused: CONFLICT, TOO_LONG, and INVALID for a pattern that is not RE2 syntax.
    """
    refuse_if(find_pattern_problems(step, text_checks=TEXT_CHECKS))
    steps = [step if each.id == step.id else each for each in draft.steps]
    saved = await save_draft(
        draft,
        author=author,
        mutation=mutation,
        steps=steps,
        path_of_step=lambda _: config_path,
    )
    return saved.flow
