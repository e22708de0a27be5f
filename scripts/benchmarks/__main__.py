"""Runs the benchmarks named on the command line, or all."""

import runpy
import sys

BENCHMARKS = (
    "widget_boot",
    "event_intake",
    "session_growth",
    "flow_dashboard",
    "find_problems",
    "routing",
    "limits",
    "analytics",
)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
        return 2
    for name in names or BENCHMARKS:
        print(f"\n== {name} ==", flush=True)
        runpy.run_module(f"scripts.benchmarks.{name}", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
