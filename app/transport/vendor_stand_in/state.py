"""What the stand-in holds: tokens, job types, bookings, attributions."""

import copy
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.transport.vendor_stand_in.accounts import StandInAccount
from app.transport.vendor_stand_in.faults import FaultPlan
from app.transport.vendor_stand_in.knobs import JobTypeChange, JobTypeOrder, Knobs
from app.transport.vendor_stand_in.statistics import Statistics

FIRST_BOOKING_ID = 900_001
JsonRow = dict[str, Any]


@dataclass(frozen=True)
class IssuedToken:
    """A token given out; `expires_at` is a moment of the monotonic clock."""

    account: StandInAccount
    expires_at: float


class StandInState:
    """One vendor, in memory; every tenant sees the same job types and its own bookings."""

    def __init__(self, accounts: Iterable[StandInAccount], job_types: Iterable[JsonRow]) -> None:
        self.accounts = tuple(accounts)
        self._first_job_types = tuple(job_types)
        self.reset()

    def reset(self) -> None:
        """Forget everything that happened, and turn every knob back."""
        self.job_types = {row["id"]: copy.deepcopy(row) for row in self._first_job_types}
        self.bookings: list[JsonRow] = []
        self.contacts: dict[int, list[JsonRow]] = {}
        self.attributions: list[JsonRow] = []
        self.tokens: dict[str, IssuedToken] = {}
        self.statistics = Statistics()
        self.turn(Knobs())

    def turn(self, knobs: Knobs) -> None:
        """Set all knobs; the faults start to count anew."""
        self.knobs = knobs
        self.faults = FaultPlan(knobs.faults)
        self._changes_between_pages = list(knobs.between_pages)

    def find_account(self, *, client_id: str, client_secret: str) -> StandInAccount | None:
        """Return the tenant that an application's credentials open."""
        for account in self.accounts:
            if (account.client_id, account.client_secret) == (client_id, client_secret):
                return account
        return None

    def issue_token(self, account: StandInAccount, *, at: float) -> str:
        """Return a new token that is good for as long as the knob says."""
        token = secrets.token_urlsafe(32)
        self.tokens[token] = IssuedToken(account, at + self.knobs.token_lifetime_seconds)
        return token

    def ordered_job_types(self) -> list[JsonRow]:
        """Return all job types in the order the knob says."""
        by_modification = self.knobs.job_type_order is JobTypeOrder.MODIFIED_ON
        return sorted(
            self.job_types.values(),
            key=lambda row: (row["modifiedOn"], row["id"]) if by_modification else (row["id"],),
        )

    def change_between_pages(self) -> None:
        """Carry out the next change that was set for between two pages."""
        if self._changes_between_pages:
            self.change_job_type(self._changes_between_pages.pop(0))

    def change_job_type(self, change: JobTypeChange) -> None:
        """Change or remove a job type; an unknown one is created."""
        if change.is_removed:
            self.job_types.pop(change.id, None)
            return
        row = self.job_types.setdefault(change.id, new_job_type(change.id, f"Job {change.id}"))
        if change.name is not None:
            row["name"] = change.name
        if change.active is not None:
            row["active"] = change.active
        row["modifiedOn"] = _now()

    def add_booking(self, account: StandInAccount, body: JsonRow) -> JsonRow:
        """Store a booking as the vendor would and return it; contacts are kept apart."""
        booking_id = FIRST_BOOKING_ID + len(self.bookings)
        contacts = body.pop("contacts", None) or []
        self.contacts[booking_id] = [
            {"id": booking_id * 100 + number, **contact} for number, contact in enumerate(contacts)
        ]
        booking = {
            **body,
            "id": booking_id,
            "tenantId": account.tenant_id,
            "bookingProviderId": account.booking_provider_id,
            "status": "New",
            "dismissingReasonId": None,
            "jobId": None,
            "createdOn": _now(),
            "modifiedOn": _now(),
        }
        self.bookings.append(booking)
        return booking

    def change_booking(self, booking_id: int, changes: JsonRow) -> JsonRow | None:
        """Change a booking as the company's office would; None when there is none."""
        for booking in self.bookings:
            if booking["id"] == booking_id:
                booking.update(changes, modifiedOn=_now())
                return booking
        return None


def without_tenant(booking: JsonRow) -> JsonRow:
    """Return a booking as the vendor shows it."""
    return {name: value for name, value in booking.items() if name != "tenantId"}


def new_job_type(job_type_id: int, name: str) -> JsonRow:
    """Return a job type as the vendor writes it, with properties no client needs."""
    return {
        "id": job_type_id,
        "name": name,
        "businessUnitIds": [],
        "skills": [],
        "tagTypeIds": [],
        "priority": "Normal",
        "duration": 7_200,
        "soldThreshold": 0.0,
        "class": None,
        "summary": None,
        "noCharge": False,
        "enforceRecurringServiceEventSelection": False,
        "externalData": [],
        "createdOn": "2025-01-01T00:00:00Z",
        "modifiedOn": "2025-01-01T00:00:00Z",
        "active": True,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
