"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.documents.erasure_request import ErasureStatus

__all__ = [
    "ErasureStatus",
]

expose_enum(
    ErasureStatus,
    name="PersonalDataErasureStatus",
    description="How far an erasure has come.",
    values={
        ErasureStatus.RUNNING: "Not everything is erased yet; the worker goes on, or the same "
        "mutation sent again.",
        ErasureStatus.ERASED: "Everything is erased. What was being written at that moment is "
        "looked for once more after two minutes.",
        ErasureStatus.FINISHED: "That is done, too.",
    },
)
