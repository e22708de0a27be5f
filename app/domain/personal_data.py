"""Recognising a person in what customers entered."""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from app.domain.values import Value

SHORTEST_NATIONAL_NUMBER: Final = 8
"""In digits; a shorter number without its country code is found in too many others."""

BETWEEN_ADDRESSES = re.compile(r"[\s<>,;:|\"'()\[\]{}=&?/]+")
DIGIT = re.compile("[0-9]")
NO_DIGIT_SEPARATOR = str.maketrans("", "", " ().-/\t\u00a0\u2011\u2013")


class Person(Value):
    """Whom to look for: an e-mail address in lower case, a phone number, or both.

    `phone_numbers` are the ways the number may be written, in digits alone.
    """

    email: str | None = None
    phone_numbers: frozenset[str] = frozenset()


def mentions(person: Person, value: Any) -> bool:
    """Return whether the person's e-mail or phone number occurs in a JSON value, however deep.

    An e-mail address counts as a whole word, in any case and also percent-encoded; a phone number
    with any spaces, dots, dashes and brackets between its digits. The cost is linear.
    """
    return any(_is_mentioned(person, text) for text in _texts_in(value))


def _texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bool():
            return
        case int() | float():
            yield str(value)
        case dict():
            for key, item in value.items():
                yield key
                yield from _texts_in(item)
        case list() | tuple():
            for item in value:
                yield from _texts_in(item)


def _is_mentioned(person: Person, text: str) -> bool:
    readable = unquote(text) if "%" in text else text
    return _has_email(person, readable) or _has_phone_number(person, readable)


def _has_email(person: Person, text: str) -> bool:
    if person.email is None or "@" not in text:
        return False
    words = BETWEEN_ADDRESSES.split(text.lower())
    return any(word.strip(".!") == person.email for word in words)


def _has_phone_number(person: Person, text: str) -> bool:
    if not person.phone_numbers or DIGIT.search(text) is None:
        return False
    digits = text.translate(NO_DIGIT_SEPARATOR)
    return any(number in digits for number in person.phone_numbers)
