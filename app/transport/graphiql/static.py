"""The built files of the GraphiQL page, which scripts/graphiql-assets makes at set-up."""

import json
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

MOUNT_PATH = "/graphiql"
ASSETS = Path(__file__).parent / "assets"

# The editor writes `style` elements and attributes of its own and takes no nonce for them, so
# styles alone may be inline. Its fonts and cursors are `data:` addresses inside the style sheet.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def built_version(assets: Path) -> str | None:
    """Return the version whose files are in `assets`, or None while they are not built.

    Read at every page, since a build replaces the files under a running server.
    """
    try:
        manifest = json.loads((assets / "manifest.json").read_bytes())
    except FileNotFoundError:
        return None
    return str(manifest["version"])


class GraphiQLFiles(StaticFiles):
    """The files at `MOUNT_PATH`/<version>/<name>: the version names the content, so keep them."""

    def __init__(self, *, assets: Path = ASSETS) -> None:
        super().__init__(directory=assets / "public", check_dir=False)
        # Files that are not built yet are not found, rather than a fault of the server.
        self.config_checked = True

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(SECURITY_HEADERS)
        if response.status_code in {200, 206, 304}:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
