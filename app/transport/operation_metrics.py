"""Operations as metrics, with names of a bounded number."""

from functools import lru_cache

from prometheus_client import Counter, Histogram

OPERATIONS = Counter(
    "scheduler_operations",
    "Operations by name and by what came of them: OK or an error code.",
    ["operation", "outcome"],
)
OPERATION_SECONDS = Histogram(
    "scheduler_operation_duration_seconds",
    "Queries and mutations by name, from arrival until the answer was made.",
    ["operation"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
OPERATION_DATABASE_SECONDS = Counter(
    "scheduler_operation_database_seconds",
    "Time of the database commands of queries and mutations, by name.",
    ["operation"],
)

MAX_NAMES = 100
MAX_OUTCOMES = 100
UNNAMED = "unnamed"
OTHER = "other"


class OperationNames:
    """Names of operations that succeeded, as they came; clients choose them, so not for ever."""

    def __init__(self, max_names: int = MAX_NAMES) -> None:
        self._max_names = max_names
        self._known: set[str] = set()

    def label(self, name: str | None, *, succeeded: bool) -> str:
        """Return the name when it is, or may become, one of those shown; else `other`."""
        if name is None:
            return UNNAMED
        if name in self._known:
            return name
        if not succeeded or len(self._known) >= self._max_names:
            return OTHER
        self._known.add(name)
        return name


# Looking a metric up by its labels takes longer than counting.


@lru_cache(maxsize=MAX_NAMES * MAX_OUTCOMES)
def counter_of(label: str, outcome: str) -> Counter:
    """Return what counts the operations of a name that came to this."""
    return OPERATIONS.labels(label, outcome)


@lru_cache(maxsize=MAX_NAMES + 2)
def times_of(label: str) -> tuple[Histogram, Counter]:
    """Return the durations of the operations of a name, and the database's part of them."""
    return OPERATION_SECONDS.labels(label), OPERATION_DATABASE_SECONDS.labels(label)
