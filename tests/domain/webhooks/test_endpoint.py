import pytest
from pydantic import ValidationError

from app.domain.refusal import problems_of
from app.domain.webhooks.endpoint import WebhookEndpointContent, find_url_fault
from app.domain.webhooks.event_types import WebhookEventType

NO_URL = "must be a URL that begins with https://, in ASCII"
NO_TLS = "must begin with https://"
NOT_PUBLIC = "must be an address of the public internet"
ODD = "must name a host, or an address in its usual form"
NO_HOST = "has no valid host"


@pytest.mark.parametrize(
    ("url", "fault", "fault_in_development"),
    [
        ("https://crm.example/hooks?token=a%20b", None, None),
        ("HTTPS://CRM.example:8443/", None, None),
        ("https://xn--bcher-kva.example", None, None),
        ("https://a_b.crm.example./", None, None),
        ("https://93.184.216.34/", None, None),
        ("https://[2606:2800:220:1::1]:8443/", None, None),
        ("http://crm.example/", NO_TLS, None),
        ("http://127.0.0.1:9000/", NO_TLS, None),
        ("https://127.0.0.1/", NOT_PUBLIC, None),
        ("https://10.1.2.3/", NOT_PUBLIC, None),
        ("https://169.254.169.254/latest/meta-data", NOT_PUBLIC, None),
        ("https://0.0.0.0/", NOT_PUBLIC, None),
        ("https://[::1]/", NOT_PUBLIC, None),
        ("https://[::ffff:169.254.169.254]/", NOT_PUBLIC, None),
        ("https://[fd00::1]/", NOT_PUBLIC, None),
        ("https://localhost/", NOT_PUBLIC, None),
        ("https://LOCALHOST./", NOT_PUBLIC, None),
        ("https://crm/", NOT_PUBLIC, None),
        ("https://db.internal/", NOT_PUBLIC, None),
        ("https://metadata.google.internal./", NOT_PUBLIC, None),
        # Other ways to write 127.0.0.1, which a resolver understands.
        ("https://2130706433/", ODD, ODD),
        ("https://0x7f000001/", ODD, ODD),
        ("https://0x7f.1/", ODD, ODD),
        ("https://0177.0.0.1/", ODD, ODD),
        ("https://127.1/", ODD, ODD),
        ("https://127.0.0.1./", ODD, ODD),
        ("https://[fe80::1%25eth0]/", ODD, ODD),
        ("https://[::1/", "has no valid host and port", "has no valid host and port"),
        ("https://crm.example:99999/", "has no valid host and port", "has no valid host and port"),
        ("https:///path", "must name a host", "must name a host"),
        ("https://crm..example/", NO_HOST, NO_HOST),
        ("https://-crm.example/", NO_HOST, NO_HOST),
        ("ftp://crm.example/", NO_URL, NO_URL),
        ("crm.example", NO_URL, NO_URL),
        ("https://crm.example/a b", NO_URL, NO_URL),
        ("https://crm.example\\@10.0.0.1/", NO_URL, NO_URL),
        ("https://crm.example/\r\nX: y", NO_URL, NO_URL),
        ("https://crm.example/\n", NO_URL, NO_URL),
        ("https://bücher.example/", NO_URL, NO_URL),
        ("https://①②⑦.0.0.1/", NO_URL, NO_URL),
    ],
)
def test_urls_must_be_https_and_name_a_public_host(
    url: str, fault: str | None, fault_in_development: str | None
) -> None:
    assert find_url_fault(url, allows_private=False) == fault
    assert find_url_fault(url, allows_private=True) == fault_in_development


@pytest.mark.parametrize(
    "url", ["https://user:word@crm.example/", "https://@crm.example/", "https://crm.example/#a"]
)
def test_urls_carry_no_credentials_and_no_fragment(url: str) -> None:
    assert find_url_fault(url, allows_private=True) == ("must have no user, password or fragment")


def test_every_problem_of_an_endpoint_is_found_at_once() -> None:
    twice = [WebhookEventType.FLOW_PUBLISHED, WebhookEventType.FLOW_PUBLISHED]

    with pytest.raises(ValidationError) as refused:
        WebhookEndpointContent.model_validate(
            {"url": "https://localhost", "event_types": twice, "description": "d" * 201}
        )

    assert [(each.code, each.path) for each in problems_of(refused.value)] == [
        ("INVALID", ("url",)),
        ("DUPLICATE", ("event_types", 1)),
        ("TOO_LONG", ("description",)),
    ]


@pytest.mark.parametrize(
    ("event_types", "code", "path"),
    [
        ([], "REQUIRED", ("event_types",)),
        ([WebhookEventType.WEBHOOK_TEST], "INVALID", ("event_types", 0)),
    ],
)
def test_an_endpoint_is_subscribed_to_something_that_happens(
    event_types: list[WebhookEventType], code: str, path: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        WebhookEndpointContent.model_validate(
            {"url": "https://crm.example/", "event_types": event_types}
        )

    (problem,) = problems_of(refused.value)
    assert (problem.code, problem.path) == (code, path)
