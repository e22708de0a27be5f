"""Recognising a customer who has booked before, and how little is said of them.

What proves that a session knows a customer is a pair: a phone number with the e-mail address, or
with the last name, of one earlier booking. One of them alone proves nothing, and is looked up
nowhere: an office's number and everybody's e-mail address are known to many.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from pydantic import JsonValue

from app.domain.values import Value

FormValues: TypeAlias = Mapping[str, JsonValue]

FIRST_NAME_KEYS = frozenset({"firstname", "givenname", "forename"})
LAST_NAME_KEYS = frozenset({"lastname", "surname", "familyname"})
WHOLE_NAME_KEYS = frozenset({"name", "fullname", "customername", "yourname"})
PHONE_FORM = re.compile(r"\+[0-9]{7,15}")
# Each character can be taken in one way only: customers choose the text, and it may be long.
EMAIL_FORM = re.compile(r"[^@\s]++@[^@\s.]++(?:\.[^@\s.]++)++")
LONGEST_TEXT = 320
HIDDEN = "***"
ADDRESS_PARTS = ("street", "unit", "city")


class Contact(Value):
    """What a form says of who fills it in, in the form in which it is compared."""

    phone: str | None = None
    email: str | None = None
    last_name: str | None = None

    def proofs(self) -> tuple[str, ...]:
        """Return the pairs that prove knowledge of this customer, as texts."""
        if self.phone is None:
            return ()
        pairs = (("email", self.email), ("last name", self.last_name))
        return tuple(
            "\n".join(("phone", self.phone, kind, other))
            for kind, other in pairs
            if other is not None
        )


class MaskedCustomer(Value):
    """What a customer recognises themselves by, and nobody else learns much from."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None


def read_contact(values: FormValues) -> Contact:
    """Return the contact in form values: phone and e-mail by their form, the name by its key."""
    texts = tuple(_texts(values))
    phones = (_normal_phone(text) for _, text in texts)
    emails = (text.casefold() for _, text in texts if EMAIL_FORM.fullmatch(text))
    names = (_normal_name(name) for name in _last_names(texts))
    return Contact(
        phone=next((phone for phone in phones if phone), None),
        email=next(emails, None),
        last_name=next((name for name in names if name), None),
    )


def mask_customer(values: FormValues) -> MaskedCustomer:
    """Return the first letters of what an earlier booking says of its customer."""
    texts = tuple(_texts(values))
    phones = [phone for _, text in texts if (phone := _normal_phone(text))]
    emails = [text for _, text in texts if EMAIL_FORM.fullmatch(text)]
    addresses = [value for value in values.values() if isinstance(value, Mapping)]
    names = [
        text
        for keys in (WHOLE_NAME_KEYS, FIRST_NAME_KEYS, LAST_NAME_KEYS)
        for key, text in texts
        if key in keys
    ]
    return MaskedCustomer(
        name=_mask_words(names) if names else None,
        phone=f"{HIDDEN}{phones[0][-2:]}" if phones else None,
        email=_mask_email(emails[0]) if emails else None,
        address=_mask_address(addresses[0]) if addresses else None,
    )


def _texts(values: FormValues) -> Iterator[tuple[str, str]]:
    """Yield the texts with their keys in small letters alone."""
    for key, value in values.items():
        if isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT:
            yield re.sub("[^a-z]", "", key.lower()), value.strip()


def _last_names(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    whole = []
    for key, text in texts:
        if key in LAST_NAME_KEYS:
            yield text
        elif key in WHOLE_NAME_KEYS:
            whole.append(text.split()[-1])
    yield from whole


def _normal_phone(text: str) -> str | None:
    digits = re.sub(r"[\s().-]", "", text)
    return digits if PHONE_FORM.fullmatch(digits) else None


def _normal_name(text: str) -> str:
    """Return the letters alone, so that García, GARCIA and Garcia- are one name."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalpha())


def _mask_words(texts: Iterable[str]) -> str:
    return " ".join(f"{word[0]}{HIDDEN}" for text in texts for word in text.split())


def _mask_email(text: str) -> str:
    name, _, host = text.rpartition("@")
    return f"{name[0]}{HIDDEN}@{host[0]}{HIDDEN}.{host.rpartition('.')[2]}"


def _mask_address(address: Mapping[str, JsonValue]) -> str:
    parts = [address.get(part) for part in ADDRESS_PARTS]
    masked = [_mask_words([part]) for part in parts if isinstance(part, str) and part.strip()]
    return ", ".join(masked)
