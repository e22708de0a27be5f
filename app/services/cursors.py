"""Cursors: opaque places in a sorted list, which only we can make."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson

_DIGEST_BYTES = 9
_MAX_CURSOR_LENGTH = 2_000


class InvalidCursor(Exception):
    """The cursor was not made by us, or for another list, order or filter."""


class CursorCodec:
    """Makes and reads cursors that are bound to the list they were made for."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def encode(self, key: list[Any], *, binding: Any) -> str:
        """Return the cursor of the item with these sort values; `binding` names list and filter."""
        payload = orjson.dumps(key)
        return base64.urlsafe_b64encode(self._sign(payload, binding) + payload).decode()

    def decode(self, cursor: str, *, binding: Any) -> list[Any]:
        """Return the sort values; raises InvalidCursor for any cursor not made for `binding`."""
        if len(cursor) > _MAX_CURSOR_LENGTH:
            raise InvalidCursor
        try:
            raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeError) as error:
            raise InvalidCursor from error
        digest, payload = raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:]
        if not hmac.compare_digest(digest, self._sign(payload, binding)):
            raise InvalidCursor
        key: list[Any] = orjson.loads(payload)
        return key

    def _sign(self, payload: bytes, binding: Any) -> bytes:
        bound = orjson.dumps(binding, option=orjson.OPT_SORT_KEYS, default=str)
        return hashlib.blake2b(
            payload + b"\0" + bound, key=self._secret, digest_size=_DIGEST_BYTES
        ).digest()
