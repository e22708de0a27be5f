"""A made-up company with its content and its past customers, to try the API with."""

from app.services.demonstration.loading import (
    DemonstrationKeys,
    find_demonstration,
    load_demonstration,
)

__all__ = ["DemonstrationKeys", "find_demonstration", "load_demonstration"]
