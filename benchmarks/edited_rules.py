"""How long a region that stays open takes to be checked again after one entry of it was edited."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

from engine.session import Session

EDITED = ("jiyuan", "xuancheng")
_FIGURE = re.compile(r"(?<![\d.\-/])\d{1,3}(?![\d.\-/])")


def edited(region: str, count: int) -> tuple[list[float], list[float]]:
    """Seconds and processor seconds of each check after a figure in one of its files became another one."""
    session, rng = Session(region), random.Random(1)
    session.problems()
    paths = [path for path in _files(session) if _FIGURE.search(path.read_text("utf-8"))]
    seconds, cpu = [], []
    for _ in range(count):
        path = rng.choice(paths)
        text = path.read_text("utf-8")
        figure = rng.choice(list(_FIGURE.finditer(text)))
        session.write(path, f"{text[: figure.start()]}{int(figure[0]) + 1}{text[figure.end() :]}")
        begun, begun_cpu = time.perf_counter(), time.process_time()
        session.problems()
        seconds.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - begun_cpu)
        session.forget(path)
        session.problems()
    return seconds, cpu


def _files(session: Session) -> list[Path]:
    folders = {layer.folder for layer in session.book.layers}
    found = {path for folder in folders for path in folder.rglob("*.yaml") if not path.is_symlink()}
    return sorted(path for path in found if "tests" not in path.parts)  # examples are no entries
