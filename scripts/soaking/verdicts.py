"""What a proof comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_EVIDENCE = 20


@dataclass(frozen=True)
class Verdict:
    """A promise, how much it was held against, and what breaks it; no evidence means it was kept.

    One that could not be judged says why in `looked_at`, and is kept.
    """

    promise: str
    looked_at: str
    evidence: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether nothing breaks the promise."""
        return not self.evidence


def judge(promise: str, looked_at: str, evidence: Sequence[object] = ()) -> Verdict:
    """Return the verdict; of much evidence only the first, and how much there is."""
    shown = [str(each) for each in evidence[:MAX_EVIDENCE]]
    if len(evidence) > MAX_EVIDENCE:
        shown.append(f"… and {len(evidence) - MAX_EVIDENCE} more")
    return Verdict(promise, looked_at, tuple(shown))
