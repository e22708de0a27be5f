from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from app.servicetitan.payloads.bookings import VendorBookingStatus
from app.servicetitan.webhooks import VendorEvent, read_updated_booking, read_webhook
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from tests.servicetitan.running_stand_in import PROVIDER_ID, RunningStandIn

TENANT = DEMO_ACCOUNT.tenant_id
JOB_TYPES = f"/jpm/v2/tenant/{TENANT}/job-types"
BOOKINGS = f"/crm/v2/tenant/{TENANT}/booking-provider/{PROVIDER_ID}/bookings"
BOOKING: dict[str, Any] = {
    "source": "Web",
    "name": "Ada",
    "summary": "Repair",
    "isFirstTimeClient": True,
    "externalId": "1",
}


def ask_for_token(stand_in: RunningStandIn, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": DEMO_ACCOUNT.client_id,
        "client_secret": DEMO_ACCOUNT.client_secret,
    }
    return httpx.post(f"{stand_in.url}/connect/token", data=form | changes)


@pytest.fixture
def vendor(stand_in: RunningStandIn) -> httpx.Client:
    """The vendor as an application sees it; the token is sent raw, as in its own examples."""
    token = ask_for_token(stand_in).json()["access_token"]
    headers = {"Authorization": token, "ST-App-Key": DEMO_ACCOUNT.app_key}
    return httpx.Client(base_url=stand_in.url, headers=headers)


def test_token_is_given_for_the_right_secret_only(stand_in: RunningStandIn) -> None:
    answer = ask_for_token(stand_in).json()
    assert (answer["expires_in"], answer["token_type"]) == (900, "Bearer")
    refused = ask_for_token(stand_in, client_secret="wrong")
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_client"})


def test_error_is_a_problem_with_every_part_the_vendor_gives(vendor: httpx.Client) -> None:
    answer = vendor.post(BOOKINGS, json=BOOKING | {"colour": "red", "name": ""})
    body = answer.json()
    assert answer.status_code == body["status"] == 400
    assert set(body) == {"type", "title", "status", "traceId", "errors", "data"}
    assert set(body["errors"]) == {"colour", "name"}


def test_required_parts_of_a_booking_are_required(vendor: httpx.Client) -> None:
    body = vendor.post(BOOKINGS, json={"address": {"unit": "2"}}).json()
    address = {f"address.{part}" for part in ("street", "city", "state", "zip", "country")}
    assert set(body["errors"]) == set(BOOKING) | address


@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_token_is_accepted_raw_and_as_bearer(vendor: httpx.Client, scheme: str) -> None:
    token = scheme + vendor.headers["Authorization"]
    assert vendor.get(JOB_TYPES, headers={"Authorization": token}).status_code == 200


def test_missing_application_key_is_unauthorized_and_says_so(vendor: httpx.Client) -> None:
    answer = vendor.get(JOB_TYPES, headers={"ST-App-Key": ""})
    title = "Application key not present, check ST-App-Key header value."
    assert (answer.status_code, answer.json()["title"]) == (401, title)


@pytest.mark.parametrize(
    "path", ["/jpm/v2/tenant/2/job-types", "/nothing", f"{JOB_TYPES}/1", f"{BOOKINGS}/1/contacts"]
)
def test_foreign_tenant_and_unknown_path_are_not_found(vendor: httpx.Client, path: str) -> None:
    answer = vendor.get(path)
    assert answer.status_code == answer.json()["status"] == 404


def test_booking_provider_of_someone_else_is_not_found(vendor: httpx.Client) -> None:
    other = BOOKINGS.replace(str(PROVIDER_ID), "1")
    assert vendor.post(other, json=BOOKING).status_code == 404


def test_same_external_id_is_accepted_twice_unless_a_knob_forbids_it(
    stand_in: RunningStandIn, vendor: httpx.Client
) -> None:
    assert [vendor.post(BOOKINGS, json=BOOKING).status_code for _ in range(2)] == [200, 200]
    stand_in.turn(are_duplicates_accepted=False)
    assert vendor.post(BOOKINGS, json=BOOKING).status_code == 400
    assert len(stand_in.bookings()) == 2


