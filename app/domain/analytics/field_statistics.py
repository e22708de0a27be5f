"""Which fields customers stumble over."""

from collections.abc import Iterable, Mapping

from app.domain.analytics.field_times import FieldFact, FieldKey
from app.domain.analytics.flow_steps import RevisionOutline, StepOutline, list_newest_steps
from app.domain.analytics.percentiles import TimeSummary
from app.domain.analytics.rates import quotient
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
    counts: Mapping[tuple[FieldKey, FieldFact], int],
    times: Mapping[FieldKey, TimeSummary],
    revisions: Iterable[RevisionOutline],
) -> tuple[FieldStatistics, ...]:
    """Return a row for each field anything happened on, by step in flow order, then by name."""
    steps = list_newest_steps(revisions)
    places = {step.id: place for place, step in enumerate(steps)}
    keys = {key for key, _ in counts if key[0] in places}
    return tuple(
        _to_row(key, counts, times.get(key, TimeSummary()), steps[places[key[0]]])
        for key in sorted(keys, key=lambda key: (places[key[0]], key[1]))
    )


def _to_row(
    key: FieldKey,
    counts: Mapping[tuple[FieldKey, FieldFact], int],
    times: TimeSummary,
    step: StepOutline,
) -> FieldStatistics:
    return FieldStatistics(
        step=step,
        field=key[1],
        update_count=counts.get((key, FieldFact.UPDATES), 0),
        updating_session_count=counts.get((key, FieldFact.UPDATING_SESSIONS), 0),
        error_count=counts.get((key, FieldFact.ERRORS), 0),
        failing_session_count=counts.get((key, FieldFact.FAILING_SESSIONS), 0),
        median_time_ms=times.median_ms,
        p90_time_ms=times.p90_ms,
    )
