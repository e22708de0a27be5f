"""The application with an address at which its event loop hangs."""

import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import main

SECONDS = 3.0


async def hang(_: Request) -> Response:
    time.sleep(SECONDS)  # noqa: ASYNC251 - that is the point.
    return Response()


def create_app() -> Starlette:
    application = main.create_app_from_environment()
    application.router.routes.append(Route("/hang", hang))
    return application
