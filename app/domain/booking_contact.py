"""Who booked and where: what the fields of a customer step come to."""

from collections.abc import Iterable, Mapping

from pydantic import Field, JsonValue

from app.domain.booking_flow.form_fields import FormField, InputType
from app.domain.booking_session.field_values import is_blank
from app.domain.values import Value

FULL_NAME_KEYS = ("name", "fullname", "customername")
NAME_KEYS = (("firstname", "givenname"), ("lastname", "surname", "familyname"))
DEFAULT_COUNTRY = "US"


class PostalAddress(Value):
    """Where the visit takes place."""

    street: str
    unit: str | None = None
    city: str
    state: str
    zip: str
    country: str = DEFAULT_COUNTRY


class BookingContact(Value):
    """A customer; whatever the form did not ask for is missing."""

    name: str | None = Field(default=None, repr=False)
    phones: tuple[str, ...] = Field(default=(), repr=False)
    emails: tuple[str, ...] = Field(default=(), repr=False)
    address: PostalAddress | None = Field(default=None, repr=False)


def read_contact(fields: Iterable[FormField], values: Mapping[str, JsonValue]) -> BookingContact:
    """Return the customer that the values of a form describe.

    Phones, e-mails and the address are known by the type of their fields, names by the keys.
    """
    given = [(field, values[field.key]) for field in fields if not is_blank(values.get(field.key))]
    addresses = [value for field, value in given if field.input_type is InputType.ADDRESS]
    return BookingContact(
        name=_read_name({_plain(field.key): value for field, value in given}),
        phones=_texts(given, InputType.PHONE),
        emails=_texts(given, InputType.EMAIL),
        address=_read_address(addresses[0]) if addresses else None,
    )


def _read_name(by_key: Mapping[str, JsonValue]) -> str | None:
    found = [
        next((by_key[key] for key in keys if isinstance(by_key.get(key), str)), None)
        for keys in (FULL_NAME_KEYS, *NAME_KEYS)
    ]
    full, *parts = [str(name).strip() if name else "" for name in found]
    return full or " ".join(part for part in parts if part) or None


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").casefold()


def _texts(given: Iterable[tuple[FormField, JsonValue]], input_type: InputType) -> tuple[str, ...]:
    return tuple(
        value for field, value in given if field.input_type is input_type and isinstance(value, str)
    )


def _read_address(value: JsonValue) -> PostalAddress | None:
    if not isinstance(value, dict):
        return None
    parts = {part: text for part, text in value.items() if not is_blank(text)}
    if not {"street", "city", "state", "zip"} <= parts.keys():
        return None
    return PostalAddress.model_validate(parts)
