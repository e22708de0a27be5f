"""Everybody who may knock at the door of one organization, and a server in this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from app.api.limits.points import PointsTable
from app.api.schema import schema
from app.documents.api_key import ApiKey
from app.domain.access import Role
from app.domain.member import Invitation
from app.services.api_keys import revoke_api_key
from app.services.authoring import Author
from app.services.credentials import Authenticator
from app.services.members import invite_member
from app.services.oidc.issuer import Issuer
from app.services.oidc.tokens import IssuerTokens
from app.services.organizations import make_api_key
from app.services.origins import AllowedOrigins
from app.services.people import People
from app.transport.capacity import Capacity
from app.transport.cors import CrossOriginAnswers
from app.transport.deadlines import OperationRunner
from app.transport.graphql_view import GraphQLEndpoint
from tests.api.mutations.test_booking_session import start
from tests.api.site import Site, an_author
from tests.issuer import AUDIENCE, TestIssuer

SERVER = "https://scheduler.example"
PAGE = "https://harbor.example"
ADMIN_APP = "https://admin.example"
ELSEWHERE = "https://elsewhere.example"


@dataclass(frozen=True)
class Caller:
    """What a caller sends with a request."""

    token: str | None = None
    origin: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Origin": self.origin, "Authorization": self.token and f"Bearer {self.token}"}
        return {name: value for name, value in headers.items() if value is not None}


def an_authenticator(issuer: TestIssuer) -> Authenticator:
    settings = Issuer(url=issuer.url, audience=AUDIENCE, algorithms=("ES256",))
    return Authenticator(b"t" * 32, people=People(IssuerTokens(settings)))


def a_server(authenticator: Authenticator) -> httpx.AsyncClient:
    """Return a client of a server that answers in this process."""
    origins, points = AllowedOrigins(frozenset({ADMIN_APP})), PointsTable(0)
    endpoint = GraphQLEndpoint(
        schema=schema,
        authenticator=lambda: authenticator,
        public_url=SERVER,
        render_page=None,
        offers_introspection=True,
        points=points,
        capacity=Capacity(10),
        runner=OperationRunner(30),
        origins=origins,
    )
    route = Route(
        "/graphql",
        endpoint.serve,
        methods=["GET", "POST", "OPTIONS"],
        middleware=[Middleware(CrossOriginAnswers, origins=origins, points=points)],
    )
    transport = httpx.ASGITransport(app=Starlette(routes=[route]))
    return httpx.AsyncClient(transport=transport, base_url=SERVER)


async def callers_of(
    site: Site, issuer: TestIssuer, authenticator: Authenticator
) -> Mapping[str, Caller]:
    """Return a caller of each kind, by a name that says which."""
    author = an_author(site.client)
    session_token = (await start(site))["sessionToken"]
    callers = {
        "anonymous": Caller(),
        "page": Caller(origin=PAGE),
        "foreign page": Caller(origin=ELSEWHERE),
        "garbage": Caller("garbage"),
        "session": Caller(session_token),
        "session on its page": Caller(session_token, PAGE),
        "session on a foreign page": Caller(session_token, ELSEWHERE),
        "forged session": Caller(f"{session_token[:-2]}AA"),
        "revoked key": Caller(await _a_revoked_key(author)),
        "expired key": Caller(await _a_key(author, Role.OWNER, age=timedelta(days=2))),
        "expired member": Caller(issuer.token("owner", exp=1)),
        "stranger": Caller(issuer.token("stranger")),
    }
    for role in Role:
        callers[f"{role.name} key"] = Caller(await _a_key(author, role))
        await invite_member(
            Invitation(email=f"{role}@harbor.example", name=role.name, role=role, subject=role),
            author=author,
            issuer=issuer.url,
        )
        callers[f"{role.name} member"] = Caller(issuer.token(role.value))
    return callers


async def ask(
    server: httpx.AsyncClient, caller: Caller, document: str, variables: dict[str, Any]
) -> httpx.Response:
    body = {"query": document, "variables": variables}
    return await server.post("/graphql", json=body, headers=caller.headers)


async def _a_key(author: Author, role: Role, *, age: timedelta = timedelta()) -> str:
    """Return a key good for a day, made so long ago."""
    made_at = datetime.now(UTC) - age
    key, secret = make_api_key(
        author.organization_id,
        name=role.name,
        role=role,
        now=made_at,
        expires_at=made_at + timedelta(days=1),
    )
    await key.insert()
    return secret


async def _a_revoked_key(author: Author) -> str:
    secret = await _a_key(author, Role.ANALYST)
    key = await ApiKey.find_one({"prefix": secret[:12]})
    assert key
    await revoke_api_key(key.id, author=author)
    return secret
