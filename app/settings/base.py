"""What the settings of every subject have in common."""

from enum import StrEnum
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SCHEDULER_"
MAX_PORT = 65_535


class Environment(StrEnum):
    """What the server is run for: production refuses what only suits a developer's machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class CommonSettings(BaseSettings):
    """Frozen settings; each field is the variable `SCHEDULER_` + its name in upper case.

    An empty variable counts as absent.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True
    )

    environment: Environment = Field(
        default=Environment.DEVELOPMENT,
        description="`production` refuses the embedded database.",
    )


def is_development(values: dict[str, Any]) -> bool:
    """Whether the settings read so far are a developer's; for defaults that depend on it."""
    return values.get("environment") is Environment.DEVELOPMENT


def split_at_commas(value: object) -> object:
    """Return the parts of a text, without space around them and without empty ones."""
    if not isinstance(value, str):
        return value
    return [part for part in (each.strip() for each in value.split(",")) if part]
