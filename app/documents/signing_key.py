"""Secrets the server processes share."""

from app.documents.base import StoredDocument


class SigningKey(StoredDocument):
    """A random secret made once, on first use, and shared by all processes of the database."""

    secret: bytes

    class Settings:
        name = "signing_keys"

    @classmethod
    async def get_or_create(cls, purpose: str, *, new_secret: bytes) -> bytes:
        """Return the secret kept for `purpose`; `new_secret` becomes it when there is none yet."""
        await cls.get_motor_collection().update_one(
            {"_id": purpose}, {"$setOnInsert": {"secret": new_secret}}, upsert=True
        )
        stored = await cls.get(purpose)
        if stored is None:
            raise RuntimeError(f"the signing key for {purpose} was removed while it was read")
        return stored.secret

    @classmethod
    async def get_kept(cls, purpose: str, *, new_secret: bytes) -> bytes:
        """Return the same, asking the database only the first time in this process."""
        database = cls.get_motor_collection().database.name
        secret = _kept.get((database, purpose))
        if secret is None:
            secret = await cls.get_or_create(purpose, new_secret=new_secret)
            _kept[database, purpose] = secret
        return secret


_kept: dict[tuple[str, str], bytes] = {}
