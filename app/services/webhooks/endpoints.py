"""An owner's handling of webhook endpoints."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from app.documents.driver import DuplicateKeyError
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.audit import AuditedEntity
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused, problems_of, refuse
from app.domain.values import EntityId, Value
from app.domain.webhooks.endpoint import (
    MAX_ENDPOINTS,
    DevelopmentWebhookEndpointContent,
    WebhookEndpointContent,
    resubscribe,
)
from app.services.audit import record_change
from app.services.authoring import Author
from app.services.editing import Deletion, EntityKind, Patch, delete_entity, update_entity
from app.services.webhooks.secrets import WebhookSecrets
from app.services.webhooks.tools import WebhookTools

KIND = EntityKind(document=WebhookEndpoint, audited_as=AuditedEntity.WEBHOOK_ENDPOINT)
OLD_SECRET_LASTS: Final = timedelta(days=1)


class Rotation(Value):
    """Whose secret to replace, and the version its owner has seen."""

    id: EntityId
    expected_version: int


def content_type(tools: WebhookTools) -> type[WebhookEndpointContent]:
    """Return the rules that hold for endpoints on this server."""
    return DevelopmentWebhookEndpointContent if tools.allows_private else WebhookEndpointContent


async def create_webhook_endpoint(
    content: WebhookEndpointContent, *, author: Author, tools: WebhookTools
) -> tuple[WebhookEndpoint, str]:
    """Store an endpoint; return it and its secret, which nobody can read again.

    It is told of what happens from now on. Raises Refused with OUT_OF_RANGE when the organization
    has as many as it may.
    """
    ownership = author.ownership()
    secret, sealed = _require_secrets(tools).new(ownership["id"])
    endpoint = WebhookEndpoint(
        **ownership,
        **content.model_dump(exclude={"event_types"}),
        subscriptions=list(_subscribe(content, author.now)),
        place=0,
        sealed_secret=sealed,
        scanned_until=author.now,
    )
    async with record_change(
        author=author,
        mutation="createWebhookEndpoint",
        entity_type=AuditedEntity.WEBHOOK_ENDPOINT,
        entity_id=endpoint.id,
        before=None,
    ) as change:
        await _insert_at_free_place(endpoint)
        change.after = recorded(endpoint)
    return endpoint, secret


async def update_webhook_endpoint(
    patch: Patch, *, author: Author, tools: WebhookTools
) -> WebhookEndpoint:
    """Change an endpoint and return it; raises Refused as every edit does.

    What happened while it was disabled is not told later; nor is a kind of event from before it was
    asked for.
    """
    endpoint = await WebhookEndpoint.get_owned(author.organization_id, patch.id)
    problems = [*patch.problems, *_find_version_problems(endpoint, patch.expected_version)]
    stored = {} if endpoint is None else _content_of(endpoint)
    try:
        content = content_type(tools).model_validate({**stored, **patch.fields})
    except ValidationError as error:
        found = problems_of(error)
        problems += [each for each in found if stored or each.path[0] in patch.fields]
        raise Refused(dict.fromkeys(problems)) from error
    if problems or endpoint is None:
        raise Refused(dict.fromkeys(problems))
    return await update_entity(
        KIND,
        endpoint,
        _changes(endpoint, content, author.now),
        author=author,
        before=recorded(endpoint),
        after=recorded,
    )


async def delete_webhook_endpoint(deletion: Deletion, *, author: Author) -> WebhookEndpoint:
    """Delete an endpoint with its log and return it; raises Refused as every deletion does."""

    async def snapshot(endpoint: WebhookEndpoint) -> dict[str, Any]:
        return recorded(endpoint)

    deleted = await delete_entity(KIND, deletion, author=author, snapshot=snapshot)
    await WebhookDelivery.forget_endpoint(deleted.id)
    return deleted


async def rotate_webhook_secret(
    rotation: Rotation, *, author: Author, tools: WebhookTools
) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret; return it and the secret, which nobody can read again.

    For a day deliveries are signed with the old one, too. Raises Refused: NOT_FOUND, CONFLICT.
    """
    endpoint = await WebhookEndpoint.get_owned(author.organization_id, rotation.id)
    problems = _find_version_problems(endpoint, rotation.expected_version)
    if problems or endpoint is None:
        raise Refused(problems)
    secret, sealed = _require_secrets(tools).new(endpoint.id)
    updated = await update_entity(
        KIND,
        endpoint,
        {
            "sealed_secret": sealed,
            "sealed_previous_secret": endpoint.sealed_secret,
            "previous_secret_expires_at": author.now + OLD_SECRET_LASTS,
        },
        author=author,
        mutation="rotateWebhookSecret",
        before=recorded(endpoint),
        after=recorded,
    )
    return updated, secret


def recorded(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return what the audit keeps: no secret, and of the URL, which may hold one, its origin."""
    left_out = {"url", "sealed_secret", "sealed_previous_secret", "scanned_until", "place"}
    kept: dict[str, Any] = endpoint.model_dump(mode="json", exclude=left_out)
    parts = urlsplit(endpoint.url)
    digest = hashlib.sha256(endpoint.url.encode()).hexdigest()
    return {**kept, "url_origin": f"{parts.scheme}://{parts.netloc}", "url_sha256": digest}


def _subscribe(content: WebhookEndpointContent, now: datetime) -> tuple[Any, ...]:
    return resubscribe((), content.event_types, now=now, starts_anew=True)


async def _insert_at_free_place(endpoint: WebhookEndpoint) -> None:
    others = await WebhookEndpoint.list_of(endpoint.organization_id)
    taken = {each.place for each in others}
    for place in (each for each in range(MAX_ENDPOINTS) if each not in taken):
        endpoint.place = place
        try:
            await endpoint.insert()
        except DuplicateKeyError:
            continue  # Another request was faster.
        return
    message = f"an organization has at most {MAX_ENDPOINTS} webhook endpoints"
    raise refuse(ProblemCode.OUT_OF_RANGE, message)


def _content_of(endpoint: WebhookEndpoint) -> dict[str, Any]:
    names = {"url", "description", "enabled"}
    return {**endpoint.model_dump(include=names), "event_types": endpoint.event_types}


def _changes(
    endpoint: WebhookEndpoint, content: WebhookEndpointContent, now: datetime
) -> dict[str, Any]:
    is_back = content.enabled and not endpoint.enabled
    subscriptions = resubscribe(
        endpoint.subscriptions, content.event_types, now=now, starts_anew=is_back
    )
    changes: dict[str, Any] = {
        "url": content.url,
        "description": content.description,
        "enabled": content.enabled,
        "subscriptions": [each.model_dump() for each in subscriptions],
    }
    if is_back:
        changes |= {"disabled_reason": None, "failing_since": None, "scanned_until": now}
    elif content.url != endpoint.url:
        changes["failing_since"] = None
    return changes


def _find_version_problems(
    endpoint: WebhookEndpoint | None, expected_version: int
) -> tuple[Problem, ...]:
    if endpoint is None:
        return (Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=("id",)),)
    if endpoint.version == expected_version:
        return ()
    message = f"was changed meanwhile; its version is {endpoint.version}"
    return (Problem(code=ProblemCode.CONFLICT, message=message, path=("expected_version",)),)


def _require_secrets(tools: WebhookTools) -> WebhookSecrets:
    if tools.secrets is None:
        raise refuse(ProblemCode.INVALID, "this server has no cipher keys to keep a secret with")
    return tools.secrets