def test_contacts_come_only_when_asked_for(vendor: httpx.Client) -> None:
    contacts = [{"type": "Email", "value": "ada@vance.example", "memo": None}]
    created = vendor.post(BOOKINGS, json=BOOKING | {"contacts": contacts}).json()
    assert "contacts" not in created
    page = vendor.get(f"/crm/v2/tenant/{TENANT}/bookings/{created['id']}/contacts").json()
    assert [contact["value"] for contact in page["data"]] == ["ada@vance.example"]


def test_lists_are_filtered_paged_and_counted_when_asked(vendor: httpx.Client) -> None:
    page = vendor.get(JOB_TYPES, params={"page": 2, "pageSize": 2}).json()
    assert [row["id"] for row in page["data"]] == [5511, 5512]
    assert (page["page"], page["pageSize"], page["hasMore"]) == (2, 2, True)
    assert page["totalCount"] is None
    chosen = vendor.get(JOB_TYPES, params={"ids": "5501,7201", "includeTotal": "true"}).json()
    assert [row["id"] for row in chosen["data"]] == [5501, 7201]
    assert (chosen["totalCount"], chosen["hasMore"]) == (2, False)
    assert vendor.get(JOB_TYPES, params={"page": 0}).status_code == 400


def test_calls_over_the_limit_are_told_when_to_come_back(
    stand_in: RunningStandIn, vendor: httpx.Client
) -> None:
    stand_in.turn(calls_per_second=2, retry_after_seconds=3)
    answers = [vendor.get(JOB_TYPES) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "3"


def test_fault_befalls_every_fifth_call_from_its_offset(
    stand_in: RunningStandIn, vendor: httpx.Client
) -> None:
    stand_in.fail("status", status=502, every=5, offset=1)
    statuses = [vendor.get(JOB_TYPES).status_code for _ in range(10)]
    assert [number for number, status in enumerate(statuses) if status == 502] == [1, 6]


def test_knob_that_does_not_exist_is_refused_and_turns_nothing(stand_in: RunningStandIn) -> None:
    stand_in.turn(calls_per_second=7)
    answer = httpx.put(f"{stand_in.url}/knobs", json={"speed": 11})
    assert answer.status_code == 400
    assert httpx.get(f"{stand_in.url}/knobs").json()["calls_per_second"] == 7


class Receiver:
    """Takes webhooks; refuses the first ones with 503."""

    def __init__(self, *, refusals: int) -> None:
        self.received: list[tuple[bytes, dict[str, str]]] = []
        outcomes = iter([503] * refusals)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((body, dict(self.headers)))
                self.send_response(next(outcomes, 204))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def take(self, count: int) -> list[tuple[bytes, dict[str, str]]]:
        """Wait for so many deliveries and return them; each may take the server's timeout."""
        for _ in range(count):
            self.server.handle_request()
        return self.received


def test_changed_booking_is_told_by_signed_webhook_until_it_is_accepted(
    stand_in: RunningStandIn, vendor: httpx.Client
) -> None:
    receiver = Receiver(refusals=1)
    receiver.server.timeout = 10
    url = f"http://127.0.0.1:{receiver.server.server_port}"
    stand_in.turn(webhook={"url": url, "key": "k" * 32, "retry_seconds": [0.01]})
    booking_id = vendor.post(BOOKINGS, json=BOOKING).json()["id"]
    stand_in.change_booking(booking_id, "Accepted")
    deliveries = receiver.take(2)
    receiver.server.server_close()
    events = [
        read_webhook(body, headers, key=b"k" * 32, signature_header="X-Signature")
        for body, headers in deliveries
    ]
    first, second = (event for event in events if isinstance(event, VendorEvent))
    assert first.id != second.id
    assert first.deduplication_id == second.deduplication_id
    booking = read_updated_booking(second)
    assert booking is not None
    assert (booking.id, booking.status) == (booking_id, VendorBookingStatus.ACCEPTED)
