"""Log records: structured, one line each, and without what customers entered.

Messages of exceptions repeat values, such as the document a database refused. For machines, as in
production, a record therefore names an exception's type and where it came from, never its message.
For people, on a developer's machine, it shows everything.
"""

import contextlib
import copy
import logging
import logging.config
import re
import sys
import threading
import traceback
import warnings
from collections.abc import AsyncIterator, Iterator
from types import FrameType, TracebackType
from typing import Any, TextIO

import orjson
import structlog
from stamina.instrumentation import LoggingOnRetryHook, set_on_retry_hooks
from structlog.typing import EventDict, Processor, WrappedLogger

from app.servicetitan.errors import ServiceTitanError

MAX_FRAMES = 15
QUIET_LOGGERS = {
    # They write a line for each call to the vendor, and for each that is repeated.
    "httpx": "WARNING",
    "stamina": "ERROR",
    # At debug level these write what is sent and received.
    "httpcore": "WARNING",
    "pymongo": "WARNING",
    "websockets": "WARNING",
    "python_multipart": "WARNING",
}
HARMLESS_ERRORS = (ServiceTitanError,)
"""Exceptions whose text holds codes and numbers only."""

_TRACEBACK = "Traceback (most recent call last)"
_PLACE = re.compile(r'^\s*\|?\s*File "([^"]+)", line (\d+), in (.+)$', re.MULTILINE)

logger = logging.getLogger(__name__)


def configure_logging(*, level: str, for_people: bool) -> None:
    """Make every record of this process one line on standard error: text for people, else JSON."""
    logging.config.dictConfig(logging_config(level=level, for_people=for_people))


def logging_config(*, level: str, for_people: bool) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes; plain data, for it travels to new processes.

    `level` is debug, info, warning or error.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"default": {"()": f"{__name__}.make_formatter", "for_people": for_people}},
        "handlers": {"default": {"class": "logging.StreamHandler", "formatter": "default"}},
        "root": {"level": level.upper(), "handlers": ["default"]},
        "loggers": {
            **{name: {"level": quiet} for name, quiet in QUIET_LOGGERS.items()},
            # uvicorn's own handlers would write a second line.
            **{name: {"handlers": [], "propagate": True} for name in ("uvicorn", "uvicorn.error")},
        },
    }


def make_formatter(*, for_people: bool) -> logging.Formatter:
    """Return what makes a line of a record.

    For machines, what Python itself would print is made a record too: warnings, which repeat
    values, and exceptions that nothing caught.
    """
    # Left to itself, what repeats calls to the vendor prints to standard output, past all records.
    set_on_retry_hooks([LoggingOnRetryHook])
    if for_people:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            exception_formatter=structlog.dev.plain_traceback,
        )
        return _make(structlog.stdlib.ProcessorFormatter, [renderer])
    warnings.showwarning = _log_warning
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    return _make(DiscreetFormatter, [describe_exception, _to_json])


def _make(
    formatter: type[structlog.stdlib.ProcessorFormatter], processors: list[Processor]
) -> logging.Formatter:
    return formatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _drop_coloured_message,
            *processors,
        ],
    )


class DiscreetFormatter(structlog.stdlib.ProcessorFormatter):
    """Keeps the text of exceptions out of messages, whoever wrote them."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        record = copy.copy(record)
        if isinstance(record.args, tuple):
            record.args = tuple(_without_text(each) for each in record.args)
        record.msg, record.args = _discreet_message(record), None
        record.exc_text = None
        return super().format(record)


def _discreet_message(record: logging.LogRecord) -> str:
    message = record.getMessage().strip()
    if record.name == "asyncio":
        # The lines after the first describe tasks and futures together with what they raised.
        return message.partition("\n")[0]
    before, traceback_begins, text = message.partition(_TRACEBACK)
    if not traceback_begins:
        return message
    places = [f"{path}:{line} {name}" for path, line, name in _PLACE.findall(text)]
    return f"{before}{_TRACEBACK}: {', '.join(places[-MAX_FRAMES:])}"


def _without_text(value: object) -> object:
    if isinstance(value, BaseException) and not isinstance(value, HARMLESS_ERRORS):
        return type_name(value)
    return value


def _drop_coloured_message(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop what uvicorn says again in colours."""
    event.pop("color_message", None)
    return event


def _to_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__).decode()


@contextlib.asynccontextmanager
async def logged_failure() -> AsyncIterator[None]:
    """Log what an application fails with when it starts or stops, before its server does."""
    try:
        yield
    except Exception as error:
        logger.critical("the application failed", exc_info=error)
        raise


def describe_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace an exception by its types and places, from the first cause to what was raised."""
    exc_info = event.pop("exc_info", None)
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if isinstance(error, BaseException):
        event["exception"] = [_describe(each) for each in reversed(list(_chain(error)))]
    return event


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and what led to it, the members of groups included."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        hidden = current.__suppress_context__
        waiting.append(current.__cause__ or (None if hidden else current.__context__))
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)


def _describe(error: BaseException) -> dict[str, Any]:
    return {"type": type_name(error), "at": places_of(error.__traceback__)}


def type_name(error: BaseException) -> str:
    """Return the module and name of an exception's type."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def places_of(trace: TracebackType | FrameType | None) -> list[str]:
    """Return where code was, innermost last, as `file:line function`; 15 places at most."""
    if isinstance(trace, FrameType):
        frames = traceback.StackSummary.extract(traceback.walk_stack(trace), lookup_lines=False)
        frames.reverse()
    else:
        frames = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    return [f"{each.filename}:{each.lineno} {each.name}" for each in frames[-MAX_FRAMES:]]


def _log_warning(  # noqa: PLR0917 - as Python calls it.
    message: Warning | str,  # noqa: ARG001 - it repeats values.
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - the log is the only file.
    line: str | None = None,  # noqa: ARG001 - a place is enough.
) -> None:
    logger.warning("%s at %s:%d", category.__name__, filename, lineno)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger.critical("the process ends with an exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        logger.critical("a thread ended with an exception", exc_info=args.exc_value)
