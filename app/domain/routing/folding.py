"""Case-insensitive comparison, one character for one character."""

from functools import lru_cache


def fold(text: str) -> str:
    """Return `text` with each character replaced by the one that stands for all its cases.

    This is Unicode's simple case folding, the one RE2 uses for `(?i)`, so that every operator means
    the same by "case-insensitive". Characters whose full folding is longer (ß) keep their length.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(fold_character, text))


@lru_cache(maxsize=4_096)
def fold_character(character: str) -> str:
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character
