"""Logs and metrics."""

from enum import StrEnum
from typing import Any

from pydantic import Field, SecretStr

from app.settings.base import MAX_PORT, CommonSettings, is_development


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


def _log_format(values: dict[str, Any]) -> LogFormat:
    return LogFormat.TEXT if is_development(values) else LogFormat.JSON


class ObservationSettings(CommonSettings):
    """What is written and counted of what happens, and who may read it."""

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
