"""What Strawberry's wrappers around a field or a type are sure to do, so that they can be left out.

Whatever is not recognised for certain is called just as Strawberry built it: fields with extensions
or permissions, with arguments, with a resolver of another kind, types with a test of their own.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

import strawberry
from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    is_abstract_type,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.union import StrawberryUnion

BACKREF = "strawberry-definition"
CAST = TYPE_CAST_ATTRIBUTE
"""The attribute of an object that `strawberry.cast` made stand for another type."""

_CONVERTER = "strawberry.schema.schema_converter"


@dataclass(frozen=True, slots=True)
class PlainField:
    """A field whose value is an attribute, or what a function makes of the object.

    The parameters are those of the function: whether the object comes first, and by which names it
    and the `Info` are given.
    """

    attribute: str | None = None
    function: Callable[..., Any] | None = None
    takes_self: bool = False
    source_names: tuple[str, ...] = ()
    info_name: str | None = None
    is_async: bool = False


class PlainInfo(strawberry.Info[Any, Any]):
    """The Info of a plain field, whose costlier parts are made when a resolver asks for them."""

    def __init__(
        self,
        field: StrawberryField,
        context: Any,
        make_info: Callable[[Any, Any], GraphQLResolveInfo[Any]],
        parent: Any,
        execution: Any,
    ) -> None:
        """`make_info` makes the rest of the link of the parent and the execution."""
        self._field = field
        self._context = context
        self._make_info = make_info
        self._parent = parent
        self._execution = execution

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]
        return self._make_info(self._parent, self._execution)

    @property
    def context(self) -> Any:
        """The context passed to the execution."""
        return self._context


def find_plain_field(definition: GraphQLField, schema: GraphQLSchema) -> PlainField | None:
    """Return how the field can be resolved without Strawberry's wrapper, or None."""
    field: Any = definition.extensions.get(BACKREF)
    resolve: Any = definition.resolve
    if type(field) is not StrawberryField or field.extensions or definition.args:
        return None
    if not isinstance(resolve, FunctionType) or resolve.__module__ != _CONVERTER:
        return None
    held = _closure_of(resolve)
    if resolve.__name__ == "_get_basic_result":
        is_sure = held.get("field") is field and getattr(field, "default_resolver", 0) is getattr
        return PlainField(attribute=field.python_name) if is_sure else None
    if held.get("field_exception_handlers") != () or not _has_usual_info(schema):
        return None
    return _find_plain_resolver(field)


def _closure_of(function: FunctionType) -> dict[str, Any]:
    cells = function.__closure__ or ()
    return dict(zip(function.__code__.co_freevars, (c.cell_contents for c in cells), strict=True))


def find_chain(definition: GraphQLField, schema: GraphQLSchema) -> Callable[..., Any] | None:
    """Return what Strawberry's wrapper of a synchronous resolver calls, with an Info of its making.

    That is the chain of the field's extensions, which ends in the resolver.
    """
    field: Any = definition.extensions.get(BACKREF)
    resolve: Any = definition.resolve
    if type(field) is not StrawberryField or not _has_usual_info(schema):
        return None
    if not isinstance(resolve, FunctionType) or resolve.__module__ != _CONVERTER:
        return None
    held = _closure_of(resolve)
    if resolve.__name__ != "_resolver" or held.get("field_exception_handlers") != ():
        return None
    return held.get("_get_result_with_extensions")


def _has_usual_info(schema: GraphQLSchema) -> bool:
    published = schema.extensions.get(BACKREF)
    return (
        isinstance(published, strawberry.Schema) and published.config.info_class is strawberry.Info
    )


def _find_plain_resolver(field: StrawberryField) -> PlainField | None:
    resolver = field.base_resolver
    if type(resolver) is not StrawberryResolver or field.arguments:
        return None
    function = resolver.wrapped_func
    if not isinstance(function, FunctionType):
        return None
    is_async = inspect.iscoroutinefunction(function)
    if is_async is not field.is_async:
        return None
    named = (resolver.parent_parameter, resolver.root_parameter)
    info = resolver.info_parameter
    return PlainField(
        function=function,
        takes_self=resolver.self_parameter is not None,
        source_names=tuple(each.name for each in named if each is not None),
        info_name=None if info is None else info.name,
        is_async=is_async,
    )


def may_be_cast(type_: GraphQLObjectType | GraphQLAbstractType) -> bool:
    """Return whether an object's type may be another one by `strawberry.cast`."""
    return not isinstance(type_, GraphQLObjectType) or type_.is_type_of is not None


def depends_on_class(
    type_: GraphQLObjectType | GraphQLAbstractType, value: Any, concrete: GraphQLObjectType
) -> bool:
    """Return whether every object of the value's class is of `concrete` where `type_` is expected.

    What is cast is left out of this: an object can be cast when others of its class are not.
    """
    class_ = type(value)
    definition = getattr(class_, "__strawberry_definition__", None)
    if not isinstance(definition, StrawberryObjectDefinition) or not _is_ordinary(class_):
        return False
    if concrete.is_type_of is not None and not _has_usual_test(concrete):
        return False
    if not is_abstract_type(type_):
        return True
    is_same = definition is concrete.extensions.get(BACKREF)
    is_generic = definition.is_graphql_generic or definition.concrete_of is not None
    return is_same and not is_generic and _resolves_by_class(type_, value)


def _is_ordinary(class_: type) -> bool:
    """Return whether its objects are neither awaitable nor errors nor anything made up."""
    return (
        not issubclass(class_, Exception)
        and not hasattr(class_, "__await__")
        and not hasattr(class_, "__getattr__")
        and class_.__getattribute__ is object.__getattribute__
    )


def _has_usual_test(concrete: GraphQLObjectType) -> bool:
    definition = concrete.extensions.get(BACKREF)
    return (
        isinstance(definition, StrawberryObjectDefinition)
        and definition.is_type_of is None
        and getattr(concrete.is_type_of, "__module__", None) == _CONVERTER
    )


def _resolves_by_class(type_: GraphQLAbstractType, value: Any) -> bool:
    definition = type_.extensions.get(BACKREF)
    module = getattr(type_.resolve_type, "__module__", None)
    if type(definition) is StrawberryUnion:
        return module == StrawberryUnion.__module__
    return (
        isinstance(definition, StrawberryObjectDefinition)
        and definition.resolve_type is None
        and module == _CONVERTER
        and isinstance(value, definition.origin)
    )
