"""A customer on the way through a flow, and the events the widget sends of it."""

from datetime import datetime, timedelta
from random import Random

from app.domain.booking_flow.steps import BookingFlowStep
from app.domain.booking_session.commands import (
    CommandData,
    CompleteStep,
    EnterStep,
    GoBack,
    SentForm,
    SessionCommand,
)
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.instants import to_instant
from app.services.demonstration.visits.appointments import AppointmentBook
from app.services.demonstration.visits.people import Person
from app.services.demonstration.visits.visit import Batch

_SEND_EVERY = timedelta(seconds=45)


class Visitor:
    """Gathers events by the customer's own clock and sends them when a step or a few are done."""

    def __init__(
        self,
        *,
        flow: FlowIndex,
        person: Person,
        appointments: AppointmentBook,
        arrived_at: datetime,
        rng: Random,
    ) -> None:
        self.flow = flow
        self.person = person
        self.appointments = appointments
        self.rng = rng
        self.now = arrived_at
        self.batches: list[Batch] = []
        self.service_path: tuple[str, ...] = ()
        self._pending: list[SessionCommand] = []
        self._event_count = 0
        self._sent_at = arrived_at

    def happens(self, probability: float) -> bool:
        """Return whether something of this probability happens now."""
        return self.rng.random() < probability

    def spend(self, low_seconds: float, high_seconds: float) -> None:
        """Let time pass, most often a third of the way from the shortest to the longest."""
        mode = low_seconds + (high_seconds - low_seconds) / 3
        seconds = self.rng.triangular(low_seconds, high_seconds, mode)
        self.now = to_instant(self.now + timedelta(seconds=seconds))

    def note(self, step: BookingFlowStep, data: CommandData) -> None:
        """Keep an event for the next batch."""
        self._event_count += 1
        self._pending.append(
            SessionCommand(
                client_event_id=f"event-{self._event_count}",
                step_id=step.id,
                client_timestamp=self.now,
                data=data,
            )
        )

    def complete(self, step: BookingFlowStep, form_data: SentForm) -> None:
        """Finish a step."""
        self.note(step, CompleteStep(form_data=form_data))

    def enter(self, step: BookingFlowStep, *, coming_from: BookingFlowStep) -> None:
        """Come to a step, at once after the one before."""
        self.note(step, EnterStep(from_step_id=coming_from.id))

    def go_back(self, step: BookingFlowStep, *, to: BookingFlowStep) -> None:
        """Return to a step visited before."""
        self.note(step, GoBack(to_step_id=to.id))

    @property
    def pending_count(self) -> int:
        """How many events were not sent yet."""
        return len(self._pending)

    def break_off(self, *, after: int) -> None:
        """Stop somewhere after the first pending events: what follows never happens."""
        self._pending = self._pending[: self.rng.randint(after, len(self._pending))]
        if self._pending:
            self.now = self._pending[-1].client_timestamp or self.now

    def send_now_and_then(self) -> None:
        """Send what is pending, unless something was sent a short while ago."""
        if self.now - self._sent_at >= _SEND_EVERY:
            self.send()

    def send(self) -> None:
        """Send what is pending; it arrives a moment later."""
        if not self._pending:
            return
        latency = timedelta(milliseconds=self.rng.randint(60, 900))
        self.now = self._sent_at = to_instant(self.now + latency)
        self.batches.append(Batch(sent_at=self.now, events=tuple(self._pending)))
        self._pending = []
