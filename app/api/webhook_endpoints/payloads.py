"""The JSON of webhooks, in the ids, names and forms the API has."""

import json
from typing import Any

from app.api.ids import EntityType, encode_id, encode_optional_id
from app.api.scalars import serialize_datetime
from app.domain.booking import Timeslot
from app.domain.booking_session.context import UtmParameters
from app.domain.webhooks.events import (
    BookingCompleted,
    FlowPublished,
    SessionAbandoned,
    WebhookEvent,
    WebhookTested,
)


def render_event(event: WebhookEvent) -> str:
    """Return the body of a webhook: `type`, `timestamp` and `data`."""
    payload = {
        "type": event.event_type.value,
        "timestamp": serialize_datetime(event.occurred_at),
        "data": _to_data(event),
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _to_data(event: WebhookEvent) -> dict[str, Any]:
    match event.content:
        case BookingCompleted() as content:
            return _booking_completed(content)
        case SessionAbandoned() as content:
            return _session_abandoned(content)
        case FlowPublished() as content:
            return {
                "bookingFlowId": encode_id(EntityType.BOOKING_FLOW, content.booking_flow_id),
                "bookingFlowRevisionId": encode_id(
                    EntityType.BOOKING_FLOW_REVISION, content.booking_flow_revision_id
                ),
                "revision": content.revision,
                "title": content.title,
            }
        case WebhookTested(webhook_endpoint_id=endpoint_id):
            return {"webhookEndpointId": encode_id(EntityType.WEBHOOK_ENDPOINT, endpoint_id)}


def _booking_completed(content: BookingCompleted) -> dict[str, Any]:
    return {
        "bookingId": encode_id(EntityType.BOOKING, content.booking_id),
        "bookingSessionId": encode_id(EntityType.BOOKING_SESSION, content.booking_session_id),
        "bookingFlowId": encode_id(EntityType.BOOKING_FLOW, content.booking_flow_id),
        "revision": content.revision,
        "confirmationCode": content.confirmation_code,
        "service": {
            "id": encode_id(EntityType.BOOKING_SERVICE, content.service.id),
            "title": content.service.title,
            "vendorJobTypeId": content.service.vendor_job_type_id,
        },
        "timeslot": _to_timeslot(content.timeslot),
        "utm": _to_utm(content.utm),
    }


def _session_abandoned(content: SessionAbandoned) -> dict[str, Any]:
    return {
        "bookingSessionId": encode_id(EntityType.BOOKING_SESSION, content.booking_session_id),
        "bookingFlowId": encode_id(EntityType.BOOKING_FLOW, content.booking_flow_id),
        "revision": content.revision,
        "reason": content.reason.name,
        "startedAt": serialize_datetime(content.started_at),
        "dropOffStepId": encode_id(EntityType.BOOKING_FLOW_STEP, content.drop_off_step_id),
        "completedStepCount": content.completed_step_count,
        "totalStepCount": content.total_step_count,
        "selectedServiceId": encode_optional_id(
            EntityType.BOOKING_SERVICE, content.selected_service_id
        ),
        "selectedTimeslot": _to_timeslot(content.selected_timeslot),
        "utm": _to_utm(content.utm),
    }


def _to_utm(utm: UtmParameters) -> dict[str, str | None]:
    # Term and content can name a person; erasing one takes them away, which nobody could do here.
    return {"source": utm.source, "medium": utm.medium, "campaign": utm.campaign}


def _to_timeslot(slot: Timeslot | None) -> dict[str, str] | None:
    if slot is None:
        return None
    return {
        "startTime": serialize_datetime(slot.start_time),
        "endTime": serialize_datetime(slot.end_time),
    }
