"""Which tokens of an issuer are good, also while it is away or turns its keys."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.services.oidc import keys
from app.services.oidc.fetching import KeyFetcher
from app.services.oidc.identity import Identity, IssuerUnavailable
from app.services.oidc.issuer import Algorithm, Issuer
from app.services.oidc.keys import IssuerKeys
from app.services.oidc.tokens import IssuerTokens
from tests.issuer import AUDIENCE, SigningKey, TestIssuer, a_key, an_issuer


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def issuer() -> Iterator[TestIssuer]:
    with an_issuer() as issuer:
        yield issuer


def reader(issuer: TestIssuer, *algorithms: Algorithm, clock: Clock | None = None) -> IssuerTokens:
    settings = Issuer(url=issuer.url, audience=AUDIENCE, algorithms=algorithms or ("ES256",))
    return IssuerTokens(
        settings, keys=IssuerKeys(KeyFetcher(settings).fetch, clock=clock or Clock())
    )


async def read(tokens: IssuerTokens, token: str) -> Identity | None:
    return await tokens.read(token, now=datetime.now(UTC))


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
async def test_token_of_each_algorithm_names_its_subject(algorithm: Algorithm) -> None:
    with an_issuer(a_key(algorithm=algorithm)) as issuer:
        identity = await read(reader(issuer, algorithm), issuer.token("ana"))

    assert identity == Identity(issuer=issuer.url, subject="ana")


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "Ana@Harbor.example", "email_verified": True}, "ana@harbor.example"),
        ({"email": "ana@harbor.example", "email_verified": False}, None),
        ({"email": "ana@harbor.example", "email_verified": "true"}, None),
        ({"email": "ana@harbor.example"}, None),
    ],
)
async def test_address_counts_only_when_the_issuer_verified_it(
    issuer: TestIssuer, claims: dict[str, Any], email: str | None
) -> None:
    identity = await read(reader(issuer), issuer.token(**claims))

    assert identity is not None
    assert identity.verified_email == email


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 10**400},
        {"nbf": 9_999_999_999},
        {"iat": 9_999_999_999},
        {"iss": None},
        {"iss": "https://elsewhere.example"},
        {"aud": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 256},
    ],
    ids=str,
)
async def test_token_not_for_us_now_or_of_nobody_is_refused(
    issuer: TestIssuer, claims: dict[str, Any]
) -> None:
    assert await read(reader(issuer), issuer.token(**claims)) is None


async def test_clocks_may_differ_by_half_a_minute(issuer: TestIssuer) -> None:
    now = int(datetime.now(UTC).timestamp())

    assert await read(reader(issuer), issuer.token(exp=now - 20, nbf=now + 20)) is not None
    assert await read(reader(issuer), issuer.token(exp=now - 40)) is None


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(issuer: TestIssuer, header: dict[str, Any]) -> str:
    payload = issuer.token().split(".")[1]
    return f"{_encoded(header)}.{payload}."


def signed_by_the_public_key(issuer: TestIssuer) -> str:
    """Return a token whose HMAC is keyed with what everybody may know."""
    header = _encoded({"alg": "HS256", "kid": "first"})
    text = f"{header}.{issuer.token().split('.')[1]}"
    secret = json.dumps(issuer.keys[0].published()).encode()
    digest = hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


async def test_tokens_that_cheat_with_their_header_are_refused(issuer: TestIssuer) -> None:
    good = issuer.token()
    attacks = [
        unsigned(issuer, {"alg": "none", "kid": "first"}),
        unsigned(issuer, {"alg": "None"}),
        unsigned(issuer, {"alg": "ES256", "kid": "first"}),
        unsigned(issuer, {"alg": ["ES256"], "kid": "first"}),
        unsigned(issuer, {"alg": "ES256", "kid": {"a": 1}}),
        signed_by_the_public_key(issuer),
        issuer.token(headers={"crit": ["x"], "x": 1}),
        issuer.token(headers={"cty": "JWT"}),
        issuer.token(key=a_key("first")),
        issuer.token(key=a_key("first", "RS256")),
        f"{good[:-4]}AAAA",
        good.rpartition(".")[0],
        f"{good}.a.b",
        "a.b.c",
        "..",
        f"{_encoded({'alg': 'ES256'})[:-1]}ü.a.b",
        "[" * 3_000 + ".a.b",
    ]
    tokens = reader(issuer)

    assert [await read(tokens, attack) for attack in attacks] == [None] * len(attacks)


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        (a_key(algorithm="RS256", bits=1_024), {}),
        (a_key(algorithm="RS256"), {"use": "enc"}),
        (a_key(algorithm="RS256"), {"alg": "RS512"}),
        (a_key(algorithm="RS256"), {"d": "AQAB"}),
        (a_key(algorithm="RS256"), {"kty": "oct", "k": "c2VjcmV0"}),
    ],
)
async def test_key_that_is_short_or_for_something_else_counts_as_none(
    key: SigningKey, changes: dict[str, Any]
) -> None:
    with an_issuer(key) as issuer:
        issuer.published = [key.published(**changes)]
        with pytest.raises(IssuerUnavailable):
            await read(reader(issuer, "RS256"), issuer.token())


async def test_new_key_of_the_issuer_is_fetched_once_for_all_who_wait(issuer: TestIssuer) -> None:
    clock = Clock()
    tokens = reader(issuer, clock=clock)
    assert await read(tokens, issuer.token()) is not None
    issuer.keys.insert(0, a_key("second"))
    clock.seconds += keys.BETWEEN_FETCHES_SECONDS

    found = await asyncio.gather(*(read(tokens, issuer.token()) for _ in range(20)))

    assert None not in found
    assert issuer.key_requests == 2


async def test_tokens_of_unknown_keys_do_not_make_us_ask_again_and_again(
    issuer: TestIssuer,
) -> None:
    tokens = reader(issuer)
    forged = [issuer.token(key=a_key(f"made-up-{number}")) for number in range(5)]

    assert [await read(tokens, token) for token in forged] == [None] * 5
    assert issuer.key_requests == 1


async def test_withdrawn_key_stops_counting(issuer: TestIssuer) -> None:
    clock = Clock()
    tokens = reader(issuer, clock=clock)
    old = issuer.token()
    assert await read(tokens, old) is not None
    issuer.keys[:] = [a_key("second")]
    clock.seconds += keys.FRESH_SECONDS + 1

    await read(tokens, old)  # Has the keys fetched in the background.
    assert await read(tokens, issuer.token()) is not None
    assert await read(tokens, old) is None


async def test_known_keys_go_on_counting_while_the_issuer_is_away(issuer: TestIssuer) -> None:
    clock = Clock()
    tokens = reader(issuer, clock=clock)
    await read(tokens, issuer.token())
    issuer.is_away = True
    clock.seconds += keys.KEPT_SECONDS - 1

    assert await read(tokens, issuer.token()) is not None
    clock.seconds += 2
    with pytest.raises(IssuerUnavailable):
        await read(tokens, issuer.token())


async def test_without_keys_nobody_is_judged_until_the_issuer_is_back(issuer: TestIssuer) -> None:
    clock = Clock()
    tokens = reader(issuer, clock=clock)
    issuer.is_away = True
    with pytest.raises(IssuerUnavailable):
        await read(tokens, issuer.token())
    issuer.is_away = False
    clock.seconds += keys.RETRY_SECONDS

    assert await read(tokens, issuer.token()) is not None


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://elsewhere.example"},
        {"jwks_uri": None},
        {"jwks_uri": "http://169.254.169.254/keys"},
        {"jwks_uri": "https://10.0.0.1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
    ids=str,
)
async def test_discovery_document_leads_nowhere_it_may_not(
    issuer: TestIssuer, discovery: dict[str, Any]
) -> None:
    issuer.discovery = discovery
    with pytest.raises(IssuerUnavailable):
        await read(reader(issuer), issuer.token())
