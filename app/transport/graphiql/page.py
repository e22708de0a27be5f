"""The page itself: one small document that names its files and carries the example tabs."""

import json
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.transport.graphiql.examples import example_tabs, fingerprint
from app.transport.graphiql.static import ASSETS, MOUNT_PATH, SECURITY_HEADERS, built_version

NOT_BUILT = "GraphiQL is not built yet: run ./scripts/graphiql-assets and reload this page."
# The same address answers programs with JSON, and the page may carry a key.
PAGE_HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store", "Vary": "Accept"}


def graphiql_page(
    request: Request,
    *,
    publishable_key: str | None = None,
    api_key: str | None = None,
    assets: Path = ASSETS,
) -> Response:
    """Return GraphiQL for the address it is served at, or 503 and the script to run.

    `publishable_key` in the page's query string wins over the one given. `api_key` is shown to
    whoever opens the page, so it may only be a demonstration organization's.
    """
    version = built_version(assets)
    if version is None:
        return HTMLResponse(f"<p>{NOT_BUILT}</p>", status_code=503, headers=PAGE_HEADERS)
    # `root_path` would include the address a view is mounted at; this is the application's alone.
    root = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    html = _template().substitute(
        assets=escape(f"{root}{MOUNT_PATH}/{version}"),
        page=_page_data(
            publishable_key=request.query_params.get("publishable_key") or publishable_key,
            api_key=api_key,
        ),
    )
    return HTMLResponse(html, headers=PAGE_HEADERS)


def _page_data(*, publishable_key: str | None, api_key: str | None) -> str:
    idempotency_key = str(uuid4())
    tabs = example_tabs(
        publishable_key=publishable_key, api_key=api_key, idempotency_key=idempotency_key
    )
    data = {
        "examples": fingerprint(tabs, except_for=idempotency_key),
        "tabs": [tab.model_dump() for tab in tabs],
        # The browser keeps headers only where the key in them is no secret.
        "rememberHeaders": api_key is not None,
    }
    # Inside a script element only `<` could end the JSON; the escape is the same JSON text.
    return json.dumps(data).replace("<", "\\u003c")


@cache
def _template() -> Template:
    return Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
