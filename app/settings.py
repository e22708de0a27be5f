"""The settings of every `scheduler` command, read from `SCHEDULER_*` variables once at start."""

import base64
import difflib
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.origins import normalise_origin
from app.execution.names import DEFAULT_EXECUTOR, ExecutorName
from app.services.oidc.issuer import Algorithm, Issuer, IssuerUrl
from app.servicetitan.environment import BaseUrl, VendorEnvironment

PREFIX = "SCHEDULER_"
SECRET_SUFFIXES = ("_URI", "_KEYS", "_TOKEN")
"""Variables whose values are never repeated: they hold passwords and keys."""

MAX_PORT = 65_535
STAND_IN_PORT_DISTANCE = 10_000
CIPHER_KEY_BYTES = 32


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


class LogFormat(StrEnum):
    """How log records are written: a JSON object each, or a line for people."""

    JSON = "json"
    TEXT = "text"


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


def _log_format(values: dict[str, Any]) -> LogFormat:
    return LogFormat.TEXT if _is_development(values) else LogFormat.JSON


def _drain_seconds(values: dict[str, Any]) -> float:
    """Return what balancers that look every few seconds need; nobody waits for a developer."""
    return 0.0 if _is_development(values) else 5.0


def _stand_in_port(values: dict[str, Any]) -> int:
    """Return a port far from the server's, as the next ones are often another server's."""
    port: int = values["port"]
    away = port + STAND_IN_PORT_DISTANCE
    return away if away <= MAX_PORT else port - STAND_IN_PORT_DISTANCE


def _stand_in_url(values: dict[str, Any]) -> str | None:
    """Return the stand-in's address in development; in production there is no vendor unless set."""
    if not _is_development(values):
        return None
    return f"http://127.0.0.1:{values['vendor_stand_in_port']}"


def _split_at_commas(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part for part in (each.strip() for each in value.split(",")) if part]


def _require_origin(text: str) -> str:
    origin = normalise_origin(text)
    if origin is None:
        raise ValueError("each must be an origin such as https://admin.example.com")
    return origin


