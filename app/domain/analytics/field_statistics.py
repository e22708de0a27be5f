"""Which fields customers stumble over."""

from collections.abc import Iterable

from app.domain.analytics.field_times import FieldFact, FieldTimes
from app.domain.analytics.flow_steps import RevisionOutline, StepOutline, list_newest_steps
from app.domain.analytics.funnel import MEDIAN, P90
from app.domain.analytics.rates import quotient
from app.domain.analytics.step_times import percentile
from app.domain.values import Value


class FieldStatistics(Value):
    """What happened on a field, in sessions whose events are kept.

    `error_count` errors were shown in `failing_session_count` sessions, `update_count` updates came
    from `updating_session_count`, each of which has a time on the field. The field is what the
    widget called it, empty when that was erased.
    """

    step: StepOutline
    field: str
    update_count: int
    updating_session_count: int
    error_count: int
    failing_session_count: int
    median_time_ms: float | None
    p90_time_ms: float | None

    @property
    def error_rate(self) -> float | None:
        """Errors shown per update; above 1 where errors are shown without an update."""
        return quotient(self.error_count, self.update_count)


def build_field_statistics(
    fields: FieldTimes, revisions: Iterable[RevisionOutline]
) -> tuple[FieldStatistics, ...]:
    """Return a row for each field anything happened on, by step in flow order, then by name."""
    steps = list_newest_steps(revisions)
    places = {step.id: place for place, step in enumerate(steps)}
    keys = {key for key, _ in fields.counts if key[0] in places}
    rows = sorted(keys, key=lambda key: (places[key[0]], key[1]))
    return tuple(_to_row(fields, key, steps[places[key[0]]]) for key in rows)


def _to_row(fields: FieldTimes, key: tuple[str, str], step: StepOutline) -> FieldStatistics:
    counts, times = fields.counts, sorted(fields.times.get(key, ()))
    return FieldStatistics(
        step=step,
        field=key[1],
        update_count=counts[key, FieldFact.UPDATES],
        updating_session_count=counts[key, FieldFact.UPDATING_SESSIONS],
        error_count=counts[key, FieldFact.ERRORS],
        failing_session_count=counts[key, FieldFact.FAILING_SESSIONS],
        median_time_ms=percentile(times, MEDIAN),
        p90_time_ms=percentile(times, P90),
    )
