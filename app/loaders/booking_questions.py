"""Loaders of questions' answers."""

import asyncio
from collections.abc import Sequence
from itertools import chain

from app.documents.booking_question_answer import BookingQuestionAnswer
from app.loaders.base import OwnedId, chunked_keys, owned_query
from app.loaders.measured import MeasuredLoader


class AnswersByQuestionIdLoader(MeasuredLoader[OwnedId, list[BookingQuestionAnswer]]):
    """Loads the answers of questions by question id, in no order: the question gives it."""

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[list[BookingQuestionAnswer]]:
        """Return the lists of answers in the order of the keys."""
        chunks = [self._find(chunk) for chunk in chunked_keys(keys)]
        answers: dict[OwnedId, list[BookingQuestionAnswer]] = {key: [] for key in keys}
        for answer in chain.from_iterable(await asyncio.gather(*chunks)):
            key = OwnedId(answer.organization_id, answer.booking_question_id)
            if key in answers:
                answers[key].append(answer)
        return [answers[key] for key in keys]

    async def _find(self, keys: Sequence[OwnedId]) -> list[BookingQuestionAnswer]:
        return await BookingQuestionAnswer.read_all(owned_query("booking_question_id", keys))
