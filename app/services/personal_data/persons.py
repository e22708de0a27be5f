"""Reading whom to erase."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.domain.personal_data import SHORTEST_NATIONAL_NUMBER, Person
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused
from app.domain.values import Value


class Contact(Value):
    """An e-mail address in lower case, a phone number in E.164 form, or both."""

    email: str | None = None
    phone: str | None = None


def read_contact(*, email: str | None, phone: str | None) -> Contact:
    """Return what was given, normalised; raises Refused with REQUIRED or INVALID, for each.

    A phone number names its country and may have spaces and the like: `+1 (781) 555-0199`.
    """
    if email is None and phone is None:
        raise Refused([_problem(ProblemCode.REQUIRED, "give an e-mail, a phone number or both")])
    problems = []
    read_email = None if email is None else _read_email(email)
    if email is not None and read_email is None:
        problems.append(_problem(ProblemCode.INVALID, "is not an e-mail address"))
    read_phone = None if phone is None else _read_phone(phone)
    if phone is not None and read_phone is None:
        message = "is not a phone number such as +17815550199"
        problems.append(_problem(ProblemCode.INVALID, message, "phone"))
    if problems:
        raise Refused(problems)
    return Contact(email=read_email, phone=read_phone)


def to_person(*, email: str | None, phone: str | None) -> Person:
    """Return whom to look for, given what `read_contact` returned."""
    return Person(
        email=email, phone_numbers=frozenset() if phone is None else _ways_to_write(phone)
    )


def _ways_to_write(phone: str) -> frozenset[str]:
    """Return the number with its country code and, unless it is too short, without."""
    national = phonenumbers.national_significant_number(phonenumbers.parse(phone))
    is_telling = len(national) >= SHORTEST_NATIONAL_NUMBER
    return frozenset({phone.removeprefix("+"), *([national] if is_telling else [])})


def _read_email(text: str) -> str | None:
    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return None
    return text.strip().lower()


def _read_phone(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _problem(code: ProblemCode, message: str, field: str = "email") -> Problem:
    return Problem(code=code, message=message, path=(field,))
