"""What can be set on the stand-in, over HTTP, while it runs."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Route(StrEnum):
    """The operations of the vendor that the stand-in serves."""

    TOKEN = "token"  # noqa: S105 - the name of an operation.
    LIST_JOB_TYPES = "list_job_types"
    GET_JOB_TYPE = "get_job_type"
    CREATE_BOOKING = "create_booking"
    FIND_BOOKINGS = "find_bookings"
    LIST_CONTACTS = "list_contacts"
    CAPACITY = "capacity"
    CREATE_ATTRIBUTION = "create_attribution"


MODULES = {
    Route.LIST_JOB_TYPES: "jpm",
    Route.GET_JOB_TYPE: "jpm",
    Route.CREATE_BOOKING: "crm",
    Route.FIND_BOOKINGS: "crm",
    Route.LIST_CONTACTS: "crm",
    Route.CAPACITY: "dispatch",
    Route.CREATE_ATTRIBUTION: "marketingads",
}
"""The module whose scope an operation needs."""


class FaultKind(StrEnum):
    """How a call can go wrong."""

    STATUS = "status"
    HTML = "html"
    EMPTY = "empty"
    HALF_BODY = "half_body"
    DROP = "drop"
    LATENCY = "latency"


class JobTypeOrder(StrEnum):
    """The order of job types; the vendor does not document it."""

    ID = "id"
    MODIFIED_ON = "modified_on"


class _Setting(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fault(_Setting):
    """A misbehaviour of some calls of a route, or of all routes.

    It befalls the calls number `offset + 1`, `offset + 1 + every`, … of the route, at most
    `remaining` times. With `commits` the operation is carried out first; `latency` carries it out
    in any case, before the wait or after it.
    """

    kind: FaultKind
    route: Route | None = None
    every: Annotated[int, Field(ge=1)] = 1
    offset: Annotated[int, Field(ge=0)] = 0
    remaining: Annotated[int, Field(ge=0)] | None = None
    commits: bool = False
    status: Annotated[int, Field(ge=300, le=599)] = 503
    title: str = "Something went wrong."
    errors: dict[str, list[str]] = {}
    headers: dict[str, str] = {}
    seconds: Annotated[float, Field(ge=0)] = 0


class JobTypeChange(_Setting):
    """A change of one job type; what is not given stays."""

    id: int
    name: str | None = None
    active: bool | None = None
    is_removed: bool = False


class Webhook(_Setting):
    """Where changes of bookings are told, signed by HMAC-SHA256; the header is not documented."""

    url: str
    key: str
    signature_header: str = "X-Signature"
    deliveries: Annotated[int, Field(ge=1)] = 1
    """How often each event is delivered even when the first delivery succeeds."""
    retry_seconds: tuple[Annotated[float, Field(ge=0)], ...] = (10, 30, 60, 300)


class Knobs(_Setting):
    """Everything that can be set; `PUT /knobs` replaces all of it."""

    token_lifetime_seconds: Annotated[float, Field(gt=0)] = 900
    calls_per_second: Annotated[int, Field(ge=1)] | None = 60
    retry_after_seconds: Annotated[int, Field(ge=0)] = 1
    latency_seconds: Annotated[float, Field(ge=0)] = 0
    missing_scopes: frozenset[str] = frozenset()
    """Modules (`jpm`, `crm`, `dispatch`, `marketingads`) that answer 403."""
    are_duplicates_accepted: bool = True
    ignored_filters: frozenset[str] = frozenset()
    """Parameters of lists (`externalId`) that have no effect."""
    is_capacity_empty: bool = False
    max_page_size: Annotated[int, Field(ge=1)] = 5_000
    job_type_order: JobTypeOrder = JobTypeOrder.ID
    between_pages: tuple[JobTypeChange, ...] = ()
    """One change after each page of job types that has a next one."""
    faults: tuple[Fault, ...] = ()
    webhook: Webhook | None = None
