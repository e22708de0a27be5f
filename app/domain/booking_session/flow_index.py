"""A published flow made ready for any number of decisions."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.booking_flow.flow import FlowDefinition
from app.domain.booking_flow.steps import (
    BookingFlowStep,
    ServiceSelectionStep,
    TimeslotSelectionStep,
)
from app.domain.booking_session.forms import form_keys
from app.domain.service_selection.graph_index import GraphIndex, index_graph
from app.domain.values import EntityId


@dataclass(frozen=True, slots=True)
class IndexedStep:
    """A step with its position from 0 and the keys of its form."""

    position: int
    step: BookingFlowStep
    form_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class FlowIndex:
    """A revision of a flow, to be built once by `index_flow` and kept as long as it is used.

    `graphs` holds the index of the graph of each service selection step by step id; a published
    flow has one such step at most, and one timeslot step.
    """

    flow: FlowDefinition
    steps: Mapping[EntityId, IndexedStep]
    graphs: Mapping[EntityId, GraphIndex]

    @property
    def first_step_id(self) -> EntityId:
        """The step every session starts on; a published flow has at least one."""
        return self.flow.steps[0].id

    @property
    def timeslot_step(self) -> TimeslotSelectionStep | None:
        """The step that asks for a time, if the flow has one."""
        return next(
            (step for step in self.flow.steps if isinstance(step, TimeslotSelectionStep)), None
        )


def index_flow(flow: FlowDefinition) -> FlowIndex:
    """Return the index of `flow`, in time linear in its content."""
    return FlowIndex(
        flow=flow,
        steps={
            step.id: IndexedStep(position=position, step=step, form_keys=form_keys(step))
            for position, step in enumerate(flow.steps)
        },
        graphs={
            step.id: index_graph(step.type_config)
            for step in flow.steps
            if isinstance(step, ServiceSelectionStep)
        },
    )
