"""The worker's sending of webhooks."""

from datetime import UTC, datetime

from app.api.webhook_endpoints.payloads import render_event
from app.cli.jobs import Job
from app.outbound.webhook_sender import SendingPolicy, WebhookSender
from app.services.webhooks.dispatching import WebhookDispatcher
from app.services.webhooks.tools import open_webhook_tools
from app.settings import Settings

SECONDS_BETWEEN_RUNS = 5.0


def make_webhook_job(settings: Settings) -> Job:
    """Return the job that tells the businesses' systems what happened."""
    tools = open_webhook_tools(
        cipher_keys=settings.vendor_cipher_keys,
        data_dir=settings.key_dir,
        allows_private=settings.webhooks_allow_private,
    )
    dispatcher = WebhookDispatcher(
        sender=WebhookSender(SendingPolicy(allows_private=tools.allows_private)),
        secrets=tools.secrets,
        render=render_event,
        clock=lambda: datetime.now(UTC),
    )
    return Job(name="webhooks", interval_seconds=SECONDS_BETWEEN_RUNS, run=dispatcher.run)
