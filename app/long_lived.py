"""Sparing the garbage collector what a server keeps until its end.

The schema, the documents' models and the modules are some hundred thousand objects. With Python's
own thresholds, one dashboard makes the collector look through all of them several times, which
takes as long as answering it.
"""

import contextlib
import gc
from collections.abc import Iterator

NEW_OBJECTS_BEFORE_COLLECTING = 50_000
"""Some large answers have as many at once, and operations leave no cycles behind."""


@contextlib.contextmanager
def spared_from_collection() -> Iterator[None]:
    """Leave what exists now out of every garbage collection inside the block."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_BEFORE_COLLECTING, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
