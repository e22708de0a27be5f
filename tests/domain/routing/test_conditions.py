import pytest

from app.domain.routing.conditions import compile_condition
from app.domain.routing.urls import Utm
from app.services.patterns import compile_pattern
from tests.domain.routing.builders import a_condition, holds

HOST = [
    ("host equals Example.com", "https://EXAMPLE.com:81/", True),
    ("host equals example.com", "https://www.example.com/", False),
    ("host equals xn--mller-kva.de", "https://müller.de/", True),
    ("host equals MÜLLER.de", "https://xn--mller-kva.de/", True),
    ("host prefix WWW.", "https://www.example.com/", True),
    ("host prefix ww", "https://www.example.com/", True),
    ("host prefix example", "https://www.example.com/", False),
    ("host glob *.EXAMPLE.com", "https://a.b.example.com/", True),
    ("host glob *.example.com", "https://example.com/", False),
    ("host regex (WWW|m)\\.example\\.COM", "https://M.example.com/", True),
    ("host regex example", "https://example.com/", False),
    ("host exists", "https://x/", True),
]
PATH = [
    ("path equals /services", "https://h/services/", True),
    ("path equals /services/", "https://h//services", True),
    ("path equals /services", "https://h/Services", False),
    ("path equals /services", "https://h/services/hvac", False),
    ("path equals /", "https://h", True),
    ("path equals /café", "https://h/caf%C3%A9", True),
    ("path equals /a b", "https://h/a%20b", True),
    ("path prefix /services", "https://h/services", True),
    ("path prefix /services", "https://h/services/hvac", True),
    ("path prefix /services/", "https://h/services", True),
    ("path prefix /services", "https://h/services-old", False),
    ("path prefix /services", "https://h/Services/hvac", False),
    ("path prefix /", "https://h/anything/at/all", True),
    ("path glob /services/*", "https://h/services/hvac", True),
    ("path glob /services/*", "https://h/services/hvac/repair", False),
    ("path glob /services/*", "https://h/services/", False),
    ("path glob /s*s", "https://h/services", True),
    ("path glob /services/**", "https://h/services/hvac/repair", True),
    ("path glob /services/**", "https://h/services", False),
    ("path glob /a/**/b", "https://h/a/x/y/b", True),
    ("path glob /a/**/b", "https://h/a/b", True),
    ("path glob /a/**/b", "https://h/axb", False),
    ("path glob **", "https://h/a/b%0Ac", True),
    ("path glob /a.c", "https://h/abc", False),
    ("path glob /[ab]?", "https://h/%5Bab%5D%3F", True),
    ("path glob /SERVICES", "https://h/services", False),
    ("path regex /(hvac|plumbing)/\\d+", "https://h/hvac/12", True),
    ("path regex /(hvac|plumbing)/\\d+", "https://h/hvac/12a", False),
    ("path regex hvac", "https://h/hvac", False),
    ("path regex /hvac", "https://h/HVAC", False),
    ("path regex (?i)/hvac", "https://h/HVAC", True),
    ("path regex /\\p{Greek}+", "https://h/%CE%B1%CE%B2", True),
    ("path exists", "https://h", True),
]
QUERY = [
    ("query.q equals a", "https://h/?q=a", True),
    ("query.q equals a", "https://h/?q=A", False),
    ("query.q equals a", "https://h/?Q=a", False),
    ("query.q equals b", "https://h/?q=a&q=b", True),
    ("query.q equals a b", "https://h/?q=a+b", True),
    ("query.q equals ", "https://h/?q", True),
    ("query.q equals ", "https://h/", False),
    ("query.q prefix /serv", "https://h/?q=/services", True),
    ("query.q prefix serv", "https://h/?q=a&q=services", True),
    ("query.q prefix ", "https://h/?q=x", True),
    ("query.q prefix ", "https://h/?p=x", False),
    ("query.q glob a*c", "https://h/?q=a/b/c", True),
    ("query.q glob a*c", "https://h/?q=abcd", False),
    ("query.q glob *", "https://h/?q=", True),
    ("query.q glob *", "https://h/", False),
    ("query.q regex [a-z]+", "https://h/?q=1&q=ab", True),
    ("query.q regex [a-z]+", "https://h/?q=ab1", False),
    ("query.q exists", "https://h/?q", True),
    ("query.q exists", "https://h/?q=", True),
    ("query.q exists", "https://h/?p=q", False),
]
UTM = [
    ("utm.campaign equals Spring", "https://h/?utm_campaign=sPRING", True),
    ("utm.campaign equals spring", "https://h/?campaign=spring", False),
    ("utm.campaign equals spring", "https://h/?utm_campaign=x&utm_campaign=spring", False),
    ("utm.source prefix GOO", "https://h/?utm_source=google", True),
    ("utm.source glob *OGL*", "https://h/?utm_source=google", True),
    ("utm.source regex GO+gle", "https://h/?utm_source=google", True),
    ("utm.source regex goo", "https://h/?utm_source=google", False),
    ("utm.term equals STRASSE", "https://h/?utm_term=stra%C3%9Fe", False),
    ("utm.term equals STRAẞE", "https://h/?utm_term=stra%C3%9Fe", True),
    ("utm.term regex ÉTÉ", "https://h/?utm_term=%C3%A9t%C3%A9", True),
    ("utm.content exists", "https://h/?utm_content=", True),
    ("utm.content exists", "https://h/?utm_source=x", False),
]


@pytest.mark.parametrize(
    ("condition", "url", "expected"),
    HOST + PATH + QUERY + UTM,
)
def test_condition_on_url(condition: str, url: str, expected: bool) -> None:
    assert holds(condition, url) is expected


def test_utm_override_decides_utm_conditions_but_not_query_conditions() -> None:
    url = "https://h/?utm_source=bing"
    override = Utm(source="Google")
    assert holds("utm.source equals google", url, override)
    assert not holds("utm.source equals bing", url, override)
    assert holds("query.utm_source equals bing", url, override)


@pytest.mark.parametrize(
    "pattern", ["a(?=b)", "(?<!a)b", r"(a)\1", "(", "a**", "[z-a]", "(?P<n", "a{1001}", "(?>a)"]
)
def test_pattern_outside_re2_syntax_has_an_error_and_never_holds(pattern: str) -> None:
    condition = a_condition(f"path regex {pattern}")
    compiled = compile_condition(condition, compile_pattern=compile_pattern)
    assert compiled.pattern_error
    assert not compiled.test("/ab")


def test_pattern_with_nested_quantifiers_is_matched_in_bounded_time() -> None:
    assert not holds("path regex /(a+)+(a|aa)*b", "https://h/" + "a" * 15_000)
