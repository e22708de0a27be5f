"""What a mutation refuses, as clients see it."""

from collections.abc import Iterable

import strawberry

from app.api.enums import expose_enum
from app.api.inputs import graphql_path
from app.domain.problems import Problem, ProblemCode

expose_enum(
    ProblemCode,
    name="UserErrorCode",
    description="What is wrong with the input of a mutation.",
    values={
        ProblemCode.REQUIRED: "A value is missing.",
        ProblemCode.INVALID: "The value does not have the right form.",
        ProblemCode.TOO_LONG: "The text or list is too long.",
        ProblemCode.OUT_OF_RANGE: "The value is outside its bounds.",
        ProblemCode.DUPLICATE: "The value must be unique and occurs already.",
        ProblemCode.NOT_FOUND: "The id names nothing in this organization.",
        ProblemCode.CONFLICT: "The entity was changed since `expectedVersion`.",
        ProblemCode.IN_USE: "The entity is used by others and cannot be deleted.",
        ProblemCode.NOT_PUBLISHED: "There is no published flow.",
        ProblemCode.SESSION_CLOSED: "The session is completed or abandoned.",
        ProblemCode.SEQUENCE_CONFLICT: "The session moved on since `expectedSequence`.",
        ProblemCode.EVENT_ID_CONFLICT: "The client event id was used for another event.",
        ProblemCode.IDEMPOTENCY_KEY_REUSED: "The key was used for another request.",
        ProblemCode.STEP_NOT_IN_FLOW: "The step is not part of the session's flow.",
        ProblemCode.STEP_NOT_REACHED: "Earlier steps come first.",
        ProblemCode.NODE_NOT_REACHABLE: "The node is no option at this point of the graph.",
        ProblemCode.SERVICE_NOT_SELECTED: "No service is selected yet.",
        ProblemCode.SERVICE_ALREADY_SELECTED: "Another service is selected on the path.",
        ProblemCode.TIMESLOT_NOT_SELECTED: "No timeslot is selected yet.",
        ProblemCode.TIMESLOT_UNAVAILABLE: "The timeslot is not offered or is taken.",
        ProblemCode.BOOKING_CLOSED: "The booking is cancelled, or its visit has begun.",
        ProblemCode.ZIPCODE_NOT_COVERED: "The company does not work in this zip code.",
        ProblemCode.INCOMPLETE_STEPS: "Some steps are not completed.",
        ProblemCode.PROBLEMS_FOUND: "The content has problems of severity ERROR.",
        ProblemCode.VENDOR_NOT_CONNECTED: "The organization has no vendor account.",
        ProblemCode.VENDOR_REFUSED: "The vendor does not accept the account's credentials.",
        ProblemCode.SYNC_IN_PROGRESS: "Another synchronization of job types is running.",
        ProblemCode.LAST_OWNER: "Nobody else, key or member, has the role OWNER.",
    },
)


@strawberry.type(description="One reason why a mutation was refused.")
class UserError:
    code: ProblemCode = strawberry.field(description="What is wrong, for programs.")
    message: str = strawberry.field(description="What is wrong, for people.")
    path: list[str] | None = strawberry.field(
        description="The input field at fault, from `input` down; null when it is none."
    )


@strawberry.type
class MutationPayload:
    """What the outcomes of all mutations share; refused, an outcome holds nothing else."""

    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused, all at once; empty on success."
    )


def to_user_errors(problems: Iterable[Problem], input: object) -> list[UserError]:
    """Return the problems with their paths in the names of the GraphQL input, each once.

    The chosen member of a `@oneOf` input is part of some paths and not of others until here.
    """
    errors = {
        (problem.code, problem.message, tuple(graphql_path(input, problem.path))): problem
        for problem in problems
    }
    return [
        UserError(code=code, message=message, path=list(path) if problem.path else None)
        for (code, message, path), problem in errors.items()
    ]
