import pytest
from pydantic import SecretStr

from app.services.vendor_credentials_cipher import (
    CipherKeyError,
    CredentialsUnreadableError,
    VendorCredentialsCipher,
    new_cipher_key,
)
from app.servicetitan.environment import VendorCredentials

OWNER = "65f0c0ffee65f0c0ffee0001"
CREDENTIALS = VendorCredentials(
    tenant_id=1,
    client_id="cid",
    client_secret=SecretStr("client-secret"),
    app_key=SecretStr("app-key"),
)


def a_key() -> SecretStr:
    return SecretStr(new_cipher_key())


def test_sealed_credentials_show_nothing_and_open_for_their_owner() -> None:
    cipher = VendorCredentialsCipher([a_key()])
    sealed = cipher.seal(CREDENTIALS, organization_id=OWNER)
    assert "client-secret" not in sealed
    assert cipher.open(sealed, organization_id=OWNER) == CREDENTIALS
    assert cipher.seal(CREDENTIALS, organization_id=OWNER) != sealed


def test_sealed_credentials_do_not_open_for_another_organization() -> None:
    cipher = VendorCredentialsCipher([a_key()])
    sealed = cipher.seal(CREDENTIALS, organization_id=OWNER)
    with pytest.raises(CredentialsUnreadableError):
        cipher.open(sealed, organization_id="65f0c0ffee65f0c0ffee0002")


@pytest.mark.parametrize("damage", ["", "x", "gAAAAA", "é"])
def test_damaged_credentials_are_unreadable(damage: str) -> None:
    cipher = VendorCredentialsCipher([a_key()])
    with pytest.raises(CredentialsUnreadableError):
        cipher.open(damage, organization_id=OWNER)
    with pytest.raises(CredentialsUnreadableError):
        cipher.reseal(damage)


def test_keys_are_rotated_without_losing_what_is_stored() -> None:
    old, new = a_key(), a_key()
    sealed = VendorCredentialsCipher([old]).seal(CREDENTIALS, organization_id=OWNER)
    both = VendorCredentialsCipher([new, old])
    assert both.open(sealed, organization_id=OWNER) == CREDENTIALS
    resealed = both.reseal(sealed)
    only_new = VendorCredentialsCipher([new])
    assert only_new.open(resealed, organization_id=OWNER) == CREDENTIALS
    with pytest.raises(CredentialsUnreadableError):
        only_new.open(sealed, organization_id=OWNER)


@pytest.mark.parametrize("keys", [[], ["short"], ["é" * 44]])
def test_key_that_is_none_is_refused_and_not_repeated(keys: list[str]) -> None:
    with pytest.raises(CipherKeyError) as raised:
        VendorCredentialsCipher([SecretStr(key) for key in keys])
    assert not any(key in str(raised.value) for key in keys)
