"""`make bench`: every bench of this folder, one after the other. Absolute figures are for reading; only ratios within one run are held."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(wanted: list[str]) -> None:
    """Run all benches, or those named (`accept`, `read`, `way`, `start`, `search`)."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if not wanted or name in wanted:
            sys.stdout.write(f"\n== {name}\n")
            sys.stdout.flush()
            importlib.import_module(f"tests.bench.{path.stem}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
