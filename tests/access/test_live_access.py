"""Sockets of people and of customers' pages: who may open one, and when it ends."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.exceptions import ConnectionClosed

from app.api.ids import EntityType, encode_id
from app.api.schema import schema
from app.documents.driver import Database
from app.documents.member import Member
from app.domain.access import Role
from app.domain.member import Invitation
from app.services.members import invite_member
from app.services.oidc import tokens
from app.services.origins import AllowedOrigins
from app.transport import live_credentials
from app.transport.websocket import serve_socket
from tests.access.callers import PAGE, an_authenticator
from tests.api.mutations.test_booking_session import start
from tests.api.site import Site, a_site, an_author
from tests.issuer import TestIssuer, an_issuer
from tests.transport.sockets import Socket, a_socket, an_initialised_socket
from tests.transport.test_limits import an_endpoint
from tests.transport.test_live_connections import serving

VIEWER = "{ viewer { role organization { id } } }"
FORBIDDEN = 4403


@pytest.fixture(scope="module")
def issuer() -> Iterator[TestIssuer]:
    with an_issuer() as issuer:
        yield issuer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(database: Database) -> Site:
    return await a_site(origins=(PAGE,))


@asynccontextmanager
async def a_server(issuer: TestIssuer) -> AsyncIterator[str]:
    """Serve sockets in this process; yields the address."""
    authenticator = an_authenticator(issuer)
    endpoint = replace(
        an_endpoint(),
        schema=schema,
        authenticator=lambda: authenticator,
        public_url="https://scheduler.example",
        origins=AllowedOrigins(frozenset()),
    )
    route = WebSocketRoute("/graphql", lambda socket: serve_socket(socket, endpoint))
    async with serving(Starlette(routes=[route])) as url:
        yield url


async def a_member(
    site: Site, issuer: TestIssuer, subject: str, *, role: Role = Role.EDITOR
) -> Member:
    invitation = Invitation(
        email=f"{subject}@harbor.example", name=subject.title(), role=role, subject=subject
    )
    return await invite_member(invitation, author=an_author(site.client), issuer=issuer.url)


async def is_closed(socket: Socket) -> int | None:
    async with asyncio.timeout(10):
        return await socket.close_code()


async def test_socket_of_a_person_ends_when_the_token_expires(
    site: Site, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_credentials, "RECHECK_SECONDS", 0.05)
    monkeypatch.setattr(tokens, "LEEWAY_SECONDS", 0)
    await a_member(site, issuer, "ana")
    token = issuer.token("ana", exp=int(datetime.now(UTC).timestamp()) + 3)

    async with a_server(issuer) as url, an_initialised_socket(url, token) as socket:
        await socket.subscribe(VIEWER)
        data = await socket.next_data()
        code = await is_closed(socket)

    assert data["viewer"]["role"] == "EDITOR"
    assert code == FORBIDDEN


async def test_socket_of_a_person_ends_when_the_member_is_removed(
    site: Site, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_credentials, "RECHECK_SECONDS", 0.05)
    member = await a_member(site, issuer, "bob")

    async with (
        a_server(issuer) as url,
        an_initialised_socket(url, issuer.token("bob")) as socket,
    ):
        await socket.subscribe(VIEWER)
        await socket.next_data()
        await member.delete()
        code = await is_closed(socket)

    assert code == FORBIDDEN


async def test_socket_of_a_person_names_its_organization_by_a_connection_parameter(
    site: Site, issuer: TestIssuer
) -> None:
    other = await a_site()
    await a_member(site, issuer, "eva")
    await a_member(other, issuer, "eva", role=Role.ANALYST)
    wanted = encode_id(EntityType.ORGANIZATION, other.organization_id)
    payload = {"Authorization": f"Bearer {issuer.token('eva')}", "X-Organization": wanted}

    async with a_server(issuer) as url, a_socket(url) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.receive() == {"type": "connection_ack"}
        await socket.subscribe(VIEWER)
        viewer = (await socket.next_data())["viewer"]

    assert viewer == {"role": "ANALYST", "organization": {"id": wanted}}


@pytest.mark.parametrize(
    ("origin", "opens"), [(PAGE, True), ("https://elsewhere.example", False), ("null", False)]
)
async def test_socket_of_a_customer_opens_from_pages_of_the_company_only(
    site: Site, issuer: TestIssuer, origin: str, opens: bool
) -> None:
    token = (await start(site))["sessionToken"]

    async with a_server(issuer) as url, a_socket(url, origin=origin) as socket:
        payload = {"Authorization": f"Bearer {token}"}
        await socket.send({"type": "connection_init", "payload": payload})
        try:
            opened = (await socket.receive())["type"] == "connection_ack"
        except ConnectionClosed:
            opened = False
        code = None if opened else await is_closed(socket)

    assert (opened, code) == (opens, None if opens else FORBIDDEN)
