"""Connecting to the vendor."""

import strawberry

from app.api.context import Info
from app.api.inputs import read_given
from app.api.patches import read_deletion, read_patch
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.api.vendor_accounts.inputs import (
    ConnectVendorInput,
    DisconnectVendorInput,
    UpdateVendorAccountInput,
)
from app.api.vendor_accounts.types import VendorAccount
from app.services.vendor import accounts


@strawberry.type(description="The outcome of `connectVendor`.")
class ConnectVendorPayload(MutationPayload):
    vendor_account: VendorAccount | None = strawberry.field(
        default=None, description="The new account; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateVendorAccount`.")
class UpdateVendorAccountPayload(MutationPayload):
    vendor_account: VendorAccount | None = strawberry.field(
        default=None, description="The account as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `disconnectVendor`.")
class DisconnectVendorPayload(MutationPayload):
    vendor_account: VendorAccount | None = strawberry.field(
        default=None, description="The account as it was; null when it was refused."
    )


@strawberry.type
class VendorAccountMutations:
    @mutation(
        description="Connect the organization to its field-service system. The credentials are "
        "stored sealed, once the vendor has accepted them; while it cannot be asked the answer is "
        "UNAVAILABLE and nothing is stored.",
        access=Access.OWNER,
    )
    async def connect_vendor(self, info: Info, input: ConnectVendorInput) -> ConnectVendorPayload:
        account = await accounts.connect_vendor(
            read_given(input, accounts.VendorAccountContent),
            author=info.context.author,
            vendor=info.context.vendor,
        )
        return ConnectVendorPayload(vendor_account=VendorAccount.from_document(account))

    @mutation(
        description="Change the vendor account; changed credentials are verified first.",
        access=Access.OWNER,
    )
    async def update_vendor_account(
        self, info: Info, input: UpdateVendorAccountInput
    ) -> UpdateVendorAccountPayload:
        account = await accounts.update_vendor_account(
            read_patch(input), author=info.context.author, vendor=info.context.vendor
        )
        return UpdateVendorAccountPayload(vendor_account=VendorAccount.from_document(account))

    @mutation(
        description="Forget the vendor account with its credentials. Bookings stay here and are "
        "no longer sent.",
        access=Access.OWNER,
    )
    async def disconnect_vendor(
        self, info: Info, input: DisconnectVendorInput
    ) -> DisconnectVendorPayload:
        account = await accounts.disconnect_vendor(read_deletion(input), author=info.context.author)
        return DisconnectVendorPayload(vendor_account=VendorAccount.from_document(account))
