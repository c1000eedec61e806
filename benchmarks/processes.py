"""Run a command to its end and say what it took: seconds, processor, memory of all its processes, how it ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOOK_EVERY = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Run:
    """One finished process. ``died`` is how it ended if not well; the rest is then what it took until then."""

    seconds: float
    cpu: float
    megabytes: float
    load: float
    died: str = ""


class Memory(threading.Thread):
    """Watches the resident memory of a process and all its descendants, added up; ``peak`` is in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(LOOK_EVERY):
            self.peak = max(self.peak, sum(map(resident, tree(self.pid))))


def tree(pid: int) -> list[int]:
    """The process and all that it started and that they started."""
    found, at = [pid], 0
    while at < len(found):
        for children in Path(f"/proc/{found[at]}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:  # it ended while we looked
                continue
        at += 1
    return found


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:  # it ended while we looked
        return 0


def let_it_die_first(pid: int) -> None:
    """If memory runs out, the operating system is to end this process and no other."""
    Path(f"/proc/{pid}/oom_score_adj").write_text("1000")


def compiled() -> dict[str, str]:
    """The environment, in which modules are compiled once, as where the package is installed; what the shell says
    against it would be half a second of each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def timed(arguments: list[str], log: Path, at_most: float | None = None) -> Run:
    """Run ``python -m …`` to its end, or for ``at_most`` seconds; what it says goes to ``log``. This process stays
    small: a child's peak counts what it shared with its parent before it began."""
    os.sync()
    load = os.getloadavg()[0]
    with log.open("w") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], stdout=said, stderr=subprocess.STDOUT, cwd=ROOT, env=compiled()
        )
        let_it_die_first(process.pid)
        memory = Memory(process.pid)
        memory.start()
        too_long = threading.Timer(at_most or threading.TIMEOUT_MAX, process.kill)
        too_long.daemon = True
        too_long.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        too_long.cancel()
    memory.ended.set()
    memory.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = max(used.ru_maxrss * 1024, memory.peak)
    return Run(seconds, used.ru_utime + used.ru_stime, peak / 1e6, load, ending(process.returncode, log))


def ending(code: int, log: Path) -> str:
    if not code:
        return ""
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing said"]
    return f"exit {code}: {last[0][:120]}"
