"""Jobs: asked for, looked at, cancelled, forgotten. All of it stands in a folder; nothing is kept in memory."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.data.swap import clear_leftovers, locked
from engine.files import system
from engine.files.errors import DataError
from engine.jobs.job import BROKEN, CANCELLED, DONE, QUEUED, Job
from engine.jobs.place import PROBLEMS, PROGRESS, SAID, WISH, JobFolder, usual_folder
from engine.watching.event import DONE as WRITTEN

GRACE = 15.0
"""Seconds that a cancelled command has to leave nothing behind; then its whole group is killed."""
_STARTS = 5.0
"""Seconds that a process has to show that it lives."""
_TAIL = 200_000
"""Bytes of a log that are read from its end."""


class Jobs:
    """``folder``: of the user, if not given. ``at_once``: how many may run at the same time; others wait."""

    def __init__(self, folder: Path | None = None, at_once: int = 1) -> None:
        self.folder = JobFolder(folder if folder is not None else usual_folder())
        self.at_once = at_once

    def start(
        self, arguments: Sequence[str], title: str = "", out: str = "", secrets_: Mapping[str, str] | None = None
    ) -> Job:
        """A command behind ``casemix``. ``secrets_``: environment variables (PGPASSWORD) for it and for nobody else:
        they stand in no file, and a job that waits for its turn when the machine goes down has lost them.

        Raises :class:`DataError`.
        """
        now = time.time()
        id_ = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{int(now % 1 * 10**6):06d}{secrets.token_hex(1)}"
        words = tuple(arguments)
        job = Job(id_, title or " ".join(words), words, out, os.getcwd(), bool(secrets_), made=now)
        with self.folder.locked():
            (self.folder.path / id_).mkdir(mode=0o700)
            self.folder.write(job)
        self._begin(job, secrets_ or {})
        return job

    def all(self) -> list[Job]:
        """All, the oldest first, each as it is now."""
        return [job for id_ in self.folder.ids() if (job := self._looked_at(id_)) is not None]

    def job(self, id_: str) -> Job:
        """Raises :class:`DataError` where there is none."""
        self.folder.of(id_)
        found = self._looked_at(id_)
        if found is None:
            raise DataError(f"任务 {id_} 的文件读不出来", f"删掉 {self.folder.path / id_}")
        return found

    def cancel(self, id_: str) -> Job:
        """Ends it, and waits until it has ended; one that is over stays as it is."""
        with self.folder.locked():
            job = self.job(id_)
            if job.is_over:
                return job
            (self.folder.of(id_) / WISH).touch()
            if job.state == QUEUED:
                job = replace(job, state=CANCELLED, ended=time.time())
                self.folder.write(job)
                return job
        system.end_group(job.process)
        if not self._ends(id_, GRACE):
            system.end_group(job.process, at_once=True)
            self._ends(id_, _STARTS)
        return self.job(id_)

    def wait(self, id_: str, seconds: float | None = None) -> Job:
        """Until it is over, or so many seconds have passed."""
        until = None if seconds is None else time.monotonic() + seconds
        while not (job := self.job(id_)).is_over and (until is None or time.monotonic() < until):
            time.sleep(0.1)
        return job

    def forget(self, id_: str) -> None:
        """Removes what is kept of a job that is over; its result stays. Raises :class:`DataError`."""
        with self.folder.locked():
            if not self.job(id_).is_over:
                raise DataError(f"任务 {id_} 还没有结束", f"先 casemix jobs cancel {id_}")
            shutil.rmtree(self.folder.of(id_))

    def progress(self, id_: str) -> list[dict[str, Any]]:
        """The last events, as :meth:`engine.watching.event.Event.as_json` has them."""
        found = []
        for line in self._tail(id_, PROGRESS).splitlines():
            with suppress(ValueError):  # the one that is being written, or whose beginning is cut off
                found.append(json.loads(line))
        return [event for event in found if isinstance(event, dict)]

    def said(self, id_: str) -> str:
        """What the command printed (at most its end)."""
        return self._tail(id_, SAID)

    def problems(self, id_: str) -> str:
        """What it printed on the standard error."""
        return self._tail(id_, PROBLEMS)

    # -- what becomes of them --------------------------------------------------

    def _begin(self, job: Job, given: Mapping[str, str]) -> None:
        """A process of its own, in a group of its own, that waits for its turn."""
        command = [sys.executable, "-m", "engine.jobs.child", str(self.folder.path), job.id, str(self.at_once)]
        nothing = subprocess.DEVNULL
        child = subprocess.Popen(
            command, stdin=nothing, stdout=nothing, stderr=nothing,
            env={**os.environ, **given, "PYTHONPATH": _our_path()}, **system.new_group(),
        )  # fmt: skip
        until = time.monotonic() + _STARTS
        while child.poll() is None and time.monotonic() < until:
            if self.folder.is_alive(job.id):
                break
            time.sleep(0.01)
        threading.Thread(target=child.wait, daemon=True).start()  # else it stays as one that is dead

    def _looked_at(self, id_: str) -> Job | None:
        """The job as it is, if its process died without a word: broken, or begun again where it only waited."""
        job = self.folder.read(id_)
        if job is None or job.is_over or self.folder.is_alive(id_):
            return job
        if job.state == QUEUED and time.time() - job.made < _STARTS:
            return job  # its process is only starting
        job = self.folder.read(id_)  # it may just have ended
        if job is None or job.is_over:
            return job
        if job.state == QUEUED and not job.secret:
            self._begin(job, {})
            return job
        return self._broken(job)

    def _broken(self, job: Job) -> Job:
        events = self.progress(job.id)
        why = (
            "重启之后密码没有了，要重新开始"
            if job.state == QUEUED
            else "进程没有了（多半是内存不够、断电，或被人结束）"
        )
        found = replace(job, state=BROKEN, ended=time.time(), why=why)
        if events and events[-1].get("phase") == WRITTEN and events[-1].get("part", 1) == events[-1].get("parts", 1):
            found = replace(found, state=DONE, why="")
        elif (self.folder.of(job.id) / WISH).exists():
            found = replace(found, state=CANCELLED, why="")
        if job.out and found.state != DONE:
            _clear(Path(job.out))
        self.folder.write(found)
        return found

    def _ends(self, id_: str, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.folder.is_alive(id_):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def _tail(self, id_: str, name: str) -> str:
        try:
            with (self.folder.of(id_) / name).open("rb") as stream:
                stream.seek(0, os.SEEK_END)
                stream.seek(max(stream.tell() - _TAIL, 0))
                return stream.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""


def _clear(out: Path) -> None:
    """What a killed run left beside its place. One that is at work there keeps its own."""
    with suppress(DataError, OSError), locked(out):
        clear_leftovers(out)


def _our_path() -> str:
    """So that the child finds the same engine, wherever it is started."""
    here = str(Path(__file__).parents[2])
    return os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
