"""``python -m tests.fuzz.silent_table [--count N] [--seed S] [--record FILE]``: deliveries with one fault each.

Every delivery is settled by DuckDB and the reference engine, every tenth by all engines that can be had. Prints what is
wrong as it comes, then a line a fault: how many were right, told with their rows refused, told with the run stopped.
With ``--record`` each verdict is a line of that file, and the deliveries that it has are not settled again: a campaign
that was ended goes on where it was, and the table is about the whole file. Exit code 1 if any was wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.databases import available, engine_option
from tests.fuzz import silence

WRONG = "wrong"
USUAL = ("duckdb", "reference")
COLUMNS = (silence.RIGHT, silence.TOLD, silence.STOPPED, WRONG)


class Tried(NamedTuple):
    """What came of one delivery; ``engines``: how many settled it."""

    seed: int
    fault: str
    verdict: str
    engines: int


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.silent_table", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=10, help="so many deliveries to one that all engines settle")
    parser.add_argument("--record", type=Path, help="a line for each delivery, so that a campaign can go on")
    asked = parser.parse_args(arguments)
    known = recorded(asked.record)
    tried = []
    with tempfile.TemporaryDirectory(prefix="silence-") as folder:
        for seed in range(asked.seed, asked.seed + asked.count):
            if seed in known:
                continue
            engines = (*USUAL, *others()) if seed // len(silence.FAULTS) % asked.every == 0 else USUAL
            name, verdict, wrong = silence.outcome(seed, Path(folder), engines)
            if wrong:
                print(f"--seed {seed}: {name}: {wrong}", flush=True)
            one = Tried(seed, name.split(" ")[0], WRONG if wrong else verdict, len(engines))
            tried.append(one)
            if asked.record:
                with asked.record.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(one._asdict()) + "\n")
    tried += known.values()
    print("\n".join(table(tried)))
    more = sum(one.engines > len(USUAL) for one in tried)
    print(
        f"engines: {', '.join(USUAL)}; {more} of {len(tried)} also {', '.join(others()) or 'none'}"
        if more
        else f"engines: {', '.join(USUAL)}"
    )
    return 1 if any(one.verdict == WRONG for one in tried) else 0


@cache
def others() -> list[str]:
    """What ``--engine`` says for those that can be had; a server is started."""
    return [engine_option(name) for name, how in available().items() if not isinstance(how, str) and name != "duckdb"]


def recorded(path: Path | None) -> dict[int, Tried]:
    """By seed what a record has; nothing where there is none."""
    if path is None or not path.exists():
        return {}
    lines = map(json.loads, path.read_text("utf-8").splitlines())
    return {line["seed"]: Tried(**line) for line in lines}


def table(tried: Iterable[Tried]) -> list[str]:
    """A line of Markdown for each fault, in the order of the faults."""
    counts: dict[str, Counter[str]] = {fault.__name__: Counter() for fault in silence.FAULTS}
    for one in tried:
        counts[one.fault][one.verdict] += 1
    lines = [f"| fault | tried | {' | '.join(COLUMNS)} |", f"|---|---|{'---|' * len(COLUMNS)}"]
    for name, found in counts.items():
        if found:
            shown = " | ".join(str(found[column]) for column in COLUMNS)
            lines.append(f"| {name.replace('_', ' ')} | {found.total()} | {shown} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
