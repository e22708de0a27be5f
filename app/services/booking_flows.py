"""Creating booking flows, and editing their content and steps."""

from collections.abc import Sequence
from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.driver import new_id
from app.domain.audit import AuditedEntity
from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.booking_flow.steps import BookingFlowStep, with_id
from app.domain.content import ContentConfig
from app.domain.problems import ProblemPath
from app.domain.refusal import Refused
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
    OpenedDraft,
    find_booking_flow,
    not_found,
    open_draft,
    open_draft_of_step,
    read_draft,
    refuse_oversized,
    save_draft,
    step_path,
    to_document,
)
from app.services.given import Given, as_given
from app.services.step_checks import (
    find_changed_type,
    find_order_problems,
    find_wrong_addition,
    find_wrong_ids,
)

MAX_TITLE_LENGTH = 200


async def create_booking_flow(
    given: BookingFlowContent | Given[BookingFlowContent], *, author: Author
) -> BookingFlow:
    """Store a draft with its steps and return it.

    The draft may have problems; they are found when it is read and forbid publishing it. Raises
    Refused: whatever is wrong with the content, NOT_FOUND for a step that claims to exist, TOO_LONG
    for a step larger than can be stored.
    """
    given = as_given(given)
    content = given.accept(find_wrong_ids(given.plain.get("steps"), ()))
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


async def duplicate_booking_flow(
    given: FlowCopy | Given[FlowCopy], *, author: Author
) -> BookingFlow:
    """Store a new draft with the content and steps of another's, and return it.

    The steps have ids of their own. Raises Refused with NOT_FOUND and what is wrong with the title.
    """
    given = as_given(given)
    flow = await find_booking_flow(author.organization_id, given.plain["id"])
    copy = given.accept([not_found("id")] if flow is None else ())
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


async def update_booking_flow(
    given: BookingFlowPatch | Given[BookingFlowPatch], *, author: Author
) -> BookingFlow:
    """Write what the patch gives and return the flow.

    Steps replace all steps: those with the id of a step of the draft take its place, others are
    new, and steps left out are removed. Raises Refused: NOT_FOUND, CONFLICT, DUPLICATE, TOO_LONG,
    and whatever is wrong with what the patch gives.
    """
    given = as_given(given)
    opened = await _open(given, author)
    problems = list(opened.problems)
    if opened.found is not None:
        problems += find_wrong_ids(given.plain.get("steps"), opened.found.steps)
    patch = given.accept(problems)
    steps = None
    if patch.steps is not None:
        steps = [with_id(step, step.id or new_id()) for step in patch.steps]
    saved = await save_draft(
        opened.draft,
        author=author,
        mutation="updateBookingFlow",
        content=patch.content,
        steps=steps,
    )
    return saved.flow


async def add_step(
    given: NewStep | Given[NewStep], *, author: Author
) -> tuple[BookingFlow, BookingFlowStep]:
    """Add a step to a draft; return the flow and the step.

    Raises Refused: NOT_FOUND, CONFLICT, OUT_OF_RANGE for a position beyond the end, TOO_LONG for a
    flow that has its most steps, and whatever is wrong with the step.
    """
    given = as_given(given)
    opened = await _open(given, author, name="booking_flow_id")
    command = given.accept([*opened.problems, *find_wrong_addition(given.plain, opened)])
    steps = list(opened.draft.steps)
    position = len(steps) if command.position is None else command.position
    step = with_id(command.step, new_id())
    steps.insert(position, step)
    saved = await save_draft(
        opened.draft,
        author=author,
        mutation="addBookingFlowStep",
        steps=steps,
        path_of_step=lambda _: ("step", "type_config"),
    )
    return saved.flow, step


async def remove_step(reference: StepReference, *, author: Author) -> BookingFlow:
    """Remove a step from its draft and return the flow; raises Refused: NOT_FOUND, CONFLICT."""
    opened = await open_draft_of_step(
        author.organization_id, reference.step_id, expected_version=reference.expected_version
    )
    refuse_if(opened.problems)
    steps = [step for step in opened.draft.steps if step.id != reference.step_id]
    saved = await save_draft(
        opened.draft, author=author, mutation="removeBookingFlowStep", steps=steps
    )
    return saved.flow


async def reorder_steps(given: StepOrder | Given[StepOrder], *, author: Author) -> BookingFlow:
    """Put the steps of a draft into another order and return the flow.

    Raises Refused: NOT_FOUND, CONFLICT, DUPLICATE, and REQUIRED when a step is left out.
    """
    given = as_given(given)
    opened = await _open(given, author)
    problems = list(opened.problems)
    if opened.found is not None:
        known = {step.id for step in opened.found.steps}
        problems += find_order_problems(given.plain["step_ids"], known=known)
    order = given.accept(problems)
    steps = {step.id: step for step in opened.draft.steps}
    saved = await save_draft(
        opened.draft,
        author=author,
        mutation="reorderBookingFlowSteps",
        steps=[steps[step_id] for step_id in order.step_ids],
    )
    return saved.flow


async def update_step(
    given: Given[StepPatch], *, author: Author
) -> tuple[BookingFlow, BookingFlowStep]:
    """Write what the patch gives over a step; return the flow and the step.

    Raises Refused: NOT_FOUND, CONFLICT, INVALID for the configuration of another type, and whatever
    is wrong with the configuration.
    """
    opened = await open_draft_of_step(
        author.organization_id,
        given.plain["id"],
        expected_version=given.plain["expected_version"],
        path=("id",),
    )
    stored = opened.find_step(given.plain["id"])
    patch = given.accept([*opened.problems, *find_changed_type(given.plain, stored)])
    if stored is None:
        raise Refused(opened.problems)
    changes = {"step_config": patch.step_config, "type_config": patch.type_config}
    step = stored.model_copy(
        update={name: value for name, value in changes.items() if value is not None}
    )
    flow = await edit_step(opened.draft, step, author=author, mutation="updateBookingFlowStep")
    return flow, step


async def _open(given: Given[Any], author: Author, *, name: str = "id") -> OpenedDraft:
    return await open_draft(
        author.organization_id,
        given.plain[name],
        expected_version=given.plain["expected_version"],
        path=(name,),
    )


async def edit_step(
    draft: Draft,
    step: BookingFlowStep,
    *,
    author: Author,
    mutation: str,
    config_path: ProblemPath = ("type_config",),
) -> BookingFlow:
    """Put `step` in the place of the step of its id and return the flow.

    Raises Refused: CONFLICT, TOO_LONG.
    """
    steps = [step if each.id == step.id else each for each in draft.steps]
    saved = await save_draft(
        draft,
        author=author,
        mutation=mutation,
        steps=steps,
        path_of_step=lambda _: config_path,
    )
    return saved.flow
