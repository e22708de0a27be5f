"""The server, its database, and what it takes on."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from app.execution.names import DEFAULT_EXECUTOR, ExecutorName
from app.settings.base import CommonSettings, Environment, is_development


def _require_mongodb_scheme(uri: str) -> str:
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise ValueError("must begin with mongodb:// or mongodb+srv://")
    return uri


def _require_http_origin(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return url.rstrip("/")


def _local_url(values: dict[str, Any]) -> str:
    """Return the address at which this machine reaches a server bound to `host` and `port`."""
    # A wildcard address is one to listen on, not one to open in a browser.
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(values["host"], values["host"])  # noqa: S104  # nosec B104
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{host}:{values['port']}"


def _points_per_minute(values: dict[str, Any]) -> int:
    """Return what suits one customer's widget in production, and load tests in development."""
    return 12_000_000 if is_development(values) else 1_200_000


def _drain_seconds(values: dict[str, Any]) -> float:
    """Return what balancers that look every few seconds need; nobody waits for a developer."""
    return 0.0 if is_development(values) else 5.0


class ServerSettings(CommonSettings):
    """How the API is served, and from which database."""

    mongodb_uri: Annotated[str, AfterValidator(_require_mongodb_scheme)] | None = Field(
        default=None,
        repr=False,  # It may hold a password.
        description="MongoDB to connect to; without it an embedded database is started.",
    )
    database_name: str = Field(
        default="scheduler",
        pattern=r"^[A-Za-z0-9_-]{1,63}$",
        description="Name of the database within the server.",
    )
    host: str = Field(
        default="127.0.0.1", min_length=1, description="Address the server listens on."
    )
    port: int = Field(
        default=8000, ge=1, le=65_535, description="TCP port the server listens on, 1 to 65535."
    )
    workers: int = Field(default=1, ge=1, le=64, description="Number of server processes, 1 to 64.")
    data_dir: Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())] = Field(
        default=Path(".scheduler"),
        validate_default=True,
        description="Folder of the embedded database; relative to the current folder.",
    )
    public_url: Annotated[str, AfterValidator(_require_http_origin)] = Field(
        default_factory=_local_url,
        description="Address at which browsers reach the server, no slash at the end; "
        "without it `http://HOST:PORT`.",
    )
    graphiql: bool = Field(
        default_factory=is_development,
        description="Whether /graphql shows GraphiQL to browsers; without it, in development only.",
    )
    introspection: bool = Field(
        default_factory=is_development,
        description="Whether clients may ask for the schema and errors say what may have been "
        "meant; without it, in development only.",
    )
    points_per_minute: int = Field(
        default_factory=_points_per_minute,
        ge=0,
        description="Points each caller may spend a minute, 0 counts nothing; without it 1200000, "
        "ten times that in development.",
    )
    operation_timeout_seconds: float = Field(
        default=30.0, gt=0, le=3_600, description="Deadline of each operation."
    )
    max_concurrent_operations: int = Field(
        default=500,
        ge=1,
        description="Operations a process takes on at the same time; more are refused at once.",
    )
    max_queued_events: int = Field(
        default=10_000,
        ge=100,
        description="Events of sessions that may wait in a process to be stored; more are refused "
        "at once.",
    )
    trusted_documents: Path | None = Field(
        default=None,
        description="JSON file of documents by id; requests without an API key then run these "
        "documents and no others.",
    )
    executor: ExecutorName = Field(
        default=DEFAULT_EXECUTOR,
        description="What executes operations: compiled, by plans made once, or graphql-core.",
    )
    drain_seconds: float = Field(
        default_factory=_drain_seconds,
        ge=0,
        le=60,
        description="Seconds a server told to stop serves on while it is not ready any more; "
        "without it 5 in production, none in development.",
    )

    @model_validator(mode="after")
    def _refuse_embedded_database_in_production(self) -> Self:
        if self.environment is Environment.PRODUCTION and self.mongodb_uri is None:
            raise ValueError(
                "SCHEDULER_MONGODB_URI must be set when SCHEDULER_ENVIRONMENT is production: "
                "the embedded database is for development and tests only"
            )
        return self

    @property
    def key_dir(self) -> Path | None:
        """Where a cipher key is kept when the settings give none; None in production."""
        return self.data_dir if self.environment is Environment.DEVELOPMENT else None
