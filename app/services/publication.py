"""Publishing flows: freezing a draft as an immutable revision."""

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.booking_flow.problems import (
    BookingFlowProblem,
    blocks_publishing,
    find_flow_problems,
)
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId
from app.services.authoring import Author
from app.services.booking_flows import find_booking_flow, load_steps
from app.services.references import graphs_of, load_known_references


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

    Raises Refused with NOT_FOUND or CONFLICT, and FlowHasProblems. The revision is stored first and
    counts only once the flow names it, in one write that also checks the version: a crash or a
    faster editor leaves nothing behind that anyone reads.
    """
    flow = await find_booking_flow(author.organization_id, flow_id)
    if flow is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    if flow.version != expected_version:
        raise version_conflict(flow.version)
    steps = await load_steps(flow)
    references = await load_known_references(author.organization_id, graphs_of(steps))
    problems = find_flow_problems(steps, references=references)
    if blocks_publishing(problems):
        raise FlowHasProblems(problems)
    revision = BookingFlowRevision(
        **author.ownership(),
        booking_flow_id=flow.id,
        revision=len(flow.revision_ids) + 1,
        flow_version=flow.version + 1,
        content=flow.content,
        steps=list(steps),
        published_at=author.now,
        published_by=author.credential.api_key_id,
    )
    await revision.insert()
    published = await BookingFlow.update_at_version(
        author.organization_id,
        flow.id,
        expected_version=expected_version,
        changes={
            "status": BookingFlowStatus.PUBLISHED.value,
            "revision_ids": [*flow.revision_ids, revision.id],
            "published_at": author.now,
        },
        now=author.now,
    )
    if published is None:
        await revision.delete()
        latest = await BookingFlow.get_owned(author.organization_id, flow.id)
        raise version_conflict(latest.version if latest else expected_version)
    return published, problems


def version_conflict(current_version: int) -> Refused:
    """Return the refusal of an edit based on an old version."""
    return refuse(
        ProblemCode.CONFLICT,
        f"was changed meanwhile; its version is {current_version}",
        "expected_version",
    )
