"""What all payloads share."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from app.domain.values import Value


class Payload(Value):
    """A body as the vendor writes it: camel case, and more properties every year."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        # A message that repeats the input would carry a customer's data into a log.
        hide_input_in_errors=True,
    )

    def to_body(self) -> bytes:
        """Return the JSON to send; what is not given is left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def to_utc(moment: datetime) -> datetime:
    """Return the moment in UTC; the vendor omits the offset at times and means UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def format_instant(moment: datetime) -> str:
    """Return an aware moment in RFC 3339, in UTC, cut to milliseconds."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1_000:03d}Z"


VendorInstant = Annotated[datetime, AfterValidator(to_utc)]
"""A moment the vendor wrote."""

SentInstant = Annotated[
    AwareDatetime,
    AfterValidator(to_utc),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
]
"""A moment we send: in UTC, to the millisecond, with Z."""
