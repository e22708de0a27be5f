"""Reading GraphQL inputs as domain values, and naming the places where they fail.

An input object becomes a plain dictionary in the domain's own names: omitted fields are left out,
global ids are decoded, and the one chosen member of a `@oneOf` input is laid flat with its name as
discriminator. Pydantic then finds every problem at once.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar

import strawberry
from pydantic import BaseModel, TypeAdapter, ValidationError
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from app.api.ids import EntityType, decode_id
from app.domain.problems import Problem, ProblemCode, ProblemPath
from app.domain.refusal import Refused, problems_of
from app.services.given import Given, read
from app.services.text_checks import READING

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

ENTITY_TYPE = "entity_type"
MAY_NAME_NOTHING = "may_name_nothing"
DISCRIMINATOR = "__discriminator__"


def refers_to(entity_type: EntityType) -> dict[str, EntityType]:
    """Return the metadata of an input field that holds the global id of such an entity."""
    return {ENTITY_TYPE: entity_type}


def may_refer_to(entity_type: EntityType) -> dict[str, Any]:
    """Return the metadata of an input field whose id may name nothing, for the domain to judge.

    A malformed id is read as one that was never given to anything.
    """
    return {**refers_to(entity_type), MAY_NAME_NOTHING: True}


def read_input(input: object, model: type[M]) -> M:
    """Return the input as a `model`; raises Refused with every problem found."""
    return read_given(input, model).accept()


def read_given(input: object, model: type[M]) -> Given[M]:
    """Return the input read as a `model`, though it make none."""
    problems: list[Problem] = []
    plain = to_plain(input, problems=problems)
    return read(model, plain, problems)


def read_plain(input: object, adapter: TypeAdapter[T]) -> T:
    """Return the input as the adapter's type; raises Refused with every problem found."""
    problems: list[Problem] = []
    plain = to_plain(input, problems=problems)
    try:
        value = adapter.validate_python(plain, context=READING)
    except ValidationError as error:
        raise Refused(_without_repeats([*problems, *problems_of(error)])) from error
    if problems:
        raise Refused(problems)
    return value


def to_plain(value: object, *, problems: list[Problem], path: ProblemPath = ()) -> Any:
    """Return an input value in plain data; ids that name nothing are added to `problems`."""
    definition = _input_definition(value)
    if definition is not None:
        return _object_to_plain(value, definition, problems, path)
    if isinstance(value, list):
        return [to_plain(item, problems=problems, path=(*path, i)) for i, item in enumerate(value)]
    return value


def _object_to_plain(
    value: object,
    definition: StrawberryObjectDefinition,
    problems: list[Problem],
    path: ProblemPath,
) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for field in definition.fields:
        given = getattr(value, field.python_name)
        if given is strawberry.UNSET:
            continue
        where = (*path, field.python_name)
        if given is not None and ENTITY_TYPE in field.metadata:
            plain[field.python_name] = _decode(given, field, problems, where)
        elif definition.is_one_of:
            inner = to_plain(given, problems=problems, path=where)
            return {getattr(value, DISCRIMINATOR): field.python_name, **inner}
        else:
            plain[field.python_name] = to_plain(given, problems=problems, path=where)
    return plain


def _decode(given: Any, field: StrawberryField, problems: list[Problem], path: ProblemPath) -> Any:
    if isinstance(given, list):
        return [_decode(item, field, problems, (*path, i)) for i, item in enumerate(given)]
    decoded = decode_id(field.metadata[ENTITY_TYPE], given)
    if decoded is None and MAY_NAME_NOTHING in field.metadata:
        return _id_of_nothing(given)
    if decoded is None:
        problems.append(not_found(path))
        return "0" * 24
    return decoded


def _id_of_nothing(text: str) -> str:
    """Return an id of the year 1970, the same for the same text."""
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()
    return f"{0:08x}{digest}"


def not_found(path: ProblemPath) -> Problem:
    """Return the problem of an id that names nothing the caller may see."""
    return Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=path)


def graphql_path(input: object, path: ProblemPath) -> list[str]:
    """Return a problem's path from `input` down, in GraphQL names.

    The chosen member of a `@oneOf` input and Pydantic's own tags are not part of it; the keys of
    JSON values are kept as they are.
    """
    names = ["input"]
    current = _unwrap(input)
    for position, part in enumerate(path):
        is_last = position == len(path) - 1
        definition = _input_definition(current)
        if definition is not None:
            field = _field_named(definition, part)
            if field is not None:
                names.append(field.graphql_name or to_camel_case(field.python_name))
                current = _unwrap(getattr(current, field.python_name))
            elif is_last and isinstance(part, str) and part.isidentifier():
                names.append(to_camel_case(part))
        elif isinstance(current, list) and isinstance(part, int):
            names.append(str(part))
            current = _unwrap(current[part]) if part < len(current) else None
        elif isinstance(current, Mapping):
            names.append(str(part))
            current = current.get(part)
        elif isinstance(current, str):
            # JSON in a text is entered like the value it stands for.
            names.append(str(part))
    return names


def _unwrap(value: object) -> object:
    definition = _input_definition(value)
    if definition is None or not definition.is_one_of:
        return value
    given = (getattr(value, field.python_name) for field in definition.fields)
    return next((item for item in given if item is not strawberry.UNSET), None)


def _field_named(definition: StrawberryObjectDefinition, part: str | int) -> StrawberryField | None:
    return next((field for field in definition.fields if field.python_name == part), None)


def _input_definition(value: object) -> StrawberryObjectDefinition | None:
    definition = getattr(value, "__strawberry_definition__", None)
    is_input = isinstance(definition, StrawberryObjectDefinition) and definition.is_input
    return definition if is_input else None


def _without_repeats(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
