"""The folder of jobs, a folder a job: ``job.json``, ``progress.jsonl``, ``said.txt``; its lock and theirs.

``CASEMIX_JOBS`` names it; else ``$XDG_STATE_HOME/casemix/jobs``, of Windows ``%LOCALAPPDATA%\\casemix\\jobs``.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from engine.files import system
from engine.files.errors import DataError
from engine.files.locked import locked
from engine.files.whole import private_whole
from engine.jobs.job import Job, read_job

SWITCH = "CASEMIX_JOBS"
FILE, PROGRESS, SAID, PROBLEMS, ALIVE, WISH = (
    "job.json",
    "progress.jsonl",
    "said.txt",
    "problems.txt",
    "alive",
    "cancel",
)
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{6}[0-9a-f]{2}")
_MOMENT = 2.0
"""Seconds that somebody waits for the lock of a job: it is held for milliseconds by others."""


def usual_folder() -> Path:
    """Raises :class:`DataError` where there is none."""
    said = os.environ.get(SWITCH, "")
    if said:
        return Path(said).absolute()
    own = system.folder_of_user("XDG_STATE_HOME", ".local", "state")
    if own is None:
        raise DataError("没有放任务的文件夹", f"用环境变量 {SWITCH} 写明一个")
    return own / "jobs"


class JobFolder:
    """What is read and written of ``path``, which only its owner may look into."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Raises :class:`DataError` where it lies open to others."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.mkdir(mode=0o700, exist_ok=True)
        if not system.is_private_folder(self.path):
            raise DataError(f"{self.path} 别人也能看或写，不能放任务", f"chmod 700 它，或用 {SWITCH} 写另一个文件夹")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Whoever changes a state holds this lock."""
        self.make()
        with ExitStack() as held:
            try:
                held.enter_context(locked(self.path))
            except TimeoutError:
                raise DataError(f"{self.path} 一直被占着", "看是不是有卡住的 casemix 进程") from None
            yield

    def of(self, id_: str) -> Path:
        """The folder of a job. Raises :class:`DataError` for what cannot be one: an id may come from outside."""
        if not _ID.fullmatch(id_) or not (self.path / id_).is_dir():
            raise DataError(f"没有任务 {id_[:40]}", "casemix jobs 列出全部")
        return self.path / id_

    def ids(self) -> list[str]:
        """In the order in which they were asked for."""
        if not self.path.is_dir():
            return []
        return sorted(entry.name for entry in os.scandir(self.path) if _ID.fullmatch(entry.name))

    def read(self, id_: str) -> Job | None:
        """``None`` while it is being made, or where its file is none."""
        try:
            return read_job(json.loads((self.of(id_) / FILE).read_text("utf-8")))
        except (OSError, ValueError):
            return None

    def write(self, job: Job) -> None:
        """Whole or not at all."""
        text = json.dumps(job.as_json(), ensure_ascii=False, indent=1)
        private_whole(self.of(job.id) / FILE, text.encode("utf-8", "surrogateescape"))

    def hold_alive(self, id_: str) -> int | None:
        """The handle by which the processes of a job show that they live: the lock goes with the last of them.

        ``None``: another process has this job.
        """
        handle = system.open_to_lock(self.of(id_) / ALIVE, create=True)
        until = time.monotonic() + _MOMENT
        while not system.lock(handle):
            if time.monotonic() > until:
                os.close(handle)
                return None
            time.sleep(0.01)  # somebody is just looking
        return handle

    def is_alive(self, id_: str) -> bool:
        try:
            handle = system.open_to_lock(self.of(id_) / ALIVE, create=False)
        except OSError:
            return False
        try:
            return not system.lock(handle)
        finally:
            os.close(handle)
