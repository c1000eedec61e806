"""One piece of long work, as its file says it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

QUEUED, RUNNING, DONE, STOPPED, CANCELLED, BROKEN = "排队", "进行中", "完成", "停止", "已取消", "中断"
"""Waiting for its turn; at work; ended well; refused (exit code 1 or 2); cancelled; its process died."""
ENDED = frozenset((DONE, STOPPED, CANCELLED, BROKEN))


@dataclass(frozen=True)
class Job:
    """``arguments``: what stands behind ``casemix``; no password is among them. ``out``: the folder that it makes, if
    any. ``folder``: where the command is run. ``secret``: whether it was given a password, which is in no file.
    ``process``: the number of its process and of its group, 0 while there is none. ``code``: its exit code. Times are
    seconds since 1970, 0 for not yet.
    """

    id: str
    title: str
    arguments: tuple[str, ...]
    out: str = ""
    folder: str = ""
    secret: bool = False
    state: str = QUEUED
    made: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    process: int = 0
    code: int | None = None
    why: str = ""

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "arguments": list(self.arguments)}


def read_job(said: Any) -> Job:
    """From its JSON. Raises ``ValueError`` for what is none."""
    known = {field.name for field in fields(Job)}
    if not isinstance(said, dict) or not {"id", "title", "arguments"} <= set(said) <= known:
        raise ValueError("no job")
    return Job(**{**said, "arguments": tuple(map(str, said["arguments"]))})
