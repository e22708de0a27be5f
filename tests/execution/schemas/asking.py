"""The context of one execution: what is to happen, and a record of what did."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from aiodataloader import DataLoader
from graphql import GraphQLResolveInfo
from strawberry.types import Info

from tests.execution.chance import Chance


@dataclass
class Asking:
    """One execution, with loaders of its own; `seen` has each call's path and circumstances."""

    chance: Chance
    seen: list[tuple[tuple[object, ...], str]] = field(default_factory=list)
    batches: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.authors = _NumberLoader(self, "authors")
        self.books = _NumberLoader(self, "books")

    def saw(self, info: Info[Any, Any], **arguments: Any) -> tuple[object, ...]:
        """Note a call with all that its resolver can see; returns the path as keys."""
        path = tuple(info.path.as_list())
        words = (
            f"{info.field_name} {info.python_name} {arguments} {info.return_type}"
            f" {info.variable_values} {info.selected_fields} {info.context is self}"
            f" {type(info.root_value)} {info.schema is not None}"
        )
        self.seen.append((path, words + describe(info._raw_info)))
        return path

    def saw_plain(
        self, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any] = MappingProxyType({})
    ) -> tuple[object, ...]:
        """Note a call of a resolver without Strawberry; returns the path as keys."""
        path = tuple(info.path.as_list())
        words = f"{dict(arguments)} {info.context is self}"
        self.seen.append((path, words + describe(info)))
        return path


def describe(info: GraphQLResolveInfo[Any]) -> str:
    """Return what a resolver is told about where it is."""
    keys = []
    path: Any = info.path
    while path is not None:
        keys.append((path.key, path.typename))
        path = path.prev
    return (
        f" {info.field_name} {info.return_type} {info.parent_type} {keys}"
        f" {[node.loc and (node.loc.start, node.loc.end) for node in info.field_nodes]}"
        f" {sorted(info.fragments)} {info.operation.loc}"
        f" {type(info.root_value).__name__} {info.variable_values.coerced}"
        f" {info.is_awaitable(1)} {info.schema.query_type}"
    )


class _NumberLoader(DataLoader[str, int]):
    """Loads the number at the end of a key; some keys fail, by chance."""

    def __init__(self, asking: Asking, name: str) -> None:
        super().__init__()
        self.asking = asking
        self.name = name

    def load(self, key: str) -> "asyncio.Future[int]":
        # graphql-core cancels what a null makes needless, and thereby whatever shares its future.
        return asyncio.shield(super().load(key))

    def begin(self, key: str) -> "asyncio.Future[int]":
        return super().load(key)

    async def batch_load_fn(self, keys: Sequence[str]) -> list[Any]:
        self.asking.batches.append((self.name, *keys))
        chance = self.asking.chance
        await chance.wait(self.name, len(self.asking.batches))
        return [
            KeyError(f"{self.name} {key}") if chance.happens(3, self.name, key) else int(key)
            for key in keys
        ]
