"""The vendor, and other systems that are told what happens."""

import base64
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from app.servicetitan.environment import BaseUrl, VendorEnvironment
from app.settings.base import MAX_PORT, Environment, is_development, split_at_commas
from app.settings.server import ServerSettings

STAND_IN_PORT_DISTANCE = 10_000
CIPHER_KEY_BYTES = 32


def _stand_in_port(values: dict[str, Any]) -> int:
    """Return a port far from the server's, as the next ones are often another server's."""
    port: int = values["port"]
    away = port + STAND_IN_PORT_DISTANCE
    return away if away <= MAX_PORT else port - STAND_IN_PORT_DISTANCE


def _stand_in_url(values: dict[str, Any]) -> str | None:
    """Return the stand-in's address in development; in production there is no vendor unless set."""
    if not is_development(values):
        return None
    return f"http://127.0.0.1:{values['vendor_stand_in_port']}"


def _require_cipher_key(key: SecretStr) -> SecretStr:
    try:
        size = len(base64.urlsafe_b64decode(key.get_secret_value()))
    except ValueError:  # Also for text that is no ASCII.
        size = 0
    if size != CIPHER_KEY_BYTES:
        raise ValueError("each key must be 32 bytes in URL-safe Base64")
    return key


class VendorSettings(ServerSettings):
    """Where the vendor answers, and how what is secret about it is sealed."""

    vendor_sync_minutes: float = Field(
        default=60.0,
        gt=0,
        le=525_600,
        description="Minutes after which a worker compares services with the vendor's job types "
        "again.",
    )
    vendor_settle_seconds: float = Field(
        default=60.0,
        ge=0,
        le=3_600,
        description="Seconds after a call of unknown outcome before the vendor is asked whether "
        "it has the booking.",
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
    vendor_private_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(split_at_commas)] = (
        Field(
            default=frozenset(),
            description="Vendor hosts, between commas, that may be private and need no TLS.",
        )
    )
    vendor_cipher_keys: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_require_cipher_key)], ...],
        NoDecode,
        BeforeValidator(split_at_commas),
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
    def vendor_environment(self) -> VendorEnvironment | None:
        """Where the vendor answers; None when there is no vendor."""
        if self.vendor_api_url is None or self.vendor_auth_url is None:
            return None
        return VendorEnvironment(
            api_url=self.vendor_api_url,
            auth_url=self.vendor_auth_url,
            private_hosts=self.vendor_private_hosts,
        )
