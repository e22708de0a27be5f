"""Asking the vendor whether credentials are good before they are stored."""

import asyncio
import contextlib

from app.domain.problems import Problem, ProblemCode
from app.services.vendor.access import VendorTools
from app.servicetitan.environment import VendorCredentials
from app.servicetitan.errors import (
    ForbiddenError,
    NoAnswerError,
    NotFoundError,
    TokenRefusedError,
    UnauthorizedError,
)

TIMEOUT_SECONDS = 20.0


async def find_credential_problems(
    tools: VendorTools, credentials: VendorCredentials
) -> tuple[Problem, ...]:
    """Return what the vendor does not accept; empty when a token was given and a call answered.

    The token proves the client id and secret; only a call proves the application key and the
    tenant. Raises `ServiceTitanError` when the vendor gives no verdict.
    """
    client = tools.clients.for_tenant(credentials)
    try:
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            contextlib.aclosing(client.iterate_job_types(page_size=1)) as pages,
        ):
            await anext(pages)
    except TimeoutError:
        raise NoAnswerError(f"no verdict on the credentials in {TIMEOUT_SECONDS:g} s") from None
    except TokenRefusedError:
        return tuple(
            _invalid(
                f"the vendor refused the client id and secret for tenant {credentials.tenant_id}",
                field,
            )
            for field in ("client_id", "client_secret")
        )
    except UnauthorizedError:
        return (_invalid("the vendor does not know this application key", "app_key"),)
    except NotFoundError:
        return (_invalid("the vendor gives these credentials no such tenant", "tenant_id"),)
    except ForbiddenError:
        return (_invalid("the application lacks the scope to read job types"),)
    return ()


def _invalid(message: str, *path: str) -> Problem:
    return Problem(code=ProblemCode.INVALID, message=message, path=path)
