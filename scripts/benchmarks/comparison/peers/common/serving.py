"""One database connection for the life of a server, and a GraphQL app at /graphql."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

from credentials import Authenticator
from pymongo import AsyncMongoClient
from starlette.applications import Starlette
from starlette.routing import Route


def create_app(graphql: Callable[[Callable[[], Any]], Any]) -> Starlette:
    """Return the application; `graphql` makes the GraphQL app, given how to get its connection."""
    connection: dict[str, Any] = {}

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncMongoClient(os.environ["MONGODB_URI"], tz_aware=True) as client:
            db = client[os.environ["DATABASE_NAME"]]
            connection.update(db=db, authenticator=await Authenticator.load(db))
            yield

    served = graphql(lambda: (connection["db"], connection["authenticator"]))
    return Starlette(routes=[Route("/graphql", served)], lifespan=lifespan)
