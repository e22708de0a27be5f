"""An OpenID Connect issuer that answers over a socket, and signs whatever a test says."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

AUDIENCE = "scheduler"


@dataclass(frozen=True)
class SigningKey:
    """A private key, and the algorithm it signs by."""

    key_id: str
    algorithm: str
    private: Any

    def published(self, **changes: Any) -> dict[str, Any]:
        """Return what the issuer publishes of the key; a change to None leaves that out."""
        algorithm = get_default_algorithms()[self.algorithm]
        described = json.loads(algorithm.to_jwk(self.private.public_key()))
        described.pop("key_ops", None)
        described |= {"kid": self.key_id, "use": "sig", "alg": self.algorithm, **changes}
        return {name: value for name, value in described.items() if value is not None}


def a_key(key_id: str = "first", algorithm: str = "ES256", *, bits: int = 2_048) -> SigningKey:
    private: Any
    match algorithm[:2]:
        case "ES":
            private = ec.generate_private_key(ec.SECP256R1())
        case "Ed":
            private = ed25519.Ed25519PrivateKey.generate()
        case _:
            private = rsa.generate_private_key(65_537, bits)
    return SigningKey(key_id, algorithm, private)


@dataclass
class TestIssuer:
    """What the issuer publishes, and how often it was asked for its keys."""

    __test__ = False

    url: str
    keys: list[SigningKey]
    published: list[dict[str, Any]] | None = None
    discovery: dict[str, Any] = field(default_factory=dict)
    is_away: bool = False
    key_requests: int = 0

    def token(
        self,
        subject: str | None = "ana",
        *,
        key: SigningKey | None = None,
        headers: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Return a token good for five minutes; a claim that is None is left out."""
        now = datetime.now(UTC).timestamp()
        content = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": int(now),
            "exp": int(now) + 300,
            **claims,
        }
        present = {name: value for name, value in content.items() if value is not None}
        signer = key or self.keys[0]
        return jwt.encode(
            present,
            signer.private,
            algorithm=signer.algorithm,
            headers={"kid": signer.key_id, **(headers or {})},
        )

    def answer(self, path: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.discovery}
        if path == "/keys":
            self.key_requests += 1
            published = [key.published() for key in self.keys]
            return {"keys": published if self.published is None else self.published}
        return None


@contextmanager
def an_issuer(*keys: SigningKey) -> Iterator[TestIssuer]:
    """Run an issuer on this machine until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = None if issuer.is_away else issuer.answer(self.path)
            self.send_response(503 if issuer.is_away else 200 if answer else 404)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = TestIssuer(f"http://127.0.0.1:{server.server_port}", list(keys) or [a_key()])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield issuer
        server.shutdown()
