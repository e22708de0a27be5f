"""What every loader is: batches of keys become batches of values, and their sizes a metric."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from aiodataloader import DataLoader
from prometheus_client import Histogram

BATCH_SIZES = Histogram(
    "scheduler_loader_batch_size",
    "Keys a loader was asked for at once, by the kind of loader.",
    ["loader"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000),
)

K = TypeVar("K")
V = TypeVar("V")


class MeasuredLoader(DataLoader[K, V]):
    """A loader of one request; its kinds say how a batch is loaded."""

    def __init__(self, label: str | None = None, *, max_batch_size: int | None = None) -> None:
        """`label` tells the kind of loader apart; without it its class does."""
        super().__init__(max_batch_size=max_batch_size)
        self._sizes = BATCH_SIZES.labels(label or type(self).__name__)

    def load(self, key: K) -> asyncio.Future[V]:
        """Return what is loaded; to stop waiting for it does not take it from others who wait."""
        return asyncio.shield(super().load(key))

    def begin(self, key: K) -> asyncio.Future[V]:
        """Return the future that all share who ask for the key, which nobody may cancel."""
        return super().load(key)

    async def load_all(self, keys: Iterable[K]) -> list[V]:
        """Return what is loaded for the keys, in their order.

        Cheaper than `load_many`: whoever waits for the first has most of the rest with it.
        """
        futures = [self.begin(key) for key in keys]
        for future in futures:
            if not future.done():
                await asyncio.wait({future})
        for failure in [future.exception() for future in futures]:
            if failure is not None:
                raise failure
        return [future.result() for future in futures]

    async def batch_load_fn(self, keys: Sequence[K]) -> list[V]:
        """Return the values in the order of the keys."""
        self._sizes.observe(len(keys))
        return await self.load_batch(keys)

    async def load_batch(self, keys: Sequence[K]) -> list[Any]:
        """Return the values in the order of the keys."""
        raise NotImplementedError
