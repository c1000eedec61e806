"""``python -m benchmarks [--sizes 1 10]``: Casemix and the SQL by hand in turn, as whole processes; one markdown table.

Wall time is from start to end of the process; peak memory is what the operating system accounts to it when it ends.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
MILLION = 1_000_000
KINDS = {
    "full": (["jiyuan-demo", "年度清算"], []),
    "bare": (["benchmarks/jiyuan-bare", "年度清算两表"], ["--bare"]),
}
HEAD = """\
| cases | settlement | who | runs | wall s, min / median | CPU s, min / median | peak MB | Casemix ÷ SQL (wall) | load |
|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    cpu: float
    megabytes: float
    load: float


def timed(arguments: list[str], log: Path) -> Run:
    """Run ``python -m …`` to its end; what it says goes to ``log``. This process stays small: a child's peak counts
    what it shared with its parent before it began."""
    load = os.getloadavg()[0]
    with log.open("w") as said:
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=said, stderr=subprocess.STDOUT, cwd=ROOT)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{log.read_text()[-2000:]}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, load)


def made(cases: int, work: Path, bad: list[str]) -> Path:
    """The folder of the synthetic year, made if it is not there yet."""
    data = work / f"data-{cases}{'-bad' if bad else ''}"
    if not data.exists():
        wanted = ["--cases", str(cases), "--period", "2025-01..2025-12", "--all", "--out", str(data), *bad]
        timed(["engine", "synth", "jiyuan-demo", *wanted], work / "synth.log")
    return data


def casemix(kind: str, data: Path, out: Path) -> list[str]:
    return ["engine", "run", *KINDS[kind][0], "--data", str(data), "--period", "2025", "--out", str(out)]


def by_hand(kind: str, data: Path, out: Path) -> list[str]:
    return ["benchmarks.by_hand", str(data), str(out), *KINDS[kind][1]]


def pair(kind: str, data: Path, work: Path, log: Path) -> tuple[Run, Run]:
    """One run of each, one after the other, into empty folders."""
    ours, theirs = work / f"{kind}-casemix", work / f"{kind}-by-hand"
    for folder in (ours, theirs):
        shutil.rmtree(folder, ignore_errors=True)
    return timed(casemix(kind, data, ours), log), timed(by_hand(kind, data, theirs), log)


def agreement(kind: str, work: Path) -> str:
    """What ``benchmarks.agreement`` says of the last two runs."""
    folders = [str(work / f"{kind}-{who}") for who in ("casemix", "by-hand")]
    command = [sys.executable, "-m", "benchmarks.agreement", *folders]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def row(size: str, kind: str, who: str, runs: list[Run], ratio: str) -> str:
    seconds = [run.seconds for run in runs]
    cpu = [run.cpu for run in runs]
    loads = [run.load for run in runs]
    return (
        f"| {size} | {kind} | {who} | {len(runs)} | {min(seconds):.2f} / {median(seconds):.2f} "
        f"| {min(cpu):.2f} / {median(cpu):.2f} "
        f"| {max(run.megabytes for run in runs):,.0f} | {ratio} | {min(loads):.1f}–{max(loads):.1f} |"
    )


def rows_of(size: float, count: int, kinds: list[str], work: Path) -> tuple[list[str], list[str]]:
    """The rows of the table for one size, and what was said about agreement."""
    data, lines, said = made(round(size * MILLION), work, []), [], []
    for kind in kinds:
        pair(kind, data, work, work / "warm-up.log") if size <= 1 else None
        pairs = [pair(kind, data, work, work / "run.log") for _ in range(count)]
        ratios = [a.seconds / b.seconds for a, b in pairs]
        ratio = f"{min(ratios):.1f}–{max(ratios):.1f}, median {median(ratios):.1f}" if count > 1 else f"{ratios[0]:.1f}"
        lines.append(row(f"{size:g} M", kind, "Casemix", [a for a, _ in pairs], ratio))
        lines.append(row(f"{size:g} M", kind, "float64 SQL", [b for _, b in pairs], ""))
        print(*lines[-2:], sep="\n", file=sys.stderr, flush=True)
        said.append(f"{size:g} M, {kind}:\n{agreement(kind, work)}")
    return lines, said


def with_bad_rows(work: Path) -> str:
    """A small year with 0.5% of its dates out of order: both have to reject the same rows."""
    data = made(MILLION // 10, work, ["--bad", "0.5%", "--fault", "order"])
    pair("full", data, work, work / "run.log")
    return f"0.1 M with rows to reject, full:\n{agreement('full', work)}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=float, default=[1.0], help="millions of cases")
    parser.add_argument("--runs", type=int, help="of each; 3, and 1 above one million cases")
    parser.add_argument("--kinds", nargs="+", choices=[*KINDS], default=[*KINDS])
    parser.add_argument("--work", type=Path, default=Path("/tmp"), help="a folder for casemix-benchmarks/")
    parser.add_argument("--keep", action="store_true", help="do not remove the data and results")
    given = parser.parse_args()
    work = given.work.resolve() / "casemix-benchmarks"
    work.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    said = [with_bad_rows(work)]
    for size in given.sizes:
        more, words = rows_of(size, given.runs or (3 if size <= 1 else 1), given.kinds, work)
        lines, said = lines + more, said + words
    print(HEAD)
    print(*lines, "", *said, sep="\n")
    if not given.keep:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
