"""Who may use a field, declared beside it and visible in its description."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from enum import Enum
from typing import Any, ParamSpec, TypeVar

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from app.api.errors import unauthenticated
from app.api.organizations.enums import Role
from app.api.user_errors import to_user_errors
from app.domain.access import Anonymous
from app.domain.refusal import Refused

INPUT_DESCRIPTION = "What to do; the `path` of a problem leads from here to the value at fault."

P = ParamSpec("P")
R = TypeVar("R")


class Access(Enum):
    """Who may use a field."""

    PUBLIC = "Open to everyone; what it needs is in its arguments."
    SESSION = "Needs a session token or an API key."
    ANALYST = "Needs an API key of role ANALYST or above."
    EDITOR = "Needs an API key of role EDITOR or above."
    OWNER = "Needs an API key of role OWNER."


_ROLES = {Access.ANALYST: Role.ANALYST, Access.EDITOR: Role.EDITOR, Access.OWNER: Role.OWNER}


class AccessExtension(FieldExtension):
    """Lets through only callers with the declared access."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def apply(self, field: StrawberryField) -> None:
        """Make the access part of the published description."""
        field.description = f"{field.description} {self.access.value}"

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        """Resolve the field, or raise RequestError."""
        if self.access in _ROLES:
            info.context.require_role(_ROLES[self.access])
        elif self.access is Access.SESSION and isinstance(info.context.credential, Anonymous):
            raise unauthenticated()
        return await next_(source, info, **kwargs)


class UserErrorsExtension(FieldExtension):
    """Answers a refused mutation with its payload, empty but for the problems."""

    def apply(self, field: StrawberryField) -> None:
        """Describe the input, which every mutation has alone."""
        for argument in field.arguments:
            argument.description = INPUT_DESCRIPTION

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        """Resolve the mutation; a Refused becomes `userErrors`."""
        try:
            return await next_(source, info, **kwargs)
        except Refused as refused:
            errors = to_user_errors(refused.problems, kwargs.get("input"))
            return info.return_type(user_errors=errors)


def query(
    *, description: str, access: Access, name: str | None = None
) -> Callable[[Callable[P, Awaitable[R]]], Any]:
    """Make a root query field of an asynchronous resolver."""
    return strawberry.field(
        name=name, description=description, extensions=[AccessExtension(access)]
    )


def subscription(
    *, description: str, access: Access
) -> Callable[[Callable[P, Awaitable[AsyncGenerator[R, None]]]], Any]:
    """Make a subscription of a resolver that refuses first, and returns what it then yields."""
    return strawberry.subscription(description=description, extensions=[AccessExtension(access)])


def mutation(*, description: str, access: Access) -> Callable[[Callable[P, Awaitable[R]]], Any]:
    """Make a mutation of an asynchronous resolver whose return type is its payload.

    The payload type must be constructible from `user_errors` alone.
    """
    return strawberry.mutation(
        description=description, extensions=[AccessExtension(access), UserErrorsExtension()]
    )
