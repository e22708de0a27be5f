"""Where the event loop's thread spends its processor time, function by function.

Compiled functions count for the Python function that calls them. The profiler's own work lengthens
small functions more than large ones, so shares are told of it and no times.
"""

import contextlib
import cProfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Place(NamedTuple):
    """A function, and the part of the program it belongs to."""

    layer: str
    function: str


class Shares:
    """Adds up processor time by place."""

    def __init__(self) -> None:
        self._profile = cProfile.Profile(time.thread_time, builtins=False)

    @contextlib.contextmanager
    def adding(self) -> Iterator[None]:
        """Count what this thread does in the block."""
        self._profile.enable()
        try:
            yield
        finally:
            self._profile.disable()

    def by_place(self) -> Counter[Place]:
        """Return the part of the whole that each function has, without those it calls."""
        seconds: Counter[Place] = Counter()
        for entry in self._profile.getstats():
            if not isinstance(entry.code, str):
                code = entry.code
                seconds[place_of(code.co_filename, code.co_qualname)] += entry.inlinetime
        total = sum(seconds.values()) or 1.0
        return Counter({place: spent / total for place, spent in seconds.items()})


def by_layer(shares: Counter[Place]) -> Counter[str]:
    """Return the part of the whole that each layer has."""
    layers: Counter[str] = Counter()
    for place, share in shares.items():
        layers[place.layer] += share
    return layers


def place_of(file_name: str, function: str) -> Place:
    """Return the place of a function: `app/domain` and the like, or the library."""
    path = Path(file_name)
    name = f"{path.stem}.{function.replace('.<locals>', '')}"
    if "site-packages" in path.parts:
        package = path.parts[path.parts.index("site-packages") + 1]
        return Place(package.removesuffix(".py"), name)
    if path.is_relative_to(ROOT):
        return Place("/".join(path.relative_to(ROOT).parts[:2]), name)
    if file_name.startswith("<"):
        return Place("generated code", function.replace(".<locals>", ""))
    return Place("standard library", name)
