"""Where the vendor answers, and what a tenant shows it."""

import ipaddress
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from app.domain.values import Value

MAX_TENANT_ID = 2**63 - 1


def is_explicitly_local(host: str) -> bool:
    """Tell whether a host says by itself that it is an address, or this machine."""
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _require_base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a plain address, without user, query or fragment")
    return url.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_require_base_url)]


class VendorEnvironment(Value):
    """The vendor's API host and authentication host; both come from the settings only.

    A host written as an address or as `localhost`, and any host in `private_hosts`, is the
    operator's explicit choice: it may lie in a private network and answer without TLS. Any other
    host needs `https` and may resolve to public addresses only.
    """

    api_url: BaseUrl
    auth_url: BaseUrl
    private_hosts: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _require_tls(self) -> Self:
        for url in (self.api_url, self.auth_url):
            parts = urlsplit(url)
            if parts.scheme != "https" and not self.may_be_private(parts.hostname or ""):
                raise ValueError(f"{parts.hostname} must be reached by https")
        return self

    def may_be_private(self, host: str) -> bool:
        """Tell whether the settings themselves allow this host a private address."""
        return host in self.private_hosts or is_explicitly_local(host)


def require_visible_ascii(secret: SecretStr) -> SecretStr:
    """Return a secret that may travel in a header, where a line break would begin another one."""
    if not all("!" <= character <= "~" for character in secret.get_secret_value()):
        raise ValueError("must consist of visible ASCII characters")
    return secret


VendorSecret = Annotated[
    SecretStr,
    Field(min_length=1, max_length=1_000, repr=False),
    AfterValidator(require_visible_ascii),
]


class VendorCredentials(Value):
    """What one company's tenant shows the vendor; secrets appear in no `repr` and no log."""

    model_config = ConfigDict(hide_input_in_errors=True)

    tenant_id: Annotated[int, Field(ge=1, le=MAX_TENANT_ID)]
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    client_secret: VendorSecret
    app_key: VendorSecret
