"""``python -m tests.fuzz.silent_table [--count N] [--seed S]``: the table of deliveries with one fault each.

Every delivery is settled by DuckDB and the reference engine, every tenth by all engines that can be had. Prints what is
wrong as it comes, then a line a fault: how many were right, told with their rows refused, told with the run stopped.
Exit code 1 if any was wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.databases import available, engine_option
from tests.fuzz import silence

WRONG = "wrong"
USUAL = ("duckdb", "reference")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.silent_table", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=10, help="so many deliveries to one that all engines settle")
    asked = parser.parse_args(arguments)
    others = [engine_option(name) for name, how in available().items() if not isinstance(how, str) and name != "duckdb"]
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory(prefix="silence-") as folder:
        for seed in range(asked.seed, asked.seed + asked.count):
            engines = (*USUAL, *others) if seed // len(silence.FAULTS) % asked.every == 0 else USUAL
            name, verdict, wrong = silence.outcome(seed, Path(folder), engines)
            if wrong:
                print(f"--seed {seed}: {name}: {wrong}", flush=True)
            counts.setdefault(name.split(" ")[0], Counter())[WRONG if wrong else verdict] += 1
    columns = (silence.RIGHT, silence.TOLD, silence.STOPPED, WRONG)
    print(f"| fault | tried | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}")
    for name, found in counts.items():
        print(f"| {name.replace('_', ' ')} | {found.total()} | {' | '.join(str(found[c]) for c in columns)} |")
    print(f"engines: {', '.join(USUAL)}; every {asked.every}th also {', '.join(others) or 'none'}")
    return 1 if any(found[WRONG] for found in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
