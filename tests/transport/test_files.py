"""`POST /files` and `GET /files/{id}` over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from app.api.errors import forbidden, unauthenticated
from app.api.ids import EntityType, encode_id
from app.domain.files import MAX_FILE_BYTES
from app.transport.files import file_routes
from tests.services.images import a_raster, an_svg

pytestmark = pytest.mark.usefixtures("database")

BOUNDARY = "multipart/form-data; boundary=edge"


async def authenticate(request: Request) -> str:
    """Let the editor of one organization pass."""
    match request.headers.get("authorization"):
        case "Bearer editor":
            return "a" * 24
        case "Bearer analyst":
            raise forbidden("An analyst cannot upload.")
    raise unauthenticated()


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = Starlette(routes=file_routes(authenticate=authenticate))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://scheduler.test",
        headers={"Authorization": "Bearer editor"},
    )


async def upload(client: httpx.AsyncClient, content: bytes) -> str:
    response = await client.post("/files", content=content)
    assert response.status_code == 201, response.text
    return f"/files/{response.json()['fileId']}"


def error_code(response: httpx.Response) -> str:
    """Return the code of the one error, whose message says something."""
    [error] = response.json()["errors"]
    assert error["message"]
    assert set(error) == {"message", "extensions"}
    return str(error["extensions"]["code"])


async def test_raw_body_is_served_under_its_true_type(client: httpx.AsyncClient) -> None:
    content = a_raster("WEBP")
    response = await client.post("/files", content=content, headers={"Content-Type": "text/html"})
    assert (response.status_code, list(response.json())) == (201, ["fileId"])
    served = await client.get(f"/files/{response.json()['fileId']}")
    assert (served.status_code, served.content) == (200, content)
    assert served.headers["content-type"] == "image/webp"


async def test_form_with_one_file_is_the_file(client: httpx.AsyncClient) -> None:
    content = a_raster()
    response = await client.post("/files", files={"logo": ("../x.html", content, "text/html")})
    served = await client.get(f"/files/{response.json()['fileId']}")
    assert served.content == content


async def test_served_file_is_isolated_and_cacheable_for_ever(client: httpx.AsyncClient) -> None:
    path = await upload(client, an_svg("<script>a()</script>"))
    # Nobody needs a credential to see a logo.
    served = await client.get(path, headers={"Authorization": ""})
    assert served.headers["content-type"] == "image/svg+xml"
    assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["cross-origin-resource-policy"] == "cross-origin"
    policy = served.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert policy[-1] == "sandbox"
    disposition = served.headers["content-disposition"]
    assert disposition.startswith('inline; filename="')
    assert disposition.endswith('.svg"')


async def test_client_that_has_the_file_is_told_so(client: httpx.AsyncClient) -> None:
    path = await upload(client, a_raster())
    etag = (await client.get(path)).headers["etag"]
    for tags in (etag, f'"other", W/{etag}', "*"):
        response = await client.get(path, headers={"If-None-Match": tags})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == etag
    response = await client.get(path, headers={"If-None-Match": '"other"'})
    assert response.status_code == 200


async def test_head_has_the_headers_alone(client: httpx.AsyncClient) -> None:
    path = await upload(client, a_raster())
    whole, head = await client.get(path), await client.head(path)
    assert head.headers == whole.headers
    assert head.content == b""


@pytest.mark.parametrize(
    "file_id",
    ["x", "0" * 24, encode_id(EntityType.FILE, "0" * 24), encode_id(EntityType.BOOKING, "0" * 24)],
)
async def test_unknown_file_is_not_found(client: httpx.AsyncClient, file_id: str) -> None:
    response = await client.get(f"/files/{file_id}")
    assert (response.status_code, error_code(response)) == (404, "NOT_FOUND")
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("authorization", "status", "code"),
    [("", 401, "UNAUTHENTICATED"), ("Bearer analyst", 403, "FORBIDDEN")],
)
async def test_caller_who_may_not_upload_is_refused(
    client: httpx.AsyncClient, authorization: str, status: int, code: str
) -> None:
    headers = {"Authorization": authorization}
    response = await client.post("/files", content=a_raster(), headers=headers)
    assert (response.status_code, error_code(response)) == (status, code)
    assert ("www-authenticate" in response.headers) is (status == 401)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "INVALID"),
        (a_raster()[:60], 400, "INVALID"),
        (a_raster(width=5_000), 400, "OUT_OF_RANGE"),
        (b"GIF89a", 415, "UNSUPPORTED_TYPE"),
        (b"x" * (MAX_FILE_BYTES + 1), 413, "TOO_LARGE"),
    ],
    ids=["empty", "cut off", "too wide", "unknown type", "too large"],
)
async def test_unusable_file_is_refused(
    client: httpx.AsyncClient, content: bytes, status: int, code: str
) -> None:
    raw = await client.post("/files", content=content)
    assert (raw.status_code, error_code(raw)) == (status, code)
    form = await client.post("/files", files={"logo": ("logo.png", content)})
    assert (form.status_code, error_code(form)) == (status, code)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--edge\r\n"),
        (BOUNDARY, b""),
        (BOUNDARY, b"--edge--\r\n"),
        (BOUNDARY, b"not a form"),
        (BOUNDARY, b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\ntext\r\n--edge--'),
        (BOUNDARY, b'--edge\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nhalf'),
        (BOUNDARY, b"--edge\r\nContent-Disposition: attachment\r\n\r\n\r\n--edge--\r\n"),
        (BOUNDARY, b"--edge\r\n\xff\xfe: \x00\r\n\r\n\r\n--edge--\r\n"),
        ("multipart/form-data; boundary=\xff", b"--\xff--"),
    ],
)
async def test_malformed_form_is_refused(
    client: httpx.AsyncClient, content_type: str, body: bytes
) -> None:
    headers = {b"Content-Type": content_type.encode("latin-1")}
    response = await client.post("/files", content=body, headers=headers)
    assert (response.status_code, error_code(response)) == (400, "INVALID")


async def test_form_with_two_files_is_refused(client: httpx.AsyncClient) -> None:
    files = [("a", ("a.png", a_raster())), ("b", ("b.png", a_raster()))]
    response = await client.post("/files", files=files)
    assert (response.status_code, error_code(response)) == (400, "INVALID")


async def test_endless_body_is_read_no_further_than_the_limit(client: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"x" * 65_536

    response = await client.post("/files", content=endless())
    assert (response.status_code, error_code(response)) == (413, "TOO_LARGE")
    assert sent <= MAX_FILE_BYTES + 2 * 65_536


async def test_announced_size_is_refused_before_anything_is_read(client: httpx.AsyncClient) -> None:
    async def untouchable() -> AsyncIterator[bytes]:
        pytest.fail("the body was read")
        yield b""

    for length in (str(MAX_FILE_BYTES + 1), "9" * 5_000):
        response = await client.post(
            "/files", content=untouchable(), headers={"Content-Length": length}
        )
        assert (response.status_code, error_code(response)) == (413, "TOO_LARGE")


async def test_upload_that_ends_early_stores_nothing_and_raises_nothing() -> None:
    messages: list[Any] = [
        {"type": "http.request", "body": b"\x89PNG", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answers: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/files",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer editor")],
    }
    await Starlette(routes=file_routes(authenticate=authenticate))(scope, receive, send)
    assert answers[0]["status"] == 400
