"""Comparing services with the vendor's job types."""

import strawberry

from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.api.vendor_accounts.sync_types import VendorSyncReport
from app.services.vendor.job_types import SyncWish, sync_job_types


@strawberry.input(description="How to compare.")
class SyncVendorJobTypesInput:
    full: bool = strawberry.field(
        default=False,
        description="Read every job type, not only those changed since last time; that is done "
        "once a day in any case.",
    )
    dry_run: bool = strawberry.field(
        default=False, description="Only report what would be written."
    )
    import_new: bool = strawberry.field(
        default=False, description="Make a service of every job type that none is linked to."
    )
    import_job_type_ids: list[str] = strawberry.field(
        default_factory=list,
        description="Make services of these job types, at most 100; one that is linked already is "
        "left alone.",
    )


@strawberry.type(description="The outcome of `syncVendorJobTypes`.")
class SyncVendorJobTypesPayload(MutationPayload):
    report: VendorSyncReport | None = strawberry.field(
        default=None, description="What was found; null when it was refused."
    )


@strawberry.type
class VendorSyncMutations:
    @mutation(
        description="Compare the services with the vendor's job types and store what differs. A "
        "worker does it every hour as well, without making new services.",
        access=Access.EDITOR,
    )
    async def sync_vendor_job_types(
        self, info: Info, input: SyncVendorJobTypesInput
    ) -> SyncVendorJobTypesPayload:
        author = info.context.author
        outcome = await sync_job_types(
            author.organization_id,
            read_input(input, SyncWish),
            vendor=info.context.vendor,
            now=author.now,
            author=author,
        )
        report = VendorSyncReport.from_outcome(outcome, author.organization_id)
        return SyncVendorJobTypesPayload(report=report)
