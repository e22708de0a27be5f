"""Compares this server with its peers, or runs the benchmarks named on the command line."""

import runpy
import sys

from scripts.benchmarks.comparison.__main__ import main as compare

BENCHMARKS = (
    "widget_boot",
    "event_intake",
    "session_growth",
    "growth",
    "flow_dashboard",
    "execution",
    "find_problems",
    "routing",
    "limits",
    "analytics",
)


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0].startswith("-"):
        return compare(arguments)
    unknown = [name for name in arguments if name not in BENCHMARKS]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
        return 2
    for name in arguments:
        print(f"\n== {name} ==", flush=True)
        runpy.run_module(f"scripts.benchmarks.{name}", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
