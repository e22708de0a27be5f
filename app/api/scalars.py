"""Custom scalars. Text scalars are validated where the input is read, so that a bad colour is
reported together with every other problem of a mutation; dates and times must parse at once.
"""

import re
from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

DateTime = datetime
Date = date

HexColor = NewType("HexColor", str)
LucideIconKey = NewType("LucideIconKey", str)
ZipCode = NewType("ZipCode", str)
PhoneNumber = NewType("PhoneNumber", str)
EmailAddress = NewType("EmailAddress", str)
Url = NewType("Url", str)
CssSelector = NewType("CssSelector", str)
JSON = NewType("JSON", object)


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(
    _DATE.pattern + r"T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)


def serialize_datetime(value: datetime) -> str:
    """Return ISO 8601 in UTC with milliseconds and `Z`."""
    # Not strftime: its %Y leaves out the zeros before a year like 99.
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_datetime(value: Any) -> datetime:
    """Return the moment; refuses text without a zone, because no zone would be a guess."""
    if not isinstance(value, str):
        raise GraphQLError("DateTime must be a string in ISO 8601.")
    try:
        _require_form(value, _DATE_TIME)
        parsed = datetime.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError("DateTime must be ISO 8601, as 2026-01-31T08:00:00.000Z.") from error
    if parsed.tzinfo is None:
        raise GraphQLError("DateTime must name its time zone, as 2026-01-31T08:00:00.000Z.")
    try:
        return parsed.astimezone(UTC)
    except OverflowError as error:
        raise GraphQLError("DateTime is out of range.") from error


def parse_date(value: Any) -> date:
    """Return the calendar date."""
    if not isinstance(value, str):
        raise GraphQLError("Date must be a string, as 2026-01-31.")
    try:
        _require_form(value, _DATE)
        return date.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError("Date must be a calendar date, as 2026-01-31.") from error


def _require_form(text: str, form: re.Pattern[str]) -> None:
    # Python reads other forms of ISO 8601 as well, such as 2026-W05-6 and 20260131.
    if form.fullmatch(text) is None:
        raise ValueError


def _require_text(name: str) -> Any:
    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise GraphQLError(f"{name} must be a string.")
        return value

    return parse


def _text_scalar(name: str, description: str, *, specified_by: str | None = None) -> Any:
    return strawberry.scalar(
        name=name,
        description=description,
        specified_by_url=specified_by,
        serialize=str,
        parse_value=_require_text(name),
    )


SCHEMA_CONFIG = StrawberryConfig(
    scalar_map={
        datetime: strawberry.scalar(
            name="DateTime",
            description="A moment in UTC, as `2026-01-31T08:00:00.000Z`.",
            specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
            serialize=serialize_datetime,
            parse_value=parse_datetime,
        ),
        date: strawberry.scalar(
            name="Date",
            description="A calendar date, as `2026-01-31`.",
            specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
            serialize=date.isoformat,
            parse_value=parse_date,
        ),
        HexColor: _text_scalar("HexColor", "A colour as `#RRGGBB`."),
        LucideIconKey: _text_scalar(
            "LucideIconKey", "The name of an icon of the Lucide set, as `calendar-check`."
        ),
        ZipCode: _text_scalar("ZipCode", "A United States zip code of five digits."),
        PhoneNumber: _text_scalar(
            "PhoneNumber",
            "A telephone number in E.164 form, as `+17815550142`.",
            specified_by="https://www.itu.int/rec/T-REC-E.164",
        ),
        EmailAddress: _text_scalar(
            "EmailAddress",
            "An e-mail address.",
            specified_by="https://www.rfc-editor.org/rfc/rfc5321",
        ),
        Url: _text_scalar("Url", "An absolute URL.", specified_by="https://url.spec.whatwg.org/"),
        CssSelector: _text_scalar(
            "CssSelector",
            "A CSS selector.",
            specified_by="https://www.w3.org/TR/selectors-4/",
        ),
        JSON: strawberry.scalar(
            name="JSON",
            description="Any JSON value.",
            specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
            serialize=lambda value: value,
            parse_value=lambda value: value,
        ),
    }
)
