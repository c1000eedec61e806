"""The annual clearing of jiyuan-demo by Casemix and by hand, in turn, as whole processes; one Markdown table.

Wall time is from start to end of the process; peak memory is the largest resident memory of it and all its descendants.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.contenders import POLARS, PROGRAMS, SQL, Contender, casemix, exact_by_hand, polars_by_hand, sql_by_hand
from benchmarks.machine import INSTALL, described, missing
from benchmarks.processes import ROOT, Run, timed

MILLION = 1_000_000
HUNDRED = 100.0
ALL = ["casemix", "sql", "exact", "polars"]
COLUMNS = [
    "cases", "settlement", "who", "runs", "wall s, min / median", "s per million", "CPU s, min / median", "peak MB",
    f"÷ {SQL}", f"÷ {POLARS}", "load",
]  # fmt: skip
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
OTHERS = "Other benchmarks: python -m benchmarks peers, one-case, engines (each with --help)"
Rounds = dict[str, list[Run]]


def made(cases: int, work: Path, bad: list[str]) -> Path:
    """The folder of the synthetic year, made if it is not there yet."""
    data = work / f"data-{cases}{'-bad' if bad else ''}"
    if not data.exists():
        wanted = ["--cases", str(cases), "--period", "2025-01..2025-12", "--all", "--out", str(data), *bad]
        run = timed(["engine", "synth", "jiyuan-demo", *wanted], work / "synth.log")
        if run.died:
            sys.exit(f"casemix synth: {run.died}")
    return data


def one_round(kind: str, data: Path, work: Path, contenders: list[Contender]) -> dict[str, Run]:
    """One run of each, one after the other, into empty folders."""
    runs = {}
    for who in contenders:
        out = work / kind / who.folder
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(exist_ok=True)
        runs[who.name] = timed(who.command(kind, data, out), work / f"{who.folder}.log")
    return runs


def rounds(kind: str, data: Path, work: Path, contenders: list[Contender], count: int) -> Rounds:
    """``count`` runs of each, in turn; who goes first changes from round to round."""
    found: Rounds = {who.name: [] for who in contenders}
    for number in range(count):
        at = number % len(contenders)
        for name, run in one_round(kind, data, work, contenders[at:] + contenders[:at]).items():
            found[name].append(run)
    return found


def ratio(runs: list[Run], base: list[Run] | None) -> str:
    """How many times as long as ``base`` took in the same round: the least and greatest, and the median."""
    if not base or runs is base or any(run.died for run in runs + base):
        return ""
    all_of_them = [run.seconds / other.seconds for run, other in zip(runs, base, strict=True)]
    if len(all_of_them) == 1:
        return f"{all_of_them[0]:.2f}"
    return f"{median(all_of_them):.2f} ({min(all_of_them):.2f}–{max(all_of_them):.2f})"


def row(size: float, kind: str, name: str, found: Rounds) -> str:
    runs = found[name]
    died = [run for run in runs if run.died]
    loads = [run.load for run in runs]
    load = f"{min(loads):.1f}–{max(loads):.1f}"
    peak = f"{max(run.megabytes for run in runs):,.0f}"
    if died:
        after = f"died after {died[0].seconds:.0f} s ({died[0].died})"
        return f"| {size:g} M | {kind} | {name} | {len(runs)} | {after} | | | {peak} | | | {load} |"
    seconds, cpu = [run.seconds for run in runs], [run.cpu for run in runs]
    return (
        f"| {size:g} M | {kind} | {name} | {len(runs)} | {min(seconds):.2f} / {median(seconds):.2f} "
        f"| {median(seconds) / size:.2f} | {min(cpu):.2f} / {median(cpu):.2f} | {peak} "
        f"| {ratio(runs, found.get(SQL))} | {ratio(runs, found.get(POLARS))} | {load} |"
    )


def agreement(kind: str, work: Path, contenders: list[Contender], found: Rounds) -> str:
    """What ``benchmarks.agreement`` says of the last results, and the digests of the engines of Casemix."""
    done = [who for who in contenders if not any(run.died for run in found[who.name])]
    exact, folders = [who for who in done if who.digests], [str(work / kind / who.folder) for who in done]
    said = ""
    if len(done) > 1:
        command = [sys.executable, "-m", "benchmarks.agreement", *folders]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        said = told.stdout if not told.returncode else f"Not compared: {told.stderr.strip()[-300:]}\n"
    if len(exact) > 1:
        digests = {
            who.name: json.loads((work / kind / who.folder / "run.json").read_text())["digests"] for who in exact
        }
        same = len({json.dumps(of_one, sort_keys=True) for of_one in digests.values()}) == 1
        said += f"\nDigests of {', '.join(digests)}: {'equal' if same else f'THEY DIFFER: {digests}'}.\n"
    return said


def of_one_size(size: float, count: int, given: argparse.Namespace, who: list[Contender], work: Path) -> list[str]:
    """The rows of the table for one size; what was said about agreement goes to a file beside the results."""
    data, lines = made(round(size * MILLION), work, []), []
    for kind in given.kinds:
        if size <= 1:
            one_round(kind, data, work, who)
        found = rounds(kind, data, work, who, count)
        lines += [row(size, kind, contender.name, found) for contender in who]
        print(*lines[-len(who) :], sep="\n", file=sys.stderr, flush=True)
        with (work / "agreement.md").open("a") as said:
            said.write(f"\n### {size:g} million, {kind}\n\n{agreement(kind, work, who, found)}")
        shutil.rmtree(work / kind)
    if not given.keep:
        shutil.rmtree(data)
    return lines


def with_bad_rows(work: Path, who: list[Contender]) -> None:
    """A small year with 0.5% of its dates out of order: all have to reject the same rows."""
    data = made(MILLION // 10, work, ["--bad", "0.5%", "--fault", "order"])
    found = rounds("full", data, work, who, 1)
    with (work / "agreement.md").open("a") as said:
        said.write(f"\n### 0.1 million with rows to reject, full\n\n{agreement('full', work, who, found)}")


def runs_of(size: float) -> int:
    return 3 if size <= 3 else 2 if size <= 10 else 1


def contenders(given: argparse.Namespace) -> list[Contender]:
    """Who takes part; who lacks a package is left out and named."""
    named = {"casemix": [casemix(engine, given.memory) for engine in given.engines]}
    named |= {"sql": [sql_by_hand(given.memory)], "exact": [exact_by_hand(given.memory)], "polars": [polars_by_hand()]}
    wanted = [contender for name in given.who for contender in named[name]]
    for contender in wanted:
        for package in missing(contender.needs):
            print(f"{contender.name} is left out: {package} is not installed ({INSTALL})", file=sys.stderr)
    return [contender for contender in wanted if not missing(contender.needs)]


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, epilog=OTHERS)
    parser.add_argument("--sizes", nargs="+", type=float, default=[1.0], help="millions of cases")
    parser.add_argument("--runs", type=int, help="of each; 3, 2 above three million cases, 1 above ten million")
    parser.add_argument("--kinds", nargs="+", choices=[*PROGRAMS], default=[*PROGRAMS])
    parser.add_argument("--who", nargs="+", choices=ALL, help="all; without polars at 100")
    parser.add_argument(
        "--engines", nargs="+", default=["duckdb"], help="what Casemix is given as --engine, each in turn"
    )
    parser.add_argument("--memory", help="of Casemix on DuckDB and of the SQL by hand, such as 5GB; 5GB at 100")
    parser.add_argument("--hundred-million", action="store_true", help="--sizes 100, on two cores")
    parser.add_argument("--work", type=Path, default=Path("/tmp"), help="a folder for casemix-benchmarks/")
    parser.add_argument("--keep", action="store_true", help="do not remove the data")
    given = parser.parse_args(arguments)
    if given.hundred_million:
        given.sizes = [HUNDRED]
    huge = max(given.sizes) >= HUNDRED
    given.who = given.who or (ALL[:-1] if huge else ALL)
    given.memory = given.memory or ("5GB" if huge else None)
    return given


def main(arguments: list[str]) -> None:
    """Print the table and how far the results agree; remove what was made."""
    given = parsed(arguments)
    if max(given.sizes) >= HUNDRED:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    work = given.work.resolve() / "casemix-benchmarks"
    work.mkdir(parents=True, exist_ok=True)
    (work / "agreement.md").unlink(missing_ok=True)
    os.environ["TMPDIR"] = str(work)
    who, lines = contenders(given), []
    if max(given.sizes) < HUNDRED and "full" in given.kinds:
        with_bad_rows(work, who)
    for size in given.sizes:
        lines += of_one_size(size, given.runs or runs_of(size), given, who, work)
    print(described(["duckdb", "polars"]), HEAD, sep="\n\n")
    print(*lines, sep="\n")
    print((work / "agreement.md").read_text())
    if not given.keep:
        shutil.rmtree(work)
