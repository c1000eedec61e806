"""``python -m benchmarks engines``: every region's year on every engine, the digests of all statements side by side.

The databases are those that the tests run with: private PostgreSQL and MariaDB servers, a local Spark, where there are.
``make digests`` writes what it prints to ``docs/digests.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import described

ROOT = Path(__file__).parent.parent
YEAR = "2025"
PERIODS = {"年": YEAR, "季": f"{YEAR}Q1", "月": f"{YEAR}-03"}
SHOWN = 10
"""Digits of a digest that the table shows; all of them are compared."""


PAGE = """# The same digests on every engine

Every program of every demonstration region over its synthetic year ({cases} cases of four years, one in a hundred rows
bad) by {engines}, side by side. The first ten digits of SHA-256 are shown, all of
them are compared; *(accounting)* is where every row and yuan went, *(stopped)* why a run stopped. `make digests` writes
this page; `python -m benchmarks engines` prints it, and exits with 1 if two digests differ.

"""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks engines", description=__doc__)
    parser.add_argument("--cases", type=int, default=1200, help="synthetic cases of four years, 1%% of the rows bad")
    parser.add_argument("--regions", nargs="*", default=[], help="regions/NAME; all demonstration regions if not given")
    parser.add_argument("--engines", nargs="*", default=[], help="such as reference duckdb mariadb; all if not given")
    parser.add_argument("--page", type=Path, help="a file to write it to as well, once all of it is there")
    options = parser.parse_args(arguments)
    regions = options.regions or sorted(path.name for path in (ROOT / "regions").glob("*-demo"))
    engines = engines_here(options.engines)
    said: list[str] = []

    def say(line: str = "") -> None:
        said.append(line)
        print(line, flush=True)

    differing = 0
    took = dict.fromkeys(engines, 0.0)
    with tempfile.TemporaryDirectory(prefix="casemix-engines-") as folder:
        say("| region, program | statement | " + " | ".join(engines) + " | |")
        say("|---" * (len(engines) + 3) + "|")
        for region in regions:
            differing += compare_region(region, engines, options.cases, Path(folder), took, say)
    say()
    say(described(["duckdb", "sqlglot", "psycopg", "PyMySQL", "pyspark"]))
    say()
    say("Seconds in all: " + ", ".join(f"{name} {seconds:.0f}" for name, seconds in took.items()) + ".")
    say(f"{differing} statements differ." if differing else "All digests are equal.")
    if options.page:
        head = PAGE.format(cases=f"{options.cases:,}".replace(",", " "), engines=", ".join(engines))
        options.page.write_text(head + "\n".join(said) + "\n", "utf-8")
    sys.exit(1 if differing else 0)


def engines_here(wanted: list[str]) -> dict[str, str]:
    """What ``--engine`` says for each. Says what is not there; stops where that was asked for by name."""
    from tests.databases import available, engine_option

    found = {"reference": "reference"}
    for name, opened in available().items():
        if not isinstance(opened, str):
            found[name] = engine_option(name)
        elif name in wanted:
            sys.exit(f"{name}: {opened}")
        else:
            print(f"Not run here: {name} ({opened}).\n")
    return {name: option for name, option in found.items() if not wanted or name in wanted}


def compare_region(
    region: str, engines: dict[str, str], cases: int, folder: Path, took: dict[str, float], say: Callable[[str], None]
) -> int:
    """Says a line for each statement; how many differ."""
    from engine.execute.period import parse_period, parse_periods
    from engine.files.errors import RunStopped
    from engine.rulebook.book import load
    from engine.settle import settle
    from engine.synth.make import Options, synthesize

    book, data = load(ROOT / "regions" / region), folder / region
    months = parse_periods("2022-01..2025-12")
    synthesize(book, Options(cases, months[0], months[-1], bad=0.01, everything=True), data)
    differing = 0
    for name, program in book.at(parse_period(YEAR).end).programs.items():
        period = parse_period(PERIODS[program.periods[0]])
        found: dict[str, dict[str, str]] = {}
        for engine, option in engines.items():
            started = time.monotonic()
            try:
                _, record = settle(book, name, period, [data], folder / f"{region}-{name}-{engine}", engine=option)
                found[engine] = {**record["digests"], "(accounting)": short(accounting(record))}
            except RunStopped as stop:
                found[engine] = {"(stopped)": short([stop.message, stop.details])}
            took[engine] += time.monotonic() - started
        for statement in dict.fromkeys(key for digests in found.values() for key in digests):
            digests = [digests.get(statement, "none") for digests in found.values()]
            same = len(set(digests)) == 1
            differing += not same
            cells = " | ".join(f"`{digest[:SHOWN]}`" for digest in digests)
            say(f"| {region} {name} {period} | {statement} | {cells} | {'=' if same else '**differ**'} |")
    return differing


def accounting(record: dict) -> list[dict]:
    """Where every row and yuan ended; not ``unread``, which SQL counts by table and not by row."""
    return [{key: said for key, said in account.items() if key != "unread"} for account in record["accounting"]]


def short(said: object) -> str:
    """A digest of what is no statement: where the rows ended, or why the run stopped."""
    import hashlib

    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
