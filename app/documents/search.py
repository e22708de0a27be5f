"""Searching texts for what a client typed."""

import re
from collections.abc import Mapping


def containing(text: str) -> Mapping[str, str]:
    """Return the condition on a text field that it contains `text`, whatever the case.

    Every character stands for itself, also those a pattern gives a meaning to.
    """
    return {"$regex": re.escape(text), "$options": "i"}
