"""Every field at the root, asked by everybody: who is let in, and with which code the others leave.

A field that is new counts as one for analysts, a mutation as one for editors, until it is listed.
"""

import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

import httpx
import pytest
import pytest_asyncio
from strawberry.types import get_object_definition

from app.api.permissions import AccessExtension
from app.api.schema import Mutation, Query, Subscription
from app.documents.driver import Database
from tests.access.callers import PAGE, Caller, a_server, an_authenticator, callers_of
from tests.access.operations import RootField, root_fields
from tests.api.site import a_site
from tests.issuer import TestIssuer, an_issuer

REFUSALS = {"UNAUTHENTICATED", "FORBIDDEN"}


class Level(Enum):
    PUBLIC = auto()
    BY_KEY = auto()
    SESSION = auto()
    SESSION_ONLY = auto()
    SESSION_OR_EDITOR = auto()
    ANALYST = auto()
    EDITOR = auto()
    OWNER = auto()


DEFAULTS = {"query": Level.ANALYST, "mutation": Level.EDITOR, "subscription": Level.ANALYST}
LISTED = {
    Level.PUBLIC: {"viewer"},
    Level.BY_KEY: {"scheduler", "startBookingSession"},
    Level.SESSION: {
        "node",
        "nodes",
        "bookingSession",
        "zipcodeCoverage",
        "serviceSelectionProgress",
        "availableTimeslots",
        "timeslotAvailability",
    },
    Level.SESSION_ONLY: {"returningCustomer"},
    Level.SESSION_OR_EDITOR: {
        "recordBookingSessionEvents",
        "completeBookingSession",
        "abandonBookingSession",
        "rescheduleBooking",
        "cancelBooking",
    },
    Level.OWNER: {
        "apiKeys",
        "createApiKey",
        "rotateApiKey",
        "revokeApiKey",
        "members",
        "inviteMember",
        "updateMemberRole",
        "removeMember",
        "updateOrganizationSettings",
        "erasePersonalData",
        "connectVendor",
        "updateVendorAccount",
        "disconnectVendor",
        "vendorWebhook",
        "webhookEndpoint",
        "webhookEndpoints",
        "createWebhookEndpoint",
        "updateWebhookEndpoint",
        "deleteWebhookEndpoint",
        "rotateWebhookSecret",
        "sendTestWebhook",
        "redeliverWebhook",
    },
}
UNKNOWN = {"garbage", "forged session", "revoked key", "expired key", "expired member", "stranger"}
OPEN_TO_SESSIONS = {Level.SESSION, Level.SESSION_ONLY, Level.SESSION_OR_EDITOR}
ROLES = ("ANALYST", "EDITOR", "OWNER")


@dataclass(frozen=True)
class Door:
    """A server with everybody who knocks at it, and the fields to ask for."""

    server: httpx.AsyncClient
    callers: Mapping[str, Caller]
    fields: list[RootField]


@pytest.fixture(scope="module")
def issuer() -> Iterator[TestIssuer]:
    with an_issuer() as issuer:
        yield issuer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(database: Database, issuer: TestIssuer) -> AsyncIterator[Door]:
    site = await a_site(origins=(PAGE,))
    authenticator = an_authenticator(issuer)
    # Sessions of the site and of the server are signed by the same secret.
    async with a_server(authenticator) as server:
        yield Door(
            server,
            await callers_of(site, issuer, authenticator),
            root_fields(publishableKey=site.config.publishable_key, url=f"{PAGE}/"),
        )


def level_of(field: RootField) -> Level:
    listed = [level for level, names in LISTED.items() if field.name in names]
    return listed[0] if listed else DEFAULTS[field.operation_type]


def expected(caller: str, level: Level) -> str | None:
    """Return the code the caller leaves with, None for one who is let in."""
    if caller in UNKNOWN:
        return "UNAUTHENTICATED"
    if caller == "session on a foreign page":
        return "FORBIDDEN"
    if level is Level.BY_KEY:
        return "FORBIDDEN" if caller == "foreign page" else None
    if level is Level.PUBLIC:
        return None
    if caller in {"anonymous", "page", "foreign page"}:
        return "UNAUTHENTICATED"
    if caller.startswith("session"):
        return None if level in OPEN_TO_SESSIONS else "FORBIDDEN"
    if level is Level.SESSION_ONLY:
        return "FORBIDDEN"
    needed = {
        Level.SESSION: "ANALYST",
        Level.SESSION_OR_EDITOR: "EDITOR",
        Level.ANALYST: "ANALYST",
        Level.EDITOR: "EDITOR",
        Level.OWNER: "OWNER",
    }[level]
    is_enough = ROLES.index(caller.split(maxsplit=1)[0]) >= ROLES.index(needed)
    return None if is_enough else "FORBIDDEN"


def test_no_field_is_listed_that_does_not_exist() -> None:
    names = {field.name for field in root_fields()}

    assert set().union(*LISTED.values()) <= names


def test_every_field_at_the_root_checks_the_access_it_describes() -> None:
    unguarded = [
        f"{root.__name__}.{field.name}"
        for root in (Query, Mutation, Subscription)
        for field in get_object_definition(root, strict=True).fields
        for guards in [[each for each in field.extensions if isinstance(each, AccessExtension)]]
        if len(guards) != 1 or not (field.description or "").endswith(guards[0].access.value)
    ]

    assert unguarded == []


@pytest.mark.parametrize("field", [field.name for field in root_fields()])
async def test_everybody_is_let_in_or_leaves_with_the_right_code(door: Door, field: str) -> None:
    wanted = next(each for each in door.fields if each.name == field)
    level = level_of(wanted)
    found, right = {}, {}
    for name, caller in door.callers.items():
        right[name] = expected(name, level)
        if wanted.operation_type == "subscription" and right[name] is None:
            continue  # It would not end; who may follow events is tested with sockets.
        found[name] = await refusal_of(door.server, caller, wanted)

    assert found == {name: right[name] for name in found}


async def refusal_of(server: httpx.AsyncClient, caller: Caller, field: RootField) -> str | None:
    """Return the code a caller is refused with, None for one whose request is carried out."""
    variables = dict(field.variables)
    if "input" in variables and "idempotencyKey" in variables["input"]:
        variables["input"] = {**variables["input"], "idempotencyKey": uuid.uuid4().hex}
    headers = {"Accept": "text/event-stream"} if field.operation_type == "subscription" else {}
    body = {"query": field.document, "variables": variables}
    response = await server.post("/graphql", json=body, headers={**caller.headers, **headers})
    if headers:
        content = response.text
        return next((code for code in REFUSALS if code in content), None)
    answer = response.json()
    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert "INTERNAL" not in codes
    refused = next((code for code in codes if code in REFUSALS), None)
    # Whatever else is wrong with made-up arguments, it was the field itself that said so.
    assert refused or all("path" in error for error in answer.get("errors", [])), answer
    return refused
