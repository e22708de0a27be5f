#!/usr/bin/env python3
"""Print what collections grow to at some rates of bookings, and how evenly shards are loaded.

The sizes are those `--measure` has found with the documents of the demonstration; they are checked
in, in `scale_measured.json`. Everything else is an option, and its default is said in the answer.
"""

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from scale_measurement import Measurement, measure, read_measurement, write_measurement
from scale_model import Assumptions, Scale, balance_of, scale_of

RATES = (1.0, 100.0, 10_000.0)
SHARDS = (2, 4, 16, 64)
WIDTH = 100
MAX_RATE = 1_000_000.0


def print_measurement(console: Console, measured: Measurement) -> None:
    console.print(
        f"Measured {measured.measured_on} with {measured.visits} visits of the demonstration "
        f"({measured.command}): {measured.events_per_visit:.1f} events a visit, "
        f"{measured.visits_per_booking:.2f} visits a booking."
    )
    table = Table("collection", "bytes each", "index entries each", "index bytes each")
    for size in measured.collections:
        table.add_row(
            size.name,
            f"{size.document_bytes:,.0f}",
            f"{size.index_entries:.1f}",
            f"{size.index_bytes:,.0f}",
        )
    console.print(table)


def print_assumptions(console: Console, assumed: Assumptions) -> None:
    console.print(
        f"Assumed: {assumed.bookings_per_organization_day:g} bookings a day for each organization; "
        f"the busiest second has {assumed.peak_to_mean:g} times the mean; a shard holds "
        f"{in_bytes(assumed.shard_bytes)} and writes {assumed.shard_writes_per_second:,.0f} "
        f"documents a second; events are kept {assumed.event_retention_days} days. "
        "One copy, nothing packed."
    )


def print_scale(console: Console, scale: Scale, assumed: Assumptions) -> None:
    sessions = next(each for each in scale.growth if each.collection == "booking_sessions")
    console.print(
        f"\n[bold]{scale.bookings_per_second:,g} bookings a second[/bold]: "
        f"{scale.organizations:,} organizations, {scale.events_per_second:,.0f} events a second, "
        f"in the busiest second {scale.peak_writes_per_second:,.0f} documents written; "
        f"{scale.shards:,} shard(s) after {assumed.days} days. The largest organization has "
        f"{scale.largest_share:.2g} of it all, "
        f"its sessions are {in_bytes(scale.largest_share * sessions.bytes_kept)}."
    )
    kept = f"after {assumed.days} days"
    table = Table("collection", "documents a day", "a day", "of it indexes", kept, "spread")
    for each in scale.growth:
        table.add_row(
            each.collection,
            f"{each.documents_per_day:,.0f}",
            in_bytes(each.bytes_per_day),
            in_bytes(each.index_bytes_per_day),
            in_bytes(each.bytes_kept),
            "yes" if each.is_spread else "no",
        )
    on_one = scale.content_on_one_shard_bytes
    spread = scale.content_bytes - on_one
    table.add_row("content of organizations", "", "", "", in_bytes(spread), "yes")
    table.add_row("the rest", "", "", "", in_bytes(on_one), "no")
    console.print(table)


def print_balance(console: Console, measured: Measurement, assumed: Assumptions) -> None:
    console.print("\nThe busiest shard, as a multiple of the mean, of 100,000 drawn visits:")
    table = Table("shards", "events, by the session's hash", "sessions, by organization")
    for shards in SHARDS:
        balance = balance_of(shards, measured, assumed)
        table.add_row(
            str(shards),
            f"{balance.events_by_session:.2f}",
            f"{balance.sessions_by_organization:.2f}",
        )
    console.print(table)


def in_bytes(count: float) -> str:
    """Return a number of bytes for people, in decimal units."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1_000:
            return f"{count:,.3g} {unit}" if count < 100 else f"{count:,.0f} {unit}"
        count /= 1_000
    return f"{count:,.3g} PB"


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="weigh the demonstration anew")
    parser.add_argument("--rate", type=_rate, action="append", help="bookings a second")
    for name, field in Assumptions.model_fields.items():
        kind = _positive_int if isinstance(field.default, int) else _positive_float
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=field.default)
    return parser.parse_args(arguments)


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= MAX_RATE:
        raise argparse.ArgumentTypeError(f"more than 0, {MAX_RATE:,.0f} at most")
    return rate


def _positive_int(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 at least")
    return number


def _positive_float(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("more than 0")
    return number


def main(arguments: Sequence[str] | None = None, *, console: Console | None = None) -> None:
    options = parse(arguments)
    console = console or Console(width=WIDTH)
    if options.measure:
        write_measurement(measure())
    measured = read_measurement()
    assumed = Assumptions(**{name: getattr(options, name) for name in Assumptions.model_fields})
    print_measurement(console, measured)
    print_assumptions(console, assumed)
    for rate in options.rate or RATES:
        print_scale(console, scale_of(rate, measured, assumed), assumed)
    print_balance(console, measured, assumed)


if __name__ == "__main__":
    main()
