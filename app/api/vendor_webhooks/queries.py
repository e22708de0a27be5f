"""What the company enters at its vendor, so that changes of bookings are told here."""

import strawberry

from app.api.context import Info
from app.api.permissions import Access, query
from app.api.scalars import Url
from app.documents.vendor_account import VendorAccount
from app.services.vendor.webhooks import webhook_key, webhook_path


@strawberry.type(description="Where the vendor tells that a booking has changed.")
class VendorWebhook:
    url: Url = strawberry.field(description="Where the vendor sends its webhooks to.")
    signing_key: str = strawberry.field(
        description="The key the vendor signs with, by HMAC-SHA256 over the body; another one once "
        "the account is connected anew."
    )


@strawberry.type
class VendorWebhookQueries:
    @query(
        description="Where and how the vendor tells that a booking has changed; null without a "
        "vendor account.",
        access=Access.OWNER,
    )
    async def vendor_webhook(self, info: Info) -> VendorWebhook | None:
        account = await VendorAccount.find_of(info.context.organization_id)
        if account is None:
            return None
        return VendorWebhook(
            url=Url(info.context.public_url + webhook_path(account.id)),
            signing_key=await webhook_key(account.id),
        )
