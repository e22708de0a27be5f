"""What the processes wrote of faults that no failure around them explains."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.soaking.verdicts import Verdict, judge

SEVERE = frozenset({"error", "critical"})
EXPECTED = (
    "The embedded database died",
    "The embedded database could not be started again",
    # It was: its process was stopped.
    "the event loop has been blocked",
    # The driver could not tell a database that was away which cursors it has no use for any more.
    "MongoClient background task encountered an error",
    # The server's own words, twice, for an application that could not start.
    "Application startup failed",
    "Traceback (most recent call last): ",
)
"""What is said of faults that were made on purpose."""

STARTED_IN_VAIN = "the application failed"
"""By a server that finds no database when it starts; whoever watches over it starts it again."""


def prove_logs(folder: Path) -> Verdict:
    """Return whether the logs hold no error but those that were to be expected."""
    found: Counter[str] = Counter()
    lines = 0
    for log in sorted(folder.glob("*.log")):
        for line in log.read_text(errors="replace").splitlines():
            lines += 1
            for complaint in _complaints(line):
                found[f"{log.stem}: {complaint}"] += 1
    evidence = [f"{count} times: {complaint}" for complaint, count in found.most_common()]
    return judge("nothing failed that was not made to fail", f"{lines} log records", evidence)


def _complaints(line: str) -> Iterator[str]:
    try:
        record: dict[str, Any] = json.loads(line)
    except ValueError:
        if "Traceback" in line or "Error" in line:
            yield line[:200]
        return
    text = str(record.get("event"))
    is_internal = record.get("outcome") == "INTERNAL"
    is_severe = record.get("level") in SEVERE and not text.startswith(EXPECTED)
    if text == STARTED_IN_VAIN and _is_of_the_database(record):
        return
    if is_internal or is_severe:
        yield f"{text} {record.get('operation', '')} {json.dumps(record.get('exception', ''))}"


def _is_of_the_database(record: dict[str, Any]) -> bool:
    return any(each["type"].startswith("pymongo.") for each in record.get("exception", ()))
