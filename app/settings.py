"""The settings of every `scheduler` command, read from `SCHEDULER_*` variables once at start."""

import difflib
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SCHEDULER_"


class SettingsError(Exception):
    """The environment cannot be used; the one-line message names every variable at fault."""


class Environment(StrEnum):
    """What the server is run for: production refuses what only suits a developer's machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """The least severe log records that are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


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
    return 12_000_000 if _is_development(values) else 1_200_000


def _is_development(values: dict[str, Any]) -> bool:
    return values.get("environment") is Environment.DEVELOPMENT


class Settings(BaseSettings):
    """Frozen settings; each field is the variable `SCHEDULER_` + its name in upper case.

    An empty variable counts as absent. Use `load_settings`, which also refuses unknown variables.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True
    )

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
    environment: Environment = Field(
        default=Environment.DEVELOPMENT,
        description="`production` refuses the embedded database.",
    )
    graphiql: bool = Field(
        default_factory=_is_development,
        description="Whether /graphql shows GraphiQL to browsers; without it, in development only.",
    )
    introspection: bool = Field(
        default_factory=_is_development,
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
    trusted_documents: Path | None = Field(
        default=None,
        description="JSON file of documents by id; requests without an API key then run these "
        "documents and no others.",
    )
    session_idle_minutes: int = Field(
        default=60,
        ge=1,
        le=525_600,
        description="Minutes without an event after which a session is abandoned; an organization "
        "may have its own.",
    )
    log_level: LogLevel = Field(
        default=LogLevel.INFO, description="Least severe log records written: debug to error."
    )

    @model_validator(mode="after")
    def _refuse_embedded_database_in_production(self) -> Self:
        if self.environment is Environment.PRODUCTION and self.mongodb_uri is None:
            raise ValueError(
                "SCHEDULER_MONGODB_URI must be set when SCHEDULER_ENVIRONMENT is production: "
                "the embedded database is for development and tests only"
            )
        return self


def load_settings() -> Settings:
    """Return the settings of the environment.

    Raises `SettingsError` for a `SCHEDULER_*` variable that is no setting, and for a bad value.
    """
    complaints = _unknown_variables()
    if not complaints:
        try:
            return Settings()
        except ValidationError as error:
            complaints = _bad_values(error)
    raise SettingsError("Bad settings: " + "; ".join(complaints))


def _unknown_variables() -> list[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    return [f"{name} is no setting{_suggestion(name.upper(), known)}" for name in unknown]


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]}?)" if close else f" (known: {', '.join(known)})"


def _bad_values(error: ValidationError) -> list[str]:
    """Return one complaint per bad value; a database URI is never repeated, for its password."""
    complaints = []
    for problem in error.errors(include_url=False):
        if problem["type"] == "default_factory_not_called":
            continue  # It follows from a host or port already complained of.
        message = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            complaints.append(message)
            continue
        variable = PREFIX + str(problem["loc"][0]).upper()
        value = "" if variable.endswith("_URI") else f"={problem['input']!r}"
        complaints.append(f"{variable}{value}: {message}")
    return complaints
