"""Whether the patterns of form fields can be matched in linear time."""

from collections.abc import Iterator

from app.domain.booking_flow.steps import (
    BookingFlowStepContent,
    CustomerStepContent,
    DetailsStepContent,
)
from app.domain.problems import Problem, ProblemCode
from app.domain.text_checks import TextChecks


def find_pattern_problems(
    step: BookingFlowStepContent, *, text_checks: TextChecks
) -> Iterator[Problem]:
    """Yield an INVALID problem, its path from the step down, per pattern that is not RE2 syntax."""
    if not isinstance(step, DetailsStepContent | CustomerStepContent):
        return
    for index, field in enumerate(step.type_config.fields):
        pattern = field.constraints.pattern if field.constraints else None
        error = text_checks.find_pattern_error(pattern) if pattern is not None else None
        if error is not None:
            path = ("type_config", "fields", index, "constraints", "pattern")
            yield Problem(
                code=ProblemCode.INVALID, message=f"is not RE2 syntax: {error}", path=path
            )
