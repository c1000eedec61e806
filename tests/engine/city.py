"""甲市, which does not exist: it pays fleets for trips. Written as a few lines of YAML, run as staff would run it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from engine.execute.period import parse_period
from engine.execute.result import Account, Result, Sheet
from engine.files.errors import DataError, RunStopped
from engine.language.values import Unresolved, render
from engine.rulebook.book import Book, load
from engine.rulebook.problems import RulebookError
from engine.settle import settle
from tests.databases import chosen, engine_option

OTHERS = [name for name in chosen() if name != "duckdb"]
HEAD = "名称: 甲市\n施行: 2024-01-01\n文件:\n  章程: {题名: 甲市行程补贴章程, 原文: 章程.txt}\n"
TABLES = """
各等级: {键: [等级]}
车队:
  主键: 车队号
  字段:
    车队号: 文本
    等级: [大, 小]
行程:
  主键: 行程号
  归期: 日期
  字段:
    行程号: 文本
    车队号: → 车队
    日期: 日期
    里程: {类型: 数, 范围: ≥ 0}
    运费: {类型: 元, 范围: ≥ 0}
    班次: {类型: 文本, 可空: 是}
"""
FLEETS = """
车队号,等级
东,大
西,小
"""
TRIPS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,20,200.00,
3,西,2025-02-10,30,400.00,晚
4,西,2025-03-15,40,800.00,早
"""


@dataclass
class Outcome:
    """One run: the result as the engine has it, run.json, and the folder."""

    result: Result
    record: dict[str, Any]
    out: Path

    def sheet(self, name: str) -> Sheet:
        return next(sheet for sheet in self.result.statements if sheet.name == name)

    def lines(self, name: str) -> list[str]:
        """A statement as text: its rows, cells separated by blanks, 空 for nothing."""
        return [" ".join(render(value) or "空" for value in row) for row in self.sheet(name).rows]

    def totals(self, name: str) -> list[str]:
        return [" ".join(render(value) or "空" for value in row) for row in self.sheet(name).total]

    def headings(self, name: str) -> list[str]:
        return [column.heading for column in self.sheet(name).columns]

    def account(self, table: str = "行程") -> Account:
        return next(account for account in self.result.accounts if account.table == table)

    @property
    def digests(self) -> dict[str, str]:
        return self.run_json["digests"]

    @property
    def run_json(self) -> dict[str, Any]:
        return json.loads((self.out / "run.json").read_text("utf-8"))


def said(error: Exception) -> list[str]:
    """Everything that an error tells."""
    if isinstance(error, RulebookError):
        return [f"{problem.place} {problem.code} {problem.message}" for problem in error.problems]
    return [str(error), *getattr(error, "details", []), getattr(error, "hint", "")]


def outcome(result: Result) -> dict[str, Any]:
    """What two engines must agree on: everything but how many rows of side tables were looked at."""
    return {
        "statements": result.statements,
        "kept": [(k.grain, k.columns, [[_text(v) for v in row] for row in k.rows]) for k in result.kept],
        "accounts": [replace(account, unread=None) for account in result.accounts],
        "rejected": sorted(result.rejected, key=str),
        "held": sorted(result.held, key=str),
        "warned": result.warned,
        "asserted": result.asserted,
        "refused": [(r.table, r.by, r.code, r.rows, r.amounts) for r in result.refused],
    }


def _text(value: Any) -> Any:
    return ("无法确定", str(value), value.cause) if isinstance(value, Unresolved) else value


