"""The vendor account as owners write it."""

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.vendor_accounts.enums import CapacityOutagePolicy, VendorType

NUMBER = "digits, as the vendor shows it."
WRITE_ONLY = "Nobody can read it again."


@strawberry.input(description="The account to connect to; the vendor is asked whether it is good.")
class ConnectVendorInput:
    vendor_type: VendorType = strawberry.field(description="The vendor's system.")
    tenant_id: str = strawberry.field(description=f"The company's tenant: {NUMBER}")
    client_id: str = strawberry.field(description=f"The application's client id. {WRITE_ONLY}")
    client_secret: str = strawberry.field(
        description=f"The application's client secret. {WRITE_ONLY}"
    )
    app_key: str = strawberry.field(description=f"The application's key. {WRITE_ONLY}")
    booking_provider_id: str = strawberry.field(
        description=f"The booking provider that bookings come from: {NUMBER}"
    )
    business_unit_id: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The business unit of bookings: {NUMBER}"
    )
    campaign_id: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The campaign bookings count for: {NUMBER}"
    )
    capacity_enabled: bool = strawberry.field(
        default=False,
        description="Whether only times are offered at which the vendor has room.",
    )
    capacity_outage_policy: CapacityOutagePolicy = strawberry.field(
        default=CapacityOutagePolicy.OFFER_WINDOWS,
        description="What customers see while the vendor cannot be asked.",
    )


@strawberry.input(description="Changes of the vendor account; what is left out stays as it is.")
class UpdateVendorAccountInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.VENDOR_ACCOUNT)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    tenant_id: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The company's tenant: {NUMBER}"
    )
    client_id: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The application's client id. {WRITE_ONLY}"
    )
    client_secret: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The application's client secret. {WRITE_ONLY}"
    )
    app_key: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The application's key. {WRITE_ONLY}"
    )
    booking_provider_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The booking provider that bookings come from: {NUMBER}",
    )
    business_unit_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The business unit of bookings, null for none: {NUMBER}",
    )
    campaign_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The campaign bookings count for, null for none: {NUMBER}",
    )
    capacity_enabled: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether only times are offered at which the vendor has room.",
    )
    capacity_outage_policy: CapacityOutagePolicy | None = strawberry.field(
        default=strawberry.UNSET,
        description="What customers see while the vendor cannot be asked.",
    )


@strawberry.input(description="Which account to forget.")
class DisconnectVendorInput:
    id: strawberry.ID = strawberry.field(
        description="Which to forget.", metadata=refers_to(EntityType.VENDOR_ACCOUNT)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version the editor has seen; any version when it is left out.",
    )