def _require_cipher_key(key: SecretStr) -> SecretStr:
    try:
        size = len(base64.urlsafe_b64decode(key.get_secret_value()))
    except ValueError:  # Also for text that is no ASCII.
        size = 0
    if size != CIPHER_KEY_BYTES:
        raise ValueError("each key must be 32 bytes in URL-safe Base64")
    return key


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
    session_idle_minutes: int = Field(
        default=60,
        ge=1,
        le=525_600,
        description="Minutes without an event after which a session is abandoned; an organization "
        "may have its own.",
    )
    vendor_settle_seconds: float = Field(
        default=60.0,
        ge=0,
        le=3_600,
        description="Seconds after a call of unknown outcome before the vendor is asked whether "
        "it has the booking.",
    )
    event_retention_days: int | None = Field(
        default=None,
        ge=1,
        le=3_650,
        description="Days that the events of closed sessions are kept, for ever without it; an "
        "organization may have its own.",
    )
    admin_origins: Annotated[
        frozenset[Annotated[str, AfterValidator(_require_origin)]],
        NoDecode,
        BeforeValidator(_split_at_commas),
    ] = Field(
        default=frozenset(),
        description="Origins, between commas, of the admin app: its pages may use API keys and "
        "tokens of people.",
    )
    oidc_issuer: IssuerUrl | None = Field(
        default=None,
        description="The OpenID Connect issuer people sign in at; without it there are API keys "
        "only.",
    )
    oidc_audience: str | None = Field(
        default=None, min_length=1, description="Whom the issuer's tokens must be for."
    )
    oidc_algorithms: Annotated[
        tuple[Algorithm, ...], NoDecode, BeforeValidator(_split_at_commas)
    ] = Field(
        default=("RS256",),
        min_length=1,
        description="Algorithms, between commas, that tokens may be signed by.",
    )
    oidc_jwks_url: IssuerUrl | None = Field(
        default=None,
        description="Where the issuer's keys are; without it its discovery document says so.",
    )
    vendor_sync_minutes: float = Field(
        default=60.0,
        gt=0,
        le=525_600,
        description="Minutes after which a worker compares services with the vendor's job types "
        "again.",
    )
    vendor_signature_header: str = Field(
        default="X-Signature",
        pattern=r"^[A-Za-z][A-Za-z0-9-]{0,99}$",
        description="Header that carries the signature of the vendor's webhooks.",
    )
    vendor_stand_in_port: int = Field(
        default_factory=_stand_in_port,
        ge=1,
        le=MAX_PORT,
        description="TCP port of `scheduler vendor stand-in`; without it the server's and 10000.",
    )
    vendor_api_url: BaseUrl | None = Field(
        default_factory=_stand_in_url,
        description="Address of the vendor's API; without it the stand-in's in development, and "
        "no vendor in production.",
    )
    vendor_auth_url: BaseUrl | None = Field(
        default_factory=_stand_in_url,
        description="Address of the vendor's authentication host; like the API's.",
    )
    vendor_private_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(_split_at_commas)] = (
        Field(
            default=frozenset(),
            description="Vendor hosts, between commas, that may be private and need no TLS.",
        )
    )
    vendor_cipher_keys: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_require_cipher_key)], ...],
        NoDecode,
        BeforeValidator(_split_at_commas),
    ] = Field(
        default=(),
        description="Keys, between commas, that seal vendor credentials and webhook secrets; the "
        "first seals, all open. Without them one is made and kept in the data folder, in "
        "development only.",
    )
    webhooks_allow_private: bool = Field(
        default=False,
        description="Whether webhooks may go to private addresses and without TLS; for "
        "development only.",
    )
    executor: ExecutorName = Field(
        default=DEFAULT_EXECUTOR,
        description="What executes operations: compiled, by plans made once, or graphql-core.",
    )
    log_level: LogLevel = Field(
        default=LogLevel.INFO, description="Least severe log records written: debug to error."
    )
    log_format: LogFormat = Field(
        default_factory=_log_format,
        description="How log records are written, json or text; without it json in production, "
        "text in development.",
    )
    slow_operation_ms: int = Field(
        default=1_000,
        ge=0,
        description="Milliseconds from which an operation's log record is a warning.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Bearer token for /metrics, 16 characters at least; without it the page is "
        "for requests from the same machine only.",
    )
    worker_metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=MAX_PORT,
        description="TCP port at which a worker serves /metrics and /livez; without it, nowhere.",
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

    @model_validator(mode="after")
    def _refuse_private_webhooks_in_production(self) -> Self:
        if self.environment is Environment.PRODUCTION and self.webhooks_allow_private:
            raise ValueError(
                "SCHEDULER_WEBHOOKS_ALLOW_PRIVATE must not be set when SCHEDULER_ENVIRONMENT is "
                "production: webhooks would reach into the server's own network"
            )
        return self

    @model_validator(mode="after")
    def _require_whole_vendor(self) -> Self:
        if (self.vendor_api_url is None) != (self.vendor_auth_url is None):
            raise ValueError(
                "SCHEDULER_VENDOR_API_URL and SCHEDULER_VENDOR_AUTH_URL must be set together"
            )
        is_production = self.environment is Environment.PRODUCTION
        if self.vendor_environment and is_production and not self.vendor_cipher_keys:
            raise ValueError(
                "SCHEDULER_VENDOR_CIPHER_KEYS must be set when SCHEDULER_ENVIRONMENT is "
                "production and SCHEDULER_VENDOR_API_URL is set"
            )
        return self

    @property
    def key_dir(self) -> Path | None:
        """Where a cipher key is kept when the settings give none; None in production."""
        return self.data_dir if self.environment is Environment.DEVELOPMENT else None

    @model_validator(mode="after")
    def _require_whole_issuer(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError(
                "SCHEDULER_OIDC_ISSUER and SCHEDULER_OIDC_AUDIENCE must be set together"
            )
        return self

    @property
    def issuer(self) -> Issuer | None:
        """Whose tokens people sign in with; None when there is no issuer."""
        if self.oidc_issuer is None or self.oidc_audience is None:
            return None
        return Issuer(
            url=self.oidc_issuer,
            audience=self.oidc_audience,
            algorithms=self.oidc_algorithms,
            jwks_url=self.oidc_jwks_url,
        )

    @property
    def vendor_environment(self) -> VendorEnvironment | None:
        """Where the vendor answers; None when there is no vendor."""
        if self.vendor_api_url is None or self.vendor_auth_url is None:
            return None
        return VendorEnvironment(
            api_url=self.vendor_api_url,
            auth_url=self.vendor_auth_url,
            private_hosts=self.vendor_private_hosts,
        )


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
    """Return one complaint per bad value; what may hold a secret is never repeated."""
    complaints = []
    for problem in error.errors(include_url=False):
        if problem["type"] == "default_factory_not_called":
            continue  # It follows from a host or port already complained of.
        message = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            complaints.append(message)
            continue
        variable = PREFIX + str(problem["loc"][0]).upper()
        value = "" if variable.endswith(SECRET_SUFFIXES) else f"={problem['input']!r}"
        complaints.append(f"{variable}{value}: {message}")
    return complaints