@dataclass
class City:
    """A folder with the region, its data and its results."""

    folder: Path
    runs: int = 0

    @property
    def region(self) -> Path:
        return self.folder / "jia"

    def write(self, path: str, text: str) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        return target

    def rules(self, text: str, file: str = "规则.yaml") -> City:
        self.write(f"jia/{file}", "依据: 章程 第一条\n" + text)
        return self

    def notice(self, name: str, start: str, text: str) -> City:
        """A notice (修订) in force from ``start``."""
        head = f"名称: {name}\n修订: jia\n施行: {start}\n文件:\n  {name}: {{题名: {name}, 原文: 通知.txt}}\n"
        self.write(f"jia/amendments/{name}/amendment.yaml", head)
        self.write(f"jia/amendments/{name}/规则.yaml", f"依据: {name} 第一条\n" + text)
        return self

    def data(self, folder: str = "data", **tables: str) -> City:
        for table, text in tables.items():
            self.write(f"{folder}/{table}.csv", text.strip() + "\n")
        return self

    def book(self, region: str = "jia", as_of: str = "") -> Book:
        return load(str(self.folder / region) + (f"@{as_of}" if as_of else ""))

    def run(
        self,
        program: str = "结算",
        period: str = "2025",
        data: tuple[str | Path, ...] = ("data",),
        previous: Path | None = None,
        region: str = "jia",
        as_of: str = "",
        out: Path | None = None,
        formats: tuple[str, ...] = ("parquet",),
        replace_old: bool = False,
        mapping: str = "",
    ) -> Outcome:
        """Check, load, run, write: what ``casemix run`` does."""
        self.runs += 1
        out = out or self.folder / f"out{self.runs}"
        places = [self.folder / place for place in data]
        book = self.book(region, as_of)

        def run_with(engine: str, target: Path) -> tuple[Result, dict[str, Any]]:
            return settle(
                book, program, parse_period(period), places, target,
                previous=previous, formats=formats, replace=replace_old, engine=engine,
                mapping=self.write("映射.yaml", mapping) if mapping else None,
            )  # fmt: skip

        judged = self._aside(run_with, "reference")
        try:
            result, record = run_with("duckdb", out)
        except DataError:  # about what is read, the same for both, or about the folder of the result
            raise
        except (RunStopped, RulebookError) as error:
            self._agree(judged, error, "duckdb")
            for name in OTHERS:
                self._agree(judged, self._aside(run_with, engine_option(name)), name)
            raise
        self._agree(judged, result, "duckdb")
        for name in OTHERS:
            found = self._aside(run_with, engine_option(name))
            self._agree(judged, found if isinstance(found, Exception) else found[0], name)
            assert isinstance(found, Exception) or found[1]["digests"] == record["digests"], name
        return Outcome(result, record, out)

    def _agree(self, judged: Any, found: Any, name: str) -> None:
        """What an engine comes to is what the reference engine does, down to the sentence of a stop."""
        if isinstance(judged, Exception) or isinstance(found, Exception):
            assert isinstance(judged, Exception), f"only {name} stops: {found!r} {vars(found)}"
            assert isinstance(found, Exception), f"only the reference engine stops: {judged!r} {vars(judged)}"
            assert said(found) == said(judged), name
            return
        assert outcome(found) == outcome(judged[0]), name

    def _aside(self, run_with: Callable[[str, Path], tuple[Result, dict[str, Any]]], engine: str) -> Any:
        """A run whose folder goes at once."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                return run_with(engine, Path(folder) / "out")
            except (RunStopped, DataError, RulebookError) as error:
                return error

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if ".拒收" not in str(path))

    def stopped(self, *args: Any, **more: Any) -> str:
        """All that is said when a run stops: sentence, details, hint. Nothing may be left but what was refused."""
        there = self._files()
        with pytest.raises((RunStopped, DataError, RulebookError)) as caught:
            self.run(*args, **more)
        assert self._files() == there, "a stopped run left something behind"
        error = caught.value
        if isinstance(error, RulebookError):
            return "\n".join(f"{problem.place} {problem.code} {problem.message}" for problem in error.problems)
        details = error.details if isinstance(error, RunStopped) else []
        return "\n".join([error.message, *details, error.hint])


def city(folder: Path, rules: str, **tables: str) -> City:
    """甲市 with the tables above, ``rules``, and rows for its tables (two fleets, four trips unless given)."""
    made = City(folder)
    made.write("jia/region.yaml", HEAD)
    made.write("jia/表.yaml", "依据: 章程 第一条\n" + TABLES)
    made.rules(rules)
    return made.data(**({"车队": FLEETS, "行程": TRIPS} | tables))
