import pytest
from pydantic import ValidationError

from app.servicetitan.environment import VendorEnvironment


@pytest.mark.parametrize(
    ("url", "private_hosts", "is_accepted"),
    [
        ("https://api.vendor.example", [], True),
        ("http://api.vendor.example", [], False),
        ("http://127.0.0.1:9000", [], True),
        ("http://localhost:9000/", [], True),
        ("http://vendor:9000", ["vendor"], True),
        ("ftp://127.0.0.1", [], False),
        ("https://user:word@api.vendor.example", [], False),
        ("https://", [], False),
    ],
)
def test_environment_needs_tls_unless_a_host_is_explicitly_local(
    url: str, private_hosts: list[str], *, is_accepted: bool
) -> None:
    def build() -> VendorEnvironment:
        return VendorEnvironment(api_url=url, auth_url=url, private_hosts=frozenset(private_hosts))

    if is_accepted:
        assert build().api_url == url.rstrip("/")
        return
    with pytest.raises(ValidationError):
        build()
