"""Publishing flows: freezing a draft as an immutable revision."""

import asyncio
from collections.abc import Sequence

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.booking_flow.problems import BookingFlowProblem, blocks_publishing
from app.domain.booking_flow.steps import BookingFlowStep
from app.domain.content import ContentConfig
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId
from app.services.authoring import Author, refuse_if
from app.services.flow_drafts import Draft, open_draft, save_draft
from app.services.references import graphs_of, load_known_references
from app.services.service_selection_graphs import check_flow


class FlowHasProblems(Refused):
    """The flow cannot be published; `flow_problems` says why."""

    def __init__(self, flow_problems: tuple[BookingFlowProblem, ...]) -> None:
        self.flow_problems = flow_problems
        message = "the flow has problems of severity ERROR"
        super().__init__([Problem(code=ProblemCode.PROBLEMS_FOUND, message=message, path=("id",))])


async def publish_booking_flow(
    flow_id: EntityId, *, expected_version: int, author: Author
) -> tuple[BookingFlow, tuple[BookingFlowProblem, ...]]:
    """Freeze the draft as the next revision and offer it; return the flow and its warnings.

    Raises Refused with NOT_FOUND, CONFLICT or TOO_LONG, and FlowHasProblems.
    """
    opened = await open_draft(author.organization_id, flow_id, expected_version=expected_version)
    refuse_if(opened.problems)
    draft = opened.draft
    return await publish(draft, draft.flow.content, draft.steps, author, "publishBookingFlow")


async def rollback_booking_flow(
    flow_id: EntityId, *, expected_version: int, revision: int, author: Author
) -> tuple[BookingFlow, tuple[BookingFlowProblem, ...]]:
    """Publish the content of an old revision as a new one, and make it the draft.

    What the old revision refers to must still exist. Raises like `publish_booking_flow`, NOT_FOUND
    also for a revision that does not exist.
    """
    opened = await open_draft(author.organization_id, flow_id, expected_version=expected_version)
    old = await find_revision(opened.draft.flow, revision)
    if old is None:
        message = "is no revision of the flow"
        missing = Problem(code=ProblemCode.NOT_FOUND, message=message, path=("revision",))
        raise Refused([*opened.problems, missing])
    refuse_if(opened.problems)
    return await publish(opened.draft, old.content, old.steps, author, "rollbackBookingFlow")


async def find_revision(flow: BookingFlow, revision: int) -> BookingFlowRevision | None:
    """Return a revision by its number from 1, or None when the flow has none of that number."""
    if not 1 <= revision <= len(flow.revision_ids):
        return None
    return await BookingFlowRevision.get_owned(
        flow.organization_id, flow.revision_ids[revision - 1]
    )


async def publish(
    draft: Draft,
    content: ContentConfig,
    steps: Sequence[BookingFlowStep],
    author: Author,
    mutation: str,
) -> tuple[BookingFlow, tuple[BookingFlowProblem, ...]]:
    """Make `content` and `steps` the draft and the next revision; return the flow and its warnings.

    The revision is stored first and counts only once the flow names it, in the one write that also
    checks the version: a crash or a faster editor leaves nothing behind that anyone reads.
    """
    references = await load_known_references(author.organization_id, graphs_of(steps))
    problems = await check_flow(steps, references)
    if blocks_publishing(problems):
        raise FlowHasProblems(problems)
    flow = draft.flow
    revision = _freeze(flow, content, steps, author)
    if not await asyncio.to_thread(lambda: revision.fits):
        raise refuse(ProblemCode.TOO_LONG, "the flow is larger than can be stored", "id")
    await revision.insert()
    try:
        saved = await save_draft(
            draft,
            author=author,
            mutation=mutation,
            content=content,
            steps=steps,
            changes={
                "status": BookingFlowStatus.PUBLISHED.value,
                "revision_ids": [*flow.revision_ids, revision.id],
                "published_at": author.now,
            },
        )
    except Refused:
        await revision.delete()
        raise
    return saved.flow, problems


def _freeze(
    flow: BookingFlow, content: ContentConfig, steps: Sequence[BookingFlowStep], author: Author
) -> BookingFlowRevision:
    return BookingFlowRevision(
        **author.ownership(),
        booking_flow_id=flow.id,
        revision=len(flow.revision_ids) + 1,
        flow_version=flow.version + 1,
        content=content,
        steps=list(steps),
        published_at=author.now,
        published_by=author.credential.actor_id,
        published_by_member=author.credential.member_id is not None,
    )
