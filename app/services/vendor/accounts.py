"""Connecting an organization to its vendor, and leaving it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.documents.vendor_account import VendorAccount
from app.domain.audit import AuditedEntity
from app.domain.vendor import VendorType
from app.domain.vendor_account import CapacityOutagePolicy, JobTypeSyncState
from app.services.authoring import Author, refuse_if
from app.services.editing import (
    Deletion,
    EntityKind,
    Patch,
    apply_patch,
    delete_entity,
    insert_entity,
    judge_new,
    update_entity,
)
from app.services.given import Given
from app.services.vendor.access import VendorAccess, VendorTools
from app.services.vendor.verification import find_credential_problems
from app.services.vendor_credentials_cipher import CredentialsUnreadableError
from app.servicetitan.environment import MAX_TENANT_ID, VendorCredentials


class _AccountKind(EntityKind[VendorAccount]):
    """An account is connected and disconnected, not created and deleted."""

    def mutation(self, verb: str) -> str:
        verbs = {"create": "connectVendor", "delete": "disconnectVendor"}
        return verbs.get(verb) or super().mutation(verb)


KIND = _AccountKind(
    document=VendorAccount,
    audited_as=AuditedEntity.VENDOR_ACCOUNT,
    unique_field=("vendor_type",),
)

VendorNumber = Annotated[int, Field(ge=1, le=MAX_TENANT_ID)]
"""An id at the vendor."""


class VendorAccountContent(VendorCredentials):
    """What an owner says of the account."""

    vendor_type: VendorType
    booking_provider_id: VendorNumber
    business_unit_id: VendorNumber | None = None
    campaign_id: VendorNumber | None = None
    capacity_enabled: bool = False
    capacity_outage_policy: CapacityOutagePolicy = CapacityOutagePolicy.OFFER_WINDOWS

    @property
    def credentials(self) -> VendorCredentials:
        """What opens the vendor."""
        return VendorCredentials(**{name: getattr(self, name) for name in CREDENTIALS})

    def settings(self) -> dict[str, Any]:
        """Return what the account holds in clear."""
        shown: dict[str, Any] = self.model_dump(include={*SETTINGS, "vendor_type", "tenant_id"})
        return shown


CREDENTIALS = tuple(VendorCredentials.model_fields)
SETTINGS = set(VendorAccountContent.model_fields) - {*CREDENTIALS, "vendor_type"}


async def connect_vendor(
    given: VendorAccountContent | Given[VendorAccountContent],
    *,
    author: Author,
    vendor: VendorAccess,
) -> VendorAccount:
    """Store the account once the vendor has accepted its credentials, and return it.

    Raises Refused with what the vendor does not accept, and DUPLICATE when the organization has an
    account already; `ServiceTitanError` when the vendor cannot be asked.
    """
    tools = vendor.require_tools()
    content = await judge_new(KIND, given, author=author)
    refuse_if(await find_credential_problems(tools, content.credentials))
    account = VendorAccount(
        **author.ownership(),
        **content.settings(),
        sealed_credentials=_seal(tools, content, author),
        connected_at=author.now,
    )
    return await insert_entity(KIND, account, author=author, snapshot=recorded(account))


async def update_vendor_account(
    patch: Patch, *, author: Author, vendor: VendorAccess
) -> VendorAccount:
    """Change the account and return it; raises as `connect_vendor` and as every edit does.

    Credentials are verified when any of them changed. Those the keys no longer open must all be
    given anew.
    """
    tools = vendor.require_tools()
    account, content = await apply_patch(
        KIND,
        VendorAccountContent,
        patch,
        author=author,
        current=lambda account: _content_of(tools, account),
    )
    changes: dict[str, Any] = content.model_dump(include=SETTINGS)
    if content.credentials != _open(tools, account):
        refuse_if(await find_credential_problems(tools, content.credentials))
        changes |= {
            "tenant_id": content.tenant_id,
            "sealed_credentials": _seal(tools, content, author),
            "connected_at": author.now,
        }
    if content.tenant_id != account.tenant_id:
        # Another tenant has other job types: what was read says nothing about them.
        changes["job_type_sync"] = JobTypeSyncState().model_dump()
    return await update_entity(
        KIND, account, changes, author=author, before=recorded(account), after=recorded
    )


async def disconnect_vendor(deletion: Deletion, *, author: Author) -> VendorAccount:
    """Forget the account with its credentials and return it; raises Refused as deletions do."""

    async def snapshot(account: VendorAccount) -> Mapping[str, Any]:
        return recorded(account)

    return await delete_entity(KIND, deletion, author=author, snapshot=snapshot)


def recorded(account: VendorAccount) -> Mapping[str, Any]:
    """Return what the audit keeps of an account: no credentials, not even sealed ones."""
    kept: dict[str, Any] = account.model_dump(
        mode="json", exclude={"sealed_credentials", "job_type_sync"}
    )
    return kept


def _seal(tools: VendorTools, content: VendorAccountContent, author: Author) -> str:
    return tools.cipher.seal(content.credentials, organization_id=author.organization_id)


def _open(tools: VendorTools, account: VendorAccount) -> VendorCredentials | None:
    try:
        return tools.cipher.open(
            account.sealed_credentials, organization_id=account.organization_id
        )
    except CredentialsUnreadableError:
        return None


def _content_of(tools: VendorTools, account: VendorAccount) -> Mapping[str, Any]:
    content: dict[str, Any] = account.model_dump(include={*SETTINGS, "vendor_type", "tenant_id"})
    return content | dict(_open(tools, account) or {})
