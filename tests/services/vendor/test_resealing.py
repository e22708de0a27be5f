"""Rotating the keys that seal credentials."""

from pydantic import SecretStr

from app.documents.driver import Database, new_id
from app.documents.vendor_account import VendorAccount
from app.services.vendor.resealing import ResealReport, reseal_secrets
from app.services.vendor_credentials_cipher import VendorCredentialsCipher, new_cipher_key
from app.services.webhooks.secrets import WebhookSecrets
from tests.services.vendor.accounts import store_account
from tests.servicetitan.running_stand_in import demo_credentials


async def test_resealed_accounts_open_without_the_old_key(database: Database) -> None:
    old, new = SecretStr(new_cipher_key()), SecretStr(new_cipher_key())
    organization_id = new_id()
    sealed = VendorCredentialsCipher([old]).seal(
        demo_credentials(), organization_id=organization_id
    )
    await store_account(organization_id, sealed_credentials=sealed)
    await store_account(new_id(), sealed_credentials="of a key that was lost")
    endpoint_id = new_id()
    secret, sealed_secret = WebhookSecrets([old]).new(endpoint_id)
    endpoint = {"_id": endpoint_id, "sealed_secret": sealed_secret, "sealed_previous_secret": None}
    await database["webhook_endpoints"].insert_one(endpoint)

    report = await reseal_secrets(VendorCredentialsCipher([new, old]))

    assert report == ResealReport(resealed_count=2, unreadable_count=1)
    account = await VendorAccount.find_of(organization_id)
    assert account
    assert account.version == 1
    opened = VendorCredentialsCipher([new]).open(
        account.sealed_credentials, organization_id=organization_id
    )
    assert opened == demo_credentials()
    stored = await database["webhook_endpoints"].find_one({"_id": endpoint_id})
    assert stored
    opened_secret = WebhookSecrets([new]).open(stored["sealed_secret"], endpoint_id=endpoint_id)
    assert opened_secret == secret
