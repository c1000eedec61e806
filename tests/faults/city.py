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
MONTHS = 4
REGION, PROGRAM, TABLE = "jiyuan-demo", "年度清算", "病例"
TOWN = """\
依据: 办法
病例:
  主键: 病例号
  归期: 结算日期
  字段: {病例号: 文本, 结算日期: 日期, 机构编码: → 医疗机构, 类型: [甲, 乙], 住院总费用: {类型: 元, 范围: "≥ 0"}}
医疗机构: {主键: 机构编码, 字段: {机构编码: 文本, 系数: {类型: 数, 小数: 2}}}
机构: {键: [机构编码]}
比例: {取值: {2025-01-01: 70%}}
预算: {单位: 元, 取值: {2025-01-01: 100000}}
应付: {粒度: 病例, 单位: 元, 舍入: 2, 公式: 住院总费用 × 比例 × 系数}
分得: {粒度: 病例, 单位: 元, 公式: "分摊(预算, 应付)"}
机构应付: {粒度: 机构, 单位: 元, 公式: 合计(应付)}
倒挂: {粒度: 病例, 拒收: 住院总费用 > 100000}
明细: {粒度: 病例, 列: [类型, 应付, 分得]}
机构表: {粒度: 机构, 列: [机构应付]}
清算: {期间: 年, 需要: {病例: [应付]}, 报表: [明细, 机构表]}
累计应付: {粒度: 机构, 单位: 元, 公式: '上期(累计应付, 0) + 机构应付'}
月表: {粒度: 机构, 列: [累计应付]}
月结: {期间: 月, 连续: 年, 需要: {病例: [应付]}, 报表: [明细, 月表]}
"""


@dataclass
class City:
    """``work``: a folder for everything. ``cases``: how many of the year.

    ``town``: not the demonstration city, but a place of five rules, whose run takes a second.
    """

    work: Path
    cases: int
    town: bool = False
    _runs: dict[Path, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work.mkdir(parents=True, exist_ok=True)

    @cached_property
    def data(self) -> Path:
        """The deliveries, as Parquet."""
        out = self.work / f"data-{self.cases}"
        if out.exists():
            return out
        if self.town:
            return self._town_data(out)
        self.engine("synth", REGION, "--cases", str(self.cases), "--period", "2025-01..2025-12", "--all", "--out", out)
        return out

    @cached_property
    def region(self) -> str:
        """What to settle: a name, or the folder of the town."""
        folder = self.work / "town"
        if self.town and not folder.exists():
            folder.mkdir()
            (folder / "region.yaml").write_text("名称: 镇\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
            (folder / "rules.yaml").write_text(TOWN, "utf-8")
        return str(folder) if self.town else REGION

    def _town_data(self, out: Path) -> Path:
        import duckdb

        out.mkdir()
        duckdb.execute(
            "copy (select 'Z' || lpad(i::text, 8, '0') as 病例号, date '2025-01-01' + (i % 365)::int as 结算日期, "
            "'H' || (i % 40) as 机构编码, if(i % 3 = 0, '甲', '乙') as 类型, "
            "(i * 7919 % 5000000 / 100)::decimal(18,2) as 住院总费用 "
            f"from range({self.cases}) t(i)) to '{out / TABLE}.parquet' (format parquet)"
        )
        duckdb.execute(
            "copy (select 'H' || i as 机构编码, (1 + i / 100)::decimal(5,2) as 系数 from range(40) t(i)) "
            f"to '{out}/医疗机构.parquet' (format parquet)"
        )
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
        program = "清算" if self.town else PROGRAM
        return ("run", self.region, program, "--period", "2025", "--data", str(data), "--out", str(out), *more)

    def settling_months(self, data: Path, out: Path, *more: str) -> tuple[str, ...]:
        """The same for months that are run at once."""
        program, months = ("月结" if self.town else "月度预结算"), f"2025-01..2025-{MONTHS:02d}"
        return ("run", self.region, program, "--period", months, "--data", str(data), "--out", str(out), *more)

    def engine(self, *arguments: object) -> str:
        """Runs ``casemix`` to its end; it has to succeed."""
        done = subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, env=environment())
        if done.returncode:
            raise RuntimeError(f"casemix {' '.join(map(str, arguments))}: {done.stderr[-2000:]}")
        return done.stdout

    def started(
        self, arguments: tuple[str, ...], temporary: Path | None = None, before: tuple[str, ...] = (), **more: object
    ) -> subprocess.Popen:
        """``casemix`` as a process; what it says goes to pipes. ``temporary``: its TMPDIR; ``before``: who runs it."""
        return subprocess.Popen(  # type: ignore[call-overload]
            [*before, *command(*arguments)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(temporary), **more,
        )  # fmt: skip


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "engine", *map(str, arguments)]


def environment(temporary: Path | None = None) -> dict[str, str]:
    more = {} if temporary is None else {"TMPDIR": str(temporary)}
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}
