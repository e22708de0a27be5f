"""The bookings that arrived, for people."""

from collections.abc import Iterable
from html import escape

from app.transport.vendor_stand_in.state import JsonRow

COLUMNS = ("id", "createdOn", "status", "name", "summary", "start", "externalId")
STYLE = (
    "body{font:15px system-ui;margin:2rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top;"
    "white-space:pre-line}"
)


def bookings_page(bookings: Iterable[JsonRow]) -> str:
    """Return an HTML page with the bookings, newest first; it looks again every other second."""
    rows = "".join(_row(booking) for booking in reversed(list(bookings)))
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    table = f"<table><tr>{head}</tr>{rows}</table>" if rows else "<p>No booking arrived yet.</p>"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" '
        f'content="2"><title>ServiceTitan stand-in</title><style>{STYLE}</style>'
        "<h1>Bookings at the ServiceTitan stand-in</h1>"
        f'{table}<p><a href="/bookings">as JSON</a> · <a href="/knobs">knobs</a></p></html>'
    )


def _row(booking: JsonRow) -> str:
    cells = ("" if booking.get(name) is None else str(booking[name]) for name in COLUMNS)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
