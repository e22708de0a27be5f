"""What a completed session comes to."""

from datetime import datetime

from pydantic import JsonValue

from app.domain.values import Value


class Timeslot(Value):
    """A visit window, half-open, in UTC."""

    start_time: datetime
    end_time: datetime


class VendorAttempt(Value):
    """One try to bring a booking to the vendor."""

    at: datetime
    outcome: str
    detail: str | None = None


class AnswerGiven(Value):
    """A question of the path and its answer, in the words the customer read."""

    question: str
    answer: str


CustomerDetails = dict[str, JsonValue]
