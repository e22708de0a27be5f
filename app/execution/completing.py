"""Making what resolvers return part of an answer, by the type of the place.

The steps, their order and their messages are those of `complete_value` in graphql-core's executor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.executor import (
    collect_iterator_awaitables,
    invalid_return_type_error,
)
from graphql.pyutils import is_iterable

from app.execution.links import Link
from app.execution.places import Complete, Pending, Place
from app.execution.running import is_missing
from app.execution.strawberry_types import CAST, depends_on_class, may_be_cast

if TYPE_CHECKING:
    from app.execution.fields import FieldPlan
    from app.execution.running import Execution

Unit: TypeAlias = "Callable[[Any, Link | None, Execution], dict[str, Any]]"
"""Makes the object of an answer of what stands for it; raises GraphQLError, located."""


def complete_leaf(type_: GraphQLLeafType) -> Complete:
    """Return what serializes scalars and enum values."""

    def complete(value: Any, _link: Link, execution: Execution) -> Any:
        if isinstance(value, Exception):
            raise value
        if is_missing(value):
            return None
        return execution.executor.complete_leaf_value(type_, value)

    return complete


def complete_non_null(inner: Complete, field: FieldPlan) -> Complete:
    """Return what refuses null."""
    message = f"Cannot return null for non-nullable field {field.parent_type}.{field.name}."

    def complete(value: Any, link: Link, execution: Execution) -> Any:
        completed = inner(value, link, execution)
        if completed is None:
            raise TypeError(message)
        return completed

    return complete


def complete_list(item: Place, field: FieldPlan) -> Complete:
    """Return what completes the items of iterables and of asynchronous iterables."""
    message = (
        f"Expected Iterable, but did not find one for field '{field.parent_type}.{field.name}'."
    )

    def complete(value: Any, link: Link, execution: Execution) -> Any:
        if isinstance(value, Exception):
            raise value
        if is_missing(value):
            return None
        if execution.executor.is_async_iterable(value):
            items = _complete_stream(value, link, item, field, execution)
            return execution.wait(items, link, _as_it_is)
        if not is_iterable(value):
            raise GraphQLError(message)
        return _complete_items(value, link, item, execution)

    return complete


def complete_objects(item: Place, objects: CompleteObject, field: FieldPlan) -> Complete:
    """Return what completes lists of objects none of which may be null, most of them quickly."""
    complete_any = complete_list(item, field)
    known, may_be_cast = objects.known, objects.may_be_cast

    def complete(values: Any, link: Link, execution: Execution) -> Any:
        if type(values) is not list and type(values) is not tuple:
            return complete_any(values, link, execution)
        items: list[Any] = []
        index = 0
        try:
            for value in values:
                unit = known.get(type(value))
                if unit is None or (may_be_cast and hasattr(value, CAST)):
                    settled = item.settle(value, (link, index, item), execution)
                    items.append(_into(items, settled))
                else:
                    items.append(unit(value, (link, index, item), execution))
                index += 1
        except Exception:
            _leave(iter(values[index + 1 :]), execution)
            raise
        return items

    return complete


def complete_texts(item: Place, field: FieldPlan, class_: type) -> Complete:
    """Return what completes lists of leaves that are part of an answer as they are."""
    complete_any = complete_list(item, field)

    def complete(values: Any, link: Link, execution: Execution) -> Any:
        if type(values) is list or type(values) is tuple:
            for value in values:
                if type(value) is not class_:
                    break
            else:
                return list(values)
        return complete_any(values, link, execution)

    return complete


def _complete_items(values: Any, link: Link, item: Place, execution: Execution) -> list[Any]:
    items: list[Any] = []
    iterator = iter(values)
    try:
        for index, value in enumerate(iterator):
            items.append(_into(items, item.settle(value, (link, index, item), execution)))
    except Exception:
        _leave(iterator, execution)
        raise
    return items


def _leave(rest: Iterator[Any], execution: Execution) -> None:
    """See to it that what the rest of a list waits for is not left without anybody who waits."""
    left = collect_iterator_awaitables(rest, execution.is_awaitable)
    if left:
        execution.executor.settle_in_background(left)


async def _complete_stream(
    values: Any, link: Link, item: Place, field: FieldPlan, execution: Execution
) -> list[Any]:
    items: list[Any] = []
    pending: list[Pending] = []
    iterator = values.__aiter__()
    try:
        while True:
            try:
                value = await anext(iterator)
            except StopAsyncIteration:
                break
            except Exception as error:
                raise field.place.locate(error, link) from error
            mark = len(execution.fresh)
            settled = item.settle(value, (link, len(items), item), execution)
            items.append(_into(items, settled))
            pending += execution.take_fresh(mark)
    except BaseException:
        execution.settle_in_background(pending)
        with suppress(Exception):
            await iterator.aclose()
        raise
    execution.fresh += pending
    return items


def _into(container: Any, settled: Any) -> Any:
    if type(settled) is Pending:
        settled.into = container
    return settled


def _as_it_is(value: Any, _link: Link, _execution: Execution) -> Any:
    return value


class CompleteObject:
    """What makes objects of values, by the type each of them is of.

    What graphql-core finds out of each value anew is remembered by Python class where it depends on
    nothing else: `known` has the units of these classes.
    """

    def __init__(
        self,
        type_: GraphQLObjectType | GraphQLAbstractType,
        field: FieldPlan,
    ) -> None:
        self.type = type_
        self.field = field
        self.may_be_cast = may_be_cast(type_)
        self.known: dict[type, Unit] = {}
        self.units: Mapping[str, Unit] = {}
        """The unit of each concrete type, known when the plan is compiled."""
        self._details = [FieldDetails(node, None) for node in field.place.nodes]

    def __call__(self, value: Any, link: Link, execution: Execution) -> Any:
        """Return the object, a Pending when finding out its type has to be waited for."""
        known = self.known.get(type(value))
        if known is not None and not (self.may_be_cast and hasattr(value, CAST)):
            return known(value, link, execution)
        if isinstance(value, Exception):
            raise value
        if is_missing(value):
            return None
        type_ = self.type
        if isinstance(type_, GraphQLObjectType):
            return self._complete(type_, value, link, execution)
        executor = execution.executor
        info = self.field.info(link, execution)
        resolve_type = type_.resolve_type or executor.type_resolver
        name: Any = resolve_type(value, info, type_)
        if execution.is_awaitable(name):
            return execution.wait(name, link, self._by_name_of(value))
        return self._complete(self._named(name, value, info, executor), value, link, execution)

    def _by_name_of(self, value: Any) -> Complete:
        def complete(name: Any, link: Link, execution: Execution) -> Any:
            info = self.field.info(link, execution)
            type_ = self._named(name, value, info, execution.executor)
            return self._complete(type_, value, link, execution)

        return complete

    def _named(self, name: Any, value: Any, info: Any, executor: Any) -> GraphQLObjectType:
        found: GraphQLObjectType = executor.ensure_valid_runtime_type(
            name, self.type, self._details, info, value
        )
        return found

    def _complete(
        self, type_: GraphQLObjectType, value: Any, link: Link, execution: Execution
    ) -> Any:
        if type_.is_type_of is None:
            return self._unit_of(type_, value)(value, link, execution)
        is_of_type: Any = type_.is_type_of(value, self.field.info(link, execution))
        if execution.is_awaitable(is_of_type):
            return execution.wait(is_of_type, link, self._if_of(type_, value))
        return self._if_of(type_, value)(is_of_type, link, execution)

    def _if_of(self, type_: GraphQLObjectType, value: Any) -> Complete:
        def complete(is_of_type: Any, link: Link, execution: Execution) -> Any:
            if not is_of_type:
                raise invalid_return_type_error(type_, value, self._details)
            return self._unit_of(type_, value)(value, link, execution)

        return complete

    def _unit_of(self, type_: GraphQLObjectType, value: Any) -> Unit:
        unit = self.units[type_.name]
        if depends_on_class(self.type, value, type_):
            self.known[type(value)] = unit
        return unit
