"""Parts of wholes."""


def quotient(part: int, whole: int) -> float | None:
    """Return `part / whole`; None of nothing, because no rate would be true."""
    return part / whole if whole else None
