"""``python -m benchmarks peers [--cases 1000000]``: the tables of the comparison, in Markdown.

Each peer runs in a process of its own. Who is not installed is left out and named.
"""

import argparse
import json
import subprocess
import sys
from typing import Any

from benchmarks.machine import INSTALL, described, missing
from benchmarks.peers.cases import NEAR, NEAR_A_TIE, PLAIN, SETS
from benchmarks.peers.measure import RUN
from benchmarks.peers.registry import DISTRIBUTIONS, MODULES
from benchmarks.processes import ROOT

SPEED = ["engine", "how", "counts with", "one case, median µs", "all cases, s", "µs a case"]
EXACT = ["engine", "cases", "class wrong", "points off", "fen off", "at most, fen"]
Found = dict[str, Any]


def asked(program: str, *arguments: str) -> Any:
    """What a program of this package prints as JSON; None, and its last words, if it fails."""
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.peers.{program}", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        print(f"{' '.join(arguments)}: {run.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(run.stdout.splitlines()[-1])


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(0xFF5C)) for cell in line)} |" for line in lines)


def speed_row(found: Found) -> list[str]:
    one = "" if found["microseconds"] is None else f"{found['microseconds']:.1f}"
    return [
        found["name"], found["way"], found["numbers"], one, f"{found['seconds']:.3g}",
        f"{found['seconds'] / found['cases'] * 1e6:.2f}",
    ]  # fmt: skip


def exact_row(found: Found) -> list[str]:
    return [found["name"], *(f"{found[key]:,}" for key in ("cases", "kinds", "points", "fen", "most"))]


def measured(modules: list[str], cases: int) -> dict[str, list[Found]]:
    """What each peer took and got, for each set of cases."""
    found: dict[str, list[Found]] = {}
    for name in SETS:
        runs = []
        for module in modules:
            print(f"{name}: {module}", file=sys.stderr, flush=True)
            runs.append(asked("measure", module, name, str(cases)))
        found[name] = [run for run in runs if run]
    return found


def share_at_a_half(found: list[Found]) -> str:
    halves, cases = found[0]["halves"], found[0]["cases"]
    return f"{halves:,} of {cases:,} ({halves / cases:.2%}) have points or an amount exactly at a half"


def print_measured(found: dict[str, list[Found]]) -> None:
    print("### Time\n", table(SPEED, [speed_row(run) for run in found[PLAIN]]), sep="\n")
    for name, runs in found.items():
        made = f"{NEAR_A_TIE} of every hundred were" if name == NEAR else "None was"
        print(f"\n### Results that are off: {name}\n\n{made} made to be near a tie; {share_at_a_half(runs)}.\n")
        print(table(EXACT, [exact_row(run) for run in runs]))


def print_faults(modules: list[str]) -> None:
    """A word for each peer and fault, then what was said."""
    answers = {module: asked("faults", module) for module in modules}
    names = {module: MODULES_SHOWN.get(module, module) for module in modules}
    faults = list(next(answer for answer in answers.values() if answer))
    print("\n### What is done with a fault\n")
    head = ["engine", *faults]
    print(table(head, [[names[m], *(answer[f][0] for f in faults)] for m, answer in answers.items() if answer]))
    print("\nIn words:\n")
    print(table(["fault", "what happens", "engines"], in_words(faults, {names[m]: a for m, a in answers.items() if a})))


def in_words(faults: list[str], answers: dict[str, dict[str, list[str]]]) -> list[list[str]]:
    """What was said, once for all engines that said the same."""
    said: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        for name, answer in answers.items():
            said.setdefault((fault, answer[fault][1]), []).append(name)
    return [[fault, text, ", ".join(names)] for (fault, text), names in said.items()]


MODULES_SHOWN = {
    "casemix": "Casemix",
    "zen_graph": "ZEN graph",
    "zen_formulas": "ZEN expressions",
    "openfisca": "OpenFisca",
    "cel_rust": "CEL Rust",
    "cel_cpp": "CEL C++",
    "cel_python": "cel-python",
    "rule_engine_rules": "rule-engine",
    "simpleeval_formulas": "simpleeval",
}


def main(arguments: list[str]) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks peers", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="of each of the three sets")
    parser.add_argument("--only", nargs="+", choices=[*MODULES], help="these peers alone")
    parser.add_argument("--faults-only", action="store_true", help="not the times and results")
    given = parser.parse_args(arguments)
    absent = missing(DISTRIBUTIONS)
    if absent:
        print(f"Left out, not installed: {', '.join(absent)} ({INSTALL})\n")
    modules = [module for module in given.only or MODULES if MODULES[module] not in absent]
    if not given.faults_only:
        runs = [RUN, *modules] if "casemix" in modules else modules
        print_measured(measured(runs, given.cases))
    print_faults(modules)
    print(f"\n{described(['duckdb', *DISTRIBUTIONS])}")
