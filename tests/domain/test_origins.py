"""Origins as browsers send them."""

import pytest

from app.domain.origins import normalise_origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://harbor.example", "https://harbor.example"),
        ("HTTPS://Harbor.EXAMPLE", "https://harbor.example"),
        ("https://harbor.example:443", "https://harbor.example"),
        ("http://harbor.example:443", "http://harbor.example:443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://[::1]:8443", "http://[::1]:8443"),
        ("https://harbor.example/", None),
        ("https://harbor.example/book", None),
        ("https://harbor.example?a", None),
        ("https://user@harbor.example", None),
        ("https://*.harbor.example", None),
        ("https://harbor.example\\@evil.example", None),
        ("https://harbor%2eexample", None),
        ("https://harbor.example:0", None),
        ("https://harbor.example:99999", None),
        ("ftp://harbor.example", None),
        ("https://a b", None),
        ("null", None),
        ("*", None),
        ("", None),
        (f"https://{'a' * 300}.example", None),
    ],
)
def test_origin_is_read_by_the_url_standard_or_is_none(text: str, origin: str | None) -> None:
    assert normalise_origin(text) == origin
