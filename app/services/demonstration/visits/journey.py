"""How far customers come in a flow, and where they leave it."""

from app.domain.booking_flow.steps import BookingFlowStep, StepType, ZipcodeStep
from app.services.demonstration.visits.filling import (
    NoTimeFitsError,
    change_mind,
    fail_on_zipcode,
    fill_in,
)
from app.services.demonstration.visits.visitor import Visitor

LEAVING = {
    StepType.ZIPCODE: 0.36,
    StepType.SERVICE_SELECTION: 0.27,
    StepType.DETAILS: 0.12,
    StepType.TIMESLOT_SELECTION: 0.2,
    StepType.CUSTOMER: 0.22,
    StepType.SUMMARY: 0.06,
}
"""The share of the customers on a step that leave there."""

_OUTSIDE = 0.03
_GOING_BACK = 0.09


def go_through(visitor: Visitor, *, leaving_factor: float) -> bool:
    """Lead the visitor from the first step on; return whether the last one was completed."""
    steps = visitor.flow.flow.steps
    for position, step in enumerate(steps):
        if position and visitor.happens(_GOING_BACK):
            _go_back_and_forth(visitor, step, to=steps[position - 1])
        leaves = visitor.happens(LEAVING[step.step_type] * leaving_factor)
        if not _pass(visitor, step, leaves=leaves):
            return False
        if step is not steps[-1]:
            visitor.enter(steps[position + 1], coming_from=step)
        visitor.send_now_and_then()
    visitor.send()
    return True


def _pass(visitor: Visitor, step: BookingFlowStep, *, leaves: bool) -> bool:
    """Complete a step, not yet sent; return False, with all sent, when the visitor stops there."""
    if isinstance(step, ZipcodeStep) and visitor.happens(_OUTSIDE):
        fail_on_zipcode(visitor, step)
        visitor.send()
        return False
    pending_before = visitor.pending_count
    try:
        form_data = fill_in(visitor, step)
    except NoTimeFitsError:
        leaves = True
    if leaves:
        visitor.break_off(after=pending_before)
        visitor.send()
        return False
    visitor.complete(step, form_data)
    return True


def _go_back_and_forth(visitor: Visitor, step: BookingFlowStep, *, to: BookingFlowStep) -> None:
    visitor.spend(2, 15)
    visitor.go_back(step, to=to)
    try:
        form_data = change_mind(visitor, to)
    except NoTimeFitsError:
        form_data = {}
    visitor.complete(to, form_data)
    visitor.enter(step, coming_from=to)
