"""Loaders of questions' answers."""

from collections.abc import Sequence

from aiodataloader import DataLoader

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.loaders.base import OwnedId


class AnswersByQuestionIdLoader(DataLoader[OwnedId, list[BookingQuestionAnswer]]):
    """Loads the answers of questions by question id, in no order: the question gives it."""

    def __init__(self) -> None:
        super().__init__(max_batch_size=MAX_IDS_PER_COMMAND)

    async def batch_load_fn(self, keys: Sequence[OwnedId]) -> list[list[BookingQuestionAnswer]]:
        """Return the lists of answers in the order of the keys."""
        query = {
            "booking_question_id": {"$in": sorted({key.id for key in keys})},
            "organization_id": {"$in": sorted({key.organization_id for key in keys})},
        }
        answers: dict[OwnedId, list[BookingQuestionAnswer]] = {key: [] for key in keys}
        async for answer in BookingQuestionAnswer.find(query):
            key = OwnedId(answer.organization_id, answer.booking_question_id)
            if key in answers:
                answers[key].append(answer)
        return [answers[key] for key in keys]
