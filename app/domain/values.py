"""The base of every frozen value, and the text types values share."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, StringConstraints

EntityId: TypeAlias = str
"""The id of a stored entity: 24 hexadecimal characters that begin with its creation time."""


class Value(BaseModel):
    """A frozen value, compared by content.

    Unknown keys are ignored so that a document written by a newer version can still be read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
