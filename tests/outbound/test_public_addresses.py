import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.domain.public_addresses import is_public
from app.outbound import public_addresses
from app.outbound.public_addresses import AddressNotPublicError, PublicAddressTransport, Resolve

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (PUBLIC, True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound to it.
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:a9fe:a9fe::1", False),
        ("64:ff9b::5db8:d822", True),
        ("::7f00:1", False),
        ("fec0::1", False),
        ("64:ff9b:1::a9fe:a9fe", False),
        ("ff02::1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, *, expected: bool) -> None:
    assert is_public(address) is expected


def resolving_to(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return addresses

    return resolve


class Network:
    """Records what would be sent; the addresses in `dead` refuse connections."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead
        self.sent: list[httpx.Request] = []

    def client(self, resolve: Resolve) -> httpx.AsyncClient:
        transport = PublicAddressTransport(
            may_be_private=lambda host: host == "vendor.internal",
            resolve=resolve,
            open_transport=lambda: httpx.MockTransport(self.answer),
        )
        return httpx.AsyncClient(transport=transport)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host in self.dead:
            raise httpx.ConnectError("refused", request=request)
        self.sent.append(request)
        return httpx.Response(200)


@pytest.mark.parametrize("addresses", [("10.0.0.1",), (PUBLIC, "169.254.169.254"), ()])
async def test_name_that_resolves_to_anything_private_is_refused_unsent(
    addresses: tuple[str, ...],
) -> None:
    network = Network()
    async with network.client(resolving_to(*addresses)) as http:
        with pytest.raises(AddressNotPublicError):
            await http.get("https://api.vendor.example/")
    assert network.sent == []


async def test_connection_goes_to_the_address_that_was_checked_under_the_hosts_name() -> None:
    network = Network()
    async with network.client(resolving_to(PUBLIC)) as http:
        await http.get("https://api.vendor.example/jobs")
    (request,) = network.sent
    assert str(request.url) == f"https://{PUBLIC}/jobs"
    assert request.headers["Host"] == "api.vendor.example"
    assert request.extensions["sni_hostname"] == "api.vendor.example"


async def test_next_address_is_tried_when_one_refuses_connections() -> None:
    network = Network(PUBLIC)
    async with network.client(resolving_to(PUBLIC, "93.184.216.35")) as http:
        await http.get("https://api.vendor.example/")
    assert [request.url.host for request in network.sent] == ["93.184.216.35"]


async def test_unknown_name_is_a_connection_error() -> None:
    async def resolve(host: str, port: int) -> tuple[str, ...]:
        raise OSError("unknown")

    async with Network().client(resolve) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("https://api.vendor.example/")


async def test_host_the_settings_allow_is_reached_by_its_name() -> None:
    network = Network()
    async with network.client(resolving_to("10.0.0.1")) as http:
        await http.get("https://vendor.internal/")
    assert [request.url.host for request in network.sent] == ["vendor.internal"]


def a_certificate(host: str, folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for a host and its key; return their files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


async def test_certificate_is_checked_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = a_certificate("api.vendor.example", tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate, key)
    trusted = ssl.create_default_context(cafile=str(certificate))
    # The only address a test can serve at is one that is refused otherwise.
    monkeypatch.setattr(public_addresses, "is_public", lambda _: True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    transport = PublicAddressTransport(
        may_be_private=lambda _: False,
        resolve=resolving_to("127.0.0.1"),
        open_transport=lambda: httpx.AsyncHTTPTransport(verify=trusted),
    )
    async with (
        await asyncio.start_server(answer, "127.0.0.1", 0, ssl=served) as server,
        httpx.AsyncClient(transport=transport) as http,
    ):
        port = server.sockets[0].getsockname()[1]
        accepted = await http.get(f"https://api.vendor.example:{port}/")
        assert accepted.status_code == 204
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            await http.get(f"https://auth.vendor.example:{port}/")
