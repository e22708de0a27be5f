"""Ariadne as its documentation has it: schema first, resolvers, loaders per request."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ariadne import EnumType, make_executable_schema
from ariadne.asgi import GraphQL
from graphql import GraphQLEnumType, build_schema
from loaders import Loaders
from resolvers import RESOLVERS
from serving import create_app as create_served_app
from starlette.applications import Starlette
from starlette.requests import Request


def create_app() -> Starlette:
    type_defs = Path(os.environ["SCHEMA"]).read_text()
    schema = make_executable_schema(
        type_defs, *stored_enums(type_defs), *RESOLVERS, convert_names_case=True
    )

    def graphql(connection: Callable[[], Any]) -> GraphQL:
        async def context(request: Request, _: Any) -> dict[str, Any]:
            db, authenticator = connection()
            credential = await authenticator.authenticate(request.headers.get("authorization"))
            return {"db": db, "credential": credential, "loaders": Loaders(db)}

        return GraphQL(schema, context_value=context, introspection=False)

    return create_served_app(graphql)


def stored_enums(type_defs: str) -> list[EnumType]:
    """Return the enums with the values they are stored as: the same in lower case."""
    types = build_schema(type_defs).type_map.values()
    return [
        EnumType(type_.name, {name: name.lower() for name in type_.values})
        for type_ in types
        if isinstance(type_, GraphQLEnumType)
        and not type_.name.startswith("__")
        and type_.name != "UserErrorCode"
    ]
