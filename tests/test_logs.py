"""What a record for machines says, and what it must not say."""

import asyncio
import io
import json
import logging
import traceback
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import stamina

from app.logs import configure_logging
from app.servicetitan.errors import CircuitOpenError

SECRET = "Zebulon"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written while the root logger writes JSON."""
    root, showwarning = logging.getLogger(), warnings.showwarning
    # A server that ran in this process before may have silenced it.
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)
    before, level = root.handlers[:], root.level
    configure_logging(level="debug", for_people=False)
    stream = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    warnings.showwarning = showwarning


def only_record(lines: io.StringIO) -> dict[str, Any]:
    assert SECRET not in lines.getvalue()
    [line] = lines.getvalue().splitlines()
    record: dict[str, Any] = json.loads(line)
    return record


def fail() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        raise KeyError(SECRET) from error


def test_exception_is_told_by_types_and_places_from_the_first_cause(lines: io.StringIO) -> None:
    try:
        fail()
    except KeyError:
        logging.getLogger("app.x").exception("it failed")
    record = only_record(lines)
    assert record["event"] == "it failed"
    assert [each["type"] for each in record["exception"]] == [
        "builtins.ValueError",
        "builtins.KeyError",
    ]
    assert record["exception"][0]["at"][-1].endswith(" fail")


def test_members_of_a_group_are_told_too(lines: io.StringIO) -> None:
    group = ExceptionGroup(SECRET, [ValueError(SECRET), TypeError(SECRET)])
    logging.getLogger("app.x").error("it failed", exc_info=group)
    kinds = {each["type"] for each in only_record(lines)["exception"]}
    assert kinds == {"builtins.ExceptionGroup", "builtins.ValueError", "builtins.TypeError"}


def test_exception_within_a_message_is_its_type_unless_its_text_is_known_to_be_harmless(
    lines: io.StringIO,
) -> None:
    logger = logging.getLogger("app.x")
    logger.warning("it failed: %s", ValueError(SECRET))
    assert only_record(lines)["event"] == "it failed: builtins.ValueError"
    lines.truncate(0)
    lines.seek(0)
    logger.warning("it failed: %s", CircuitOpenError(retry_after_seconds=3))
    assert "rest for another 3.0 s" in only_record(lines)["event"]


def test_traceback_that_another_library_writes_as_text_keeps_its_places_only(
    lines: io.StringIO,
) -> None:
    try:
        fail()
    except KeyError:
        logging.getLogger("uvicorn.error").error(traceback.format_exc())
    assert " fail" in only_record(lines)["event"]


def test_warning_of_python_is_its_category_and_place(lines: io.StringIO) -> None:
    # Called as Python calls it: pytest keeps warnings to itself.
    warnings.showwarning(SECRET, UserWarning, "there.py", 7)
    assert only_record(lines)["event"] == "UserWarning at there.py:7"


async def test_task_whose_exception_nobody_saw_is_told_without_what_it_raised(
    lines: io.StringIO,
) -> None:
    async def boom() -> None:
        raise ValueError(SECRET)

    task = asyncio.create_task(boom())
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    loop.default_exception_handler(
        {
            "message": "Task exception was never retrieved",
            "exception": task.exception(),
            "future": task,
        }
    )
    records = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert SECRET not in lines.getvalue()
    assert records[-1]["event"] == "Task exception was never retrieved"
    assert records[-1]["exception"][0]["type"] == "builtins.ValueError"


async def test_call_that_is_repeated_says_nothing_past_the_records(
    lines: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fail_once(seen: list[str]) -> None:
        seen.append(SECRET)
        if len(seen) == 1:
            raise ValueError(SECRET)

    await stamina.AsyncRetryingCaller(wait_initial=0, wait_jitter=0)(ValueError, fail_once, [])

    assert lines.getvalue() == ""
    assert capfd.readouterr() == ("", "")
