"""Rows as text: CSV and JSON Lines, both UTF-8."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import orjson

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Text that begins so is a formula to a spreadsheet, which may run programs and fetch addresses.

https://owasp.org/www-community/attacks/CSV_Injection
"""

HARMLESS = "'"


def to_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the rows by RFC 4180, text that looks like a formula after an apostrophe.

    None is an empty field, booleans are true and false, lists and objects are JSON.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_to_cell(v) for v in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def to_json_lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return each row as an object on a line of its own."""
    return b"".join(
        orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
        for row in rows
    )


def _to_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case list() | tuple() | dict():
            text = orjson.dumps(value).decode()
        case _:
            text = str(value)
    return HARMLESS + text if text.startswith(FORMULA_STARTS) else text
