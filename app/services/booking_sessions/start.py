"""Starting a booking session."""

import hashlib
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, field_validator

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import EventBatch
from app.documents.driver import new_id
from app.documents.organization import Organization
from app.documents.scheduler_config import SchedulerConfig
from app.documents.session_snapshot import snapshot_record
from app.domain.booking_session.context import (
    MAX_CLICK_ID_LENGTH,
    MAX_UTM_LENGTH,
    ClickIds,
    Device,
    RouteTaken,
    SessionContext,
    UrlText,
    UtmParameters,
)
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.booking_session.event_types import RecoveredProgress
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.lifecycle import decide_start
from app.domain.bounded_json import require_storable_text
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.routing.urls import ParsedUrl, RoutingContext, Utm
from app.domain.values import EntityId, Value
from app.services.booking_sessions.event_log import current_event_log
from app.services.booking_sessions.history import keep_history
from app.services.booking_sessions.resumption import load_recovered_progress
from app.services.revisions import load_flow_index
from app.services.routing import Route, find_route, read_url
from app.services.shared_reads import SharedReads

IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PageContext(RoutingContext):
    """The page a widget is on, as it starts a session."""

    referrer: UrlText | None = None
    visitor_id: Annotated[str, StringConstraints(max_length=100)] | None = None

    @field_validator("url", "utm")
    @classmethod
    def _require_text(cls, given: str | Utm | None) -> str | Utm | None:
        texts = given.model_dump().values() if isinstance(given, Utm) else [given]
        for text in filter(None, texts):
            require_storable_text(text)
        return given


def _device_or_default(given: Any) -> Any:
    return Device() if given is None else given


class ReportedContext(Value):
    """What a widget reports of the customer's device."""

    device: Annotated[Device, BeforeValidator(_device_or_default)] = Device()
    locale: Annotated[str, StringConstraints(max_length=35)] | None = None


class StartSession(Value):
    """A widget's request for a session."""

    publishable_key: str
    idempotency_key: IdempotencyKey | None = None
    context: PageContext
    session_context: ReportedContext | None = None
    resumed_from_session_token: str | None = None


async def start_session(
    command: StartSession,
    *,
    config: SchedulerConfig,
    now: datetime,
    resumed_from_session_id: EntityId | None = None,
) -> BookingSession:
    """Start a session on the flow the page is routed to, and return it.

    It takes over what it can from the abandoned session it is resumed from, if any. The same
    idempotency key gives the session it gave before; raises Refused with IDEMPOTENCY_KEY_REUSED
    when the request is another, NOT_PUBLISHED when no flow is offered, and INVALID for a URL that
    is none or a session that cannot be resumed from.
    """
    request_hash = hashlib.sha256(command.model_dump_json().encode()).hexdigest()
    earlier = await _find_earlier(config, command.idempotency_key, request_hash)
    if earlier is not None:
        return earlier
    url = read_url(command.context)
    route = await find_route(config, url, now=now, visitor_id=command.context.visitor_id)
    if route.revision_id is None:
        raise refuse(ProblemCode.NOT_PUBLISHED, "no flow is offered on this page", "context", "url")
    flow = await load_flow_index(config.organization_id, route.revision_id)
    if flow is None:
        raise refuse(ProblemCode.NOT_PUBLISHED, "no flow is offered on this page", "context", "url")
    decision = decide_start(
        flow,
        session_context=_to_session_context(command, url, route),
        event_id=new_id(),
        now=now,
        recovered=await _find_recovered(resumed_from_session_id, flow, config),
    )
    session = _to_document(
        decision,
        config=config,
        event_id_policy=await _event_id_policies.get(config.organization_id),
        revision_id=route.revision_id,
        idempotency_key=command.idempotency_key,
        request_hash=request_hash,
        now=now,
    )
    if await _store(session, decision):
        return session
    winner = await _find_earlier(config, command.idempotency_key, request_hash)
    return winner or session


async def _find_earlier(
    config: SchedulerConfig, idempotency_key: str | None, request_hash: str
) -> BookingSession | None:
    if idempotency_key is None:
        return None
    earlier = await BookingSession.find_by_idempotency_key(config.organization_id, idempotency_key)
    if earlier is not None and earlier.request_hash not in {None, request_hash}:
        raise refuse(
            ProblemCode.IDEMPOTENCY_KEY_REUSED,
            "the key was used for a request with other content",
            "idempotency_key",
        )
    return earlier


async def _find_recovered(
    session_id: EntityId | None, flow: FlowIndex, config: SchedulerConfig
) -> RecoveredProgress | None:
    if session_id is None:
        return None
    return await load_recovered_progress(
        session_id, organization_id=config.organization_id, flow=flow
    )


async def _find_event_id_policy(organization_id: EntityId) -> EventIdPolicy:
    """Return what the organization has chosen; a session keeps it, as it keeps its revision."""
    organization = await Organization.get(organization_id)
    return EventIdPolicy() if organization is None else organization.event_id_policy


_event_id_policies = SharedReads(_find_event_id_policy)


async def _store(session: BookingSession, decision: Decision) -> bool:
    """Store the first event, then the session; False when the idempotency key was faster taken."""
    batch = EventBatch(
        events=decision.events,
        organization_id=session.organization_id,
        booking_session_id=session.id,
        booking_flow_id=session.booking_flow_id,
    )
    if not await current_event_log().start(batch, session):
        return False
    keep_history(session, decision.state, event_ids=tuple(session.booking_session_event_ids))
    return True


def _to_document(
    decision: Decision,
    *,
    config: SchedulerConfig,
    event_id_policy: EventIdPolicy,
    revision_id: EntityId,
    idempotency_key: str | None,
    request_hash: str,
    now: datetime,
) -> BookingSession:
    return BookingSession(
        organization_id=config.organization_id,
        created_at=now,
        updated_at=now,
        scheduler_config_id=config.id,
        idempotency_key=idempotency_key,
        request_hash=request_hash,
        event_id_policy=event_id_policy,
        booking_session_event_ids=[event.id for event in decision.events],
        booking_flow_revision_id=revision_id,
        **snapshot_record(decision.state),
    )


def _to_session_context(command: StartSession, url: ParsedUrl, route: Route) -> SessionContext:
    page, reported = command.context, command.session_context or ReportedContext()
    parameters = dict(reversed(url.query))
    return SessionContext(
        url=page.url,
        referrer=page.referrer,
        utm=UtmParameters(
            **{
                name: _shorten(value, MAX_UTM_LENGTH)
                for name, value in url.utm.model_dump().items()
            }
        ),
        click_ids=ClickIds(
            **{name: _drop_if_long(parameters.get(name)) for name in ClickIds.model_fields}
        ),
        device=reported.device,
        locale=reported.locale,
        route=RouteTaken(
            rule_id=route.decision.rule_id,
            rule_name=route.rule_name,
            reason=route.decision.reason,
        ),
        visitor_id=page.visitor_id,
    )


def _drop_if_long(click_id: str | None) -> str | None:
    # A click id cut short is another one; the whole is in the URL.
    return click_id if click_id is not None and len(click_id) <= MAX_CLICK_ID_LENGTH else None


def _shorten(text: str | None, length: int) -> str | None:
    return None if text is None else text[:length]
