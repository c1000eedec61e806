"""The process of a job: it waits for its turn, runs the command in its own process group, and writes down how it ended.

``python -m engine.jobs.child FOLDER ID AT_ONCE``. Whoever asked for the job may be gone long before.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from engine.files import system
from engine.jobs.job import BROKEN, CANCELLED, DONE, QUEUED, RUNNING, STOPPED, Job
from engine.jobs.place import PROBLEMS, PROGRESS, SAID, WISH, JobFolder

LOOKS = 0.2
"""Seconds between two looks whether it is its turn."""

TELLING = ("run", "simulate")
"""Commands that tell how far they are."""


def main(path: str, id_: str, at_once: int) -> None:
    for number in (signal.SIGINT, *system.ending_signals()):
        signal.signal(number, signal.SIG_IGN)  # a cancel is for the command; this process tells how it ended
    folder = JobFolder(Path(path))
    alive = folder.hold_alive(id_)
    if alive is not None and _has_turn(folder, id_, at_once):
        _run(folder, id_, alive)


def _has_turn(folder: JobFolder, id_: str, at_once: int) -> bool:
    """Waits. ``False``: it was cancelled, or is gone, before that."""
    while True:
        with folder.locked():
            if id_ not in folder.ids():
                return False
            job = folder.read(id_)
            if job is None or job.state != QUEUED:
                return False
            others = [found for found in map(folder.read, folder.ids()) if found is not None and found.id != id_]
            busy = sum(other.state == RUNNING and folder.is_alive(other.id) for other in others)
            before = sum(other.state == QUEUED and other.id < id_ and folder.is_alive(other.id) for other in others)
            if busy + before < at_once:
                folder.write(replace(job, state=RUNNING, started=time.time(), process=os.getpid()))
                return True
        time.sleep(LOOKS)


def _run(folder: JobFolder, id_: str, alive: int) -> None:
    job, place = folder.read(id_), folder.of(id_)
    assert job is not None, "it was written under the lock"
    with ExitStack() as stack:
        said, problems, log = (stack.enter_context((place / name).open("wb")) for name in (SAID, PROBLEMS, PROGRESS))
        passed = system.passing([log.fileno(), alive])
        more = ["--progress-fd", str(log.fileno())] if passed and job.arguments[0] in TELLING else []
        command = [sys.executable, "-m", "engine", job.arguments[0], *more, *job.arguments[1:]]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=problems, cwd=job.folder or None, **passed
        )
        if (place / WISH).exists():  # it was cancelled before there was anything to cancel
            process.terminate()
        code = process.wait()
    with folder.locked():
        folder.write(ended(job, code, (place / WISH).exists(), time.time()))


def ended(job: Job, code: int, wished: bool, now: float) -> Job:
    """The job after its command ended with ``code``; ``wished``: somebody cancelled it."""
    found = replace(job, ended=now, code=code)
    if code == 0:
        return replace(found, state=DONE)
    if wished:
        return replace(found, state=CANCELLED)
    if code < 0 or code > 128:
        why = f"进程被结束了（信号 {-code if code < 0 else code - 128}）：多半是内存不够，或被人停掉"
        return replace(found, state=BROKEN, why=why)
    return replace(found, state=STOPPED)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
