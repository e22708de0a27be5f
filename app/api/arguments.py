"""Arguments of queries that make no sense."""

from collections.abc import Iterable

from app.api.errors import RequestError, bad_user_input
from app.api.inputs import graphql_path
from app.domain.problems import Problem


def bad_argument(problems: Iterable[Problem], *, argument: str, value: object) -> RequestError:
    """Return the BAD_USER_INPUT error for an argument, given what is wrong inside its value.

    `path` is the place of the first problem from the argument down, `problems` has them all.
    """
    details = [
        {
            "code": problem.code.value,
            "message": problem.message,
            "path": [argument, *graphql_path(value, problem.path)[1:]],
        }
        for problem in problems
    ]
    message = "; ".join(f"{'.'.join(one['path'])}: {one['message']}" for one in details)
    return bad_user_input(message, argument=argument, path=details[0]["path"], problems=details)
