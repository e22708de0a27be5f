"""The further reports in the most naive way."""

import statistics
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from app.documents.booking import Booking
from app.domain.booking_session.event_types import (
    FieldUpdateEventData,
    ValidationErrorEventData,
)
from app.domain.vendor import VendorBookingSyncStatus
from tests.domain.booking_session.builders import GRAPH_EDGES
from tests.services.analytics.oracle import MILLISECOND, Told

EDGES = [(source, target) for source, target in (each.split(">") for each in GRAPH_EDGES.split())]
QUESTIONS = ("need", "cooling", "age")


def naive_overview(sessions: Sequence[Told]) -> dict[str, int]:
    resumed = [told for told in sessions if told.state.resumed_from_session_id]
    by_status = Counter(told.status for told in sessions)
    return {
        "started_count": len(sessions),
        "completed_count": by_status["completed"],
        "abandoned_count": by_status["abandoned"],
        "active_count": by_status["active"],
        "recovered_count": len(resumed),
        "recovered_completed_count": sum(told.status == "completed" for told in resumed),
    }


def naive_answers(sessions: Sequence[Told], step_id: str) -> dict[str, tuple[int, int, int]]:
    """Return reached, chosen and booked of each node and, as `a>b`, of each edge."""
    reached, chosen, booked = Counter[str](), Counter[str](), Counter[str]()
    for told in sessions:
        if not any(told.enters(event) == step_id for event in told.events):
            continue
        path = told.state.current_state.service_selection_path
        asked = {"need"} | {q for p, q in EDGES if p in path and p not in QUESTIONS}
        standing = {each for each in (*path, *asked) if each in path or each in QUESTIONS}
        offered = {target for source, target in EDGES if source in standing}
        taken = {f"{a}>{b}" for a, b in EDGES if a in path and (b in path or b in asked)}
        reached.update({"need"} | offered | {f"{a}>{b}" for a, b in EDGES if a in standing})
        chosen.update(taken | set(path))
        if told.status == "completed":
            booked.update(taken | set(path))
    return {each: (reached[each], chosen[each], booked[each]) for each in reached}


def naive_lost_demand(
    sessions: Sequence[Told], zip_step_ids: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Return lost and active sessions for each zip code not covered; under "" all that asked."""
    rows: dict[str, tuple[int, int]] = {"": (0, 0)}
    for told in sessions:
        forms = told.state.current_state.form_data
        (zipcode,) = {forms[s].get("zipcode") for s in zip_step_ids if s in forms} or {None}
        if not isinstance(zipcode, str) or not zipcode.isdigit():
            continue
        rows[""] = rows[""][0] + 1, 0
        if not zipcode.startswith("0196") and zipcode not in ("01901", "01902"):
            lost, active = rows.get(zipcode, (0, 0))
            is_active = told.status == "active"
            rows[zipcode] = lost + (not is_active), active + is_active
    return rows


def naive_fields(sessions: Sequence[Told]) -> dict[tuple[str, str], dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for told in sessions:
        if told.has_expired:
            continue
        sums, failed = Counter[tuple[str, str]](), set()
        for before, event in zip(told.events, told.events[1:], strict=False):
            if not isinstance(event.data, FieldUpdateEventData | ValidationErrorEventData):
                continue
            key = event.step_id, event.data.field
            row = rows.setdefault(key, {"updates": 0, "errors": 0, "failing": 0, "times": []})
            if isinstance(event.data, FieldUpdateEventData):
                row["updates"] += 1
                sums[key] += (event.occurred_at - before.occurred_at) // MILLISECOND
            else:
                row["errors"] += 1
                row["failing"] += key not in failed
                failed.add(key)
        for key, duration_ms in sums.items():
            rows[key]["times"].append(duration_ms)
    for row in rows.values():
        times = row.pop("times")
        row |= {"timed": len(times), "median": statistics.median(times) if times else None}
    return rows


def naive_vendor(bookings: Sequence[Booking]) -> dict[str, int]:
    synced = Counter(booking.vendor_sync_status for booking in bookings)
    known = [booking for booking in bookings if booking.vendor_status or booking.vendor_job_id]
    return {
        "booked_count": len(bookings),
        "cancelled_count": sum(booking.status == "cancelled" for booking in bookings),
        "synced_count": synced[VendorBookingSyncStatus.SYNCED],
        "pending_count": synced[VendorBookingSyncStatus.PENDING],
        "failed_count": synced[VendorBookingSyncStatus.FAILED],
        "known_count": len(known),
        "job_count": sum(booking.vendor_job_id is not None for booking in known),
        "dismissed_count": sum(
            booking.vendor_job_id is None and booking.vendor_status == "dismissed"
            for booking in known
        ),
    }
