"""Sparing a vendor that is unwell, and the callers that would wait for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.servicetitan.errors import TROUBLE, CircuitOpenError, ResponseError


class CircuitBreaker:
    """Opens after so many failures in a row; then one call at a time probes after each rest.

    A refusal (4xx) counts as success: it shows that the vendor is well. Calls that began before the
    circuit opened have no say any more, whenever they end.
    """

    def __init__(
        self, *, failures_to_open: int, rest_seconds: float, clock: Callable[[], float]
    ) -> None:
        self._failures_to_open = failures_to_open
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls rest, or only a probe may pass."""
        return self._opened_at is not None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Judge the circuit by how the block ends; raises `CircuitOpenError` instead of entering.

        A block that ends for reasons of our own, such as cancellation, gives no verdict.
        """
        is_probe = self._admit()
        try:
            yield
        except TROUBLE:
            self._count_failure(is_probe=is_probe)
            raise
        except ResponseError:
            self._count_success(is_probe=is_probe)
            raise
        else:
            self._count_success(is_probe=is_probe)
        finally:
            if is_probe:
                self._is_probing = False

    def _admit(self) -> bool:
        """Return whether the call is a probe."""
        if self._opened_at is None:
            return False
        remaining = self._opened_at + self._rest_seconds - self._clock()
        if remaining > 0 or self._is_probing:
            raise CircuitOpenError(retry_after_seconds=max(remaining, 0.0))
        self._is_probing = True
        return True

    def _count_failure(self, *, is_probe: bool) -> None:
        if self.is_open and not is_probe:
            return
        self._failures += 1
        if is_probe or self._failures >= self._failures_to_open:
            self._opened_at = self._clock()

    def _count_success(self, *, is_probe: bool) -> None:
        if self.is_open and not is_probe:
            return
        self._failures = 0
        self._opened_at = None
