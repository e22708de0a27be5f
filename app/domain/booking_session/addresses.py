"""A postal address in form data: an object of texts."""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from app.domain.problems import Problem, ProblemCode

LONGEST_PARTS = {"street": 200, "unit": 50, "city": 100, "state": 50, "zip": 10, "country": 2}
REQUIRED_PARTS = ("street", "city", "state", "zip")
ZIP_FORM = re.compile(r"[0-9]{5}(-[0-9]{4})?")
COUNTRY_FORM = re.compile(r"[A-Za-z]{2}")


def find_address_problems(value: JsonValue) -> tuple[Problem, ...]:
    """Return everything wrong with an address; the paths begin with the part.

    Street, city, state and zip (five digits, or nine with a dash) are required; a unit and a
    country, by its two letters, may be added; nothing else.
    """
    if not isinstance(value, dict):
        message = "An address has a street, a city, a state and a zip."
        return (Problem(code=ProblemCode.INVALID, message=message),)
    return (*_find_part_problems(value), *_find_missing_parts(value))


def _find_part_problems(address: dict[str, JsonValue]) -> Iterator[Problem]:
    for part, text in address.items():
        if part not in LONGEST_PARTS:
            yield _problem(ProblemCode.INVALID, "An address has no such part.", part)
        elif text is None:
            continue
        elif not isinstance(text, str):
            yield _problem(ProblemCode.INVALID, "The value is not a text.", part)
        elif len(text) > LONGEST_PARTS[part]:
            yield _problem(ProblemCode.TOO_LONG, f"At most {LONGEST_PARTS[part]} characters.", part)
        elif part == "zip" and text.strip() and not ZIP_FORM.fullmatch(text):
            yield _problem(ProblemCode.INVALID, "A zip code has five or nine digits.", part)
        elif part == "country" and text and not COUNTRY_FORM.fullmatch(text):
            yield _problem(ProblemCode.INVALID, "A country is given by two letters.", part)


def _find_missing_parts(address: dict[str, JsonValue]) -> Iterator[Problem]:
    for part in REQUIRED_PARTS:
        text = address.get(part)
        if text is None or (isinstance(text, str) and not text.strip()):
            yield _problem(ProblemCode.REQUIRED, f"The {part} is missing.", part)


def _problem(code: ProblemCode, message: str, part: str) -> Problem:
    return Problem(code=code, message=message, path=(part,))
