"""A made-up city's year, what its settlement gives undisturbed, and the process that settles it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
REGION, PROGRAM, TABLE = "jiyuan-demo", "年度清算", "病例"


@dataclass
class City:
    """``work``: a folder for everything. ``cases``: how many of the year."""

    work: Path
    cases: int
    _runs: dict[Path, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work.mkdir(parents=True, exist_ok=True)

    @cached_property
    def data(self) -> Path:
        """The deliveries, as Parquet."""
        out = self.work / f"data-{self.cases}"
        if out.exists():
            return out
        self.engine("synth", REGION, "--cases", str(self.cases), "--period", "2025-01..2025-12", "--all", "--out", out)
        return out

    @cached_property
    def other(self) -> Path:
        """The same deliveries with one amount of one case changed: another result."""
        import duckdb

        out = self.work / f"other-{self.cases}"
        if out.exists():
            return out
        shutil.copytree(self.data, out)
        source, target = self.data / f"{TABLE}.parquet", out / f"{TABLE}.parquet"
        first = f"(select min(病例号) from '{source}')"
        changed = f"if(病例号 = {first}, 住院总费用 + 1, 住院总费用) as 住院总费用"
        duckdb.execute(f"copy (select * replace ({changed}) from '{source}') to '{target}' (format parquet)")
        return out

    @cached_property
    def digests(self) -> dict[str, str]:
        """Of each statement, undisturbed."""
        return self.digests_of(self.data)

    @cached_property
    def seconds(self) -> float:
        """How long an undisturbed run takes here and now."""
        begun = time.monotonic()
        self.engine(*self.settling(self.data, self.work / "timed"))
        taken = time.monotonic() - begun
        shutil.rmtree(self.work / "timed")
        return taken

    def digests_of(self, data: Path) -> dict[str, str]:
        """Of each statement of an undisturbed run on these deliveries."""
        if data not in self._runs:
            out = self.work / "undisturbed"
            shutil.rmtree(out, ignore_errors=True)
            self.engine(*self.settling(data, out))
            self._runs[data] = json.loads((out / "run.json").read_text("utf-8"))["digests"]
        return self._runs[data]

    def settling(self, data: Path, out: Path, *more: str) -> tuple[str, ...]:
        """The arguments of ``casemix`` for a settlement."""
        return ("run", REGION, PROGRAM, "--period", "2025", "--data", str(data), "--out", str(out), *more)

    def engine(self, *arguments: object) -> str:
        """Runs ``casemix`` to its end; it has to succeed."""
        done = subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, env=environment())
        if done.returncode:
            raise RuntimeError(f"casemix {' '.join(map(str, arguments))}: {done.stderr[-2000:]}")
        return done.stdout

    def started(self, arguments: tuple[str, ...], temporary: Path | None = None, **more: object) -> subprocess.Popen:
        """``casemix`` as a process; what it says goes to pipes. ``temporary``: its TMPDIR."""
        return subprocess.Popen(  # type: ignore[call-overload]
            command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(temporary), **more,
        )  # fmt: skip


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "engine", *map(str, arguments)]


def environment(temporary: Path | None = None) -> dict[str, str]:
    more = {} if temporary is None else {"TMPDIR": str(temporary)}
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}
