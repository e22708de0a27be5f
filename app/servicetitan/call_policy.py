"""How patient and how busy a client is."""

from typing import Annotated

from pydantic import Field

from app.domain.values import Value

VENDOR_CALLS_PER_SECOND = 60
"""The vendor's limit per application and tenant."""


class CallPolicy(Value):
    """Limits of the calls for one tenant from one process.

    `calls_per_second` stays below the vendor's 60 because calls bunch up on their way; several
    processes that call for the same tenants must share the figure among them.
    """

    calls_per_second: Annotated[int, Field(ge=2, le=VENDOR_CALLS_PER_SECOND)] = 55
    connect_timeout_seconds: Annotated[float, Field(gt=0)] = 5
    call_timeout_seconds: Annotated[float, Field(gt=0)] = 15
    attempts: Annotated[int, Field(ge=1)] = 4
    backoff_initial_seconds: Annotated[float, Field(ge=0)] = 0.2
    backoff_max_seconds: Annotated[float, Field(ge=0)] = 5
    backoff_jitter_seconds: Annotated[float, Field(ge=0)] = 0.5
    max_wait_seconds: Annotated[float, Field(ge=0)] = 30
    """The longest a call waits because the vendor said `Retry-After`."""
    failures_to_open: Annotated[int, Field(ge=1)] = 5
    """So many failures in a row make the tenant's calls rest."""
    rest_seconds: Annotated[float, Field(gt=0)] = 30
    max_body_bytes: Annotated[int, Field(ge=1)] = 10 * 1024 * 1024
