import pytest

from app.domain.routing.urls import (
    MAX_QUERY_PARAMETERS,
    ParsedUrl,
    UrlProblem,
    UrlProblemCode,
    Utm,
    parse_url,
)
from tests.domain.routing.builders import a_url


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://h.example", "/"),
        ("https://h.example?x=1", "/"),
        ("https://h.example//", "/"),
        ("https://h.example/a/", "/a"),
        ("https://h.example//a///b//", "/a/b"),
        ("https://h.example/A", "/A"),
        ("https://h.example/caf%C3%A9/%E6%97%A5", "/café/日"),
        ("https://h.example/a%2F%2Fb%2f", "/a/b"),
        ("https://h.example/a+b%20c", "/a+b c"),
        ("https://h.example/%FF%C3", "/\ufffd\ufffd"),
        ("https://h.example/100%", "/100%"),
        ("https://h.example/%zz", "/%zz"),
        ("https://h.example/a;b=c", "/a;b=c"),
        ("https://h.example/a#/b?c=d", "/a"),
        ("https://h.example/%0Aa", "/\na"),
        ("  https://h.example/a\n\tb ", "/ab"),
        ("https://h.example/\ud800", "/\ufffd"),
    ],
)
def test_path_is_decoded_then_normalised(url: str, path: str) -> None:
    assert a_url(url).path == path


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("WWW.Example.COM", "www.example.com"),
        ("example.com:8443", "example.com"),
        ("example.com:", "example.com"),
        ("user:pa:ss@example.com:1", "example.com"),
        ("MÜLLER.example", "müller.example"),
        ("xn--mller-kva.example", "müller.example"),
        ("XN--MLLER-KVA.example", "müller.example"),
        ("m%C3%BCller.example", "müller.example"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[2001:DB8::1]:80", "[2001:db8::1]"),
    ],
)
def test_host_is_folded_unicode_without_user_or_port(authority: str, host: str) -> None:
    assert a_url(f"https://{authority}/").host == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "/only/a/path",
        "//h.example/",
        "ftp://h.example/",
        "javascript:alert(1)",
        "https:///a",
        "https://:80/",
        "https://a b/",
        "https://a%00b/",
        "https://h.example:port/",
        "https://[::1/",
        "https://[zz]/",
        "https://a\\b/",
        "https://xn--\u00fc/",
        "https://xn--" + "a" * 60 + "/",
        "https://xn--99999999999/",
    ],
)
def test_malformed_url_is_a_problem(url: str) -> None:
    problem = parse_url(url, None)
    assert isinstance(problem, UrlProblem)
    assert problem.code is UrlProblemCode.MALFORMED_URL


def test_url_of_100_kb_is_a_problem() -> None:
    problem = parse_url("https://h.example/" + "a/" * 50_000)
    assert isinstance(problem, UrlProblem)
    assert problem.code is UrlProblemCode.URL_TOO_LONG


def test_one_parameter_more_than_allowed_is_a_problem() -> None:
    allowed = "https://h.example/?" + "&".join(["a"] * MAX_QUERY_PARAMETERS)
    assert isinstance(parse_url(allowed), ParsedUrl)
    problem = parse_url(f"{allowed}&a")
    assert isinstance(problem, UrlProblem)
    assert problem.code is UrlProblemCode.TOO_MANY_PARAMETERS


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("a=1&a=2&b=", (("a", "1"), ("a", "2"), ("b", ""))),
        ("a&&=x", (("a", ""), ("", "x"))),
        ("a=b=c", (("a", "b=c"),)),
        ("a=x+y%20z%2B", (("a", "x y z+"),)),
        ("%C3%A9=%C3%A9", (("é", "é"),)),
        ("a=%ff", (("a", "\ufffd"),)),
        ("a=1;b=2", (("a", "1;b=2"),)),
        ("A=B", (("A", "B"),)),
    ],
)
def test_query_pairs_are_decoded_in_order(query: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert a_url(f"https://h.example/?{query}").query == pairs


def test_utm_comes_from_the_first_of_repeated_parameters() -> None:
    url = a_url("https://h.example/?utm_source=A&utm_source=b&utm_medium=&utm_other=x")
    assert url.utm == Utm(source="A", medium="")


def test_a_set_utm_field_overrides_that_of_the_url_and_no_other() -> None:
    url = a_url("https://h.example/?utm_source=a&utm_medium=b", Utm(source="c", term=""))
    assert url.utm == Utm(source="c", medium="b", term="")
    assert url.query == (("utm_source", "a"), ("utm_medium", "b"))
