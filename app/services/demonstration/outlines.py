"""What the company's content is written in: outlines that name each other by key.

A key names a question or a service, and no two share one. The outlines become stored entities and,
together, the graphs of the flows.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Trade(StrEnum):
    """A branch of the company, and the answer category of what belongs to it."""

    HEATING_COOLING = "heating_cooling"
    PLUMBING = "plumbing"
    ELECTRICAL = "electrical"


@dataclass(frozen=True, slots=True)
class ServiceOutline:
    """A service with its job type, and the question still asked after it, if any."""

    key: str
    title: str
    description: str
    icon: str
    job_type_id: str
    job_type_name: str
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerOutline:
    """An answer in words; `leads_to` is a question or a service, None ends the questions."""

    text: str
    leads_to: str | None = None
    icon: str | None = None
    trade: Trade | None = None


@dataclass(frozen=True, slots=True)
class ServiceOption:
    """A service that a question offers itself."""

    service: str


OptionOutline: TypeAlias = AnswerOutline | ServiceOption


@dataclass(frozen=True, slots=True)
class QuestionOutline:
    """A question; its options stand in the order of how often they are chosen."""

    key: str
    title: str
    options: tuple[OptionOutline, ...]
    icon: str | None = None
    help_text: str | None = None
