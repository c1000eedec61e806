"""Runs a random rulebook with the reference and the databases, says where they differ; makes such a case small."""

from __future__ import annotations

import re
import shutil
import tempfile
import traceback
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from family import Entry
from generated import Inspector
from rulebooks import Case

from engine.check.all import check_book
from engine.data.cells.reader import out_of_range
from engine.execute.period import parse_period
from engine.execute.reference.run import MemoryTables
from engine.execute.reference.run import run as run_reference
from engine.execute.result import Result
from engine.execute.sql.run import run as run_sql
from engine.files.errors import DataError, RunStopped
from engine.language.values import Month, Unresolved
from engine.rulebook.book import Book, load
from engine.rulebook.problems import RulebookError
from tests.databases import chosen, open_database
from tests.databases.uploaded import in_memory

HEAD = "名称: 试城\n施行: {}\n文件:\n  办法: {{题名: 试行办法, 原文: 办法.txt}}\n"
NOTICE = "名称: 通知\n修订: shi\n施行: {}\n文件:\n  通知: {{题名: 通知, 原文: 通知.txt}}\n"
NOT_IN_SQL = "或用 --engine reference 计算"


@dataclass
class Compared:
    """``kind``: 同, 停 (both stop alike), 不会 (the SQL engine says that it cannot), 异 (they differ),
    坏 (a crash), 询 (a query that must not be), 判 (the reference crashes) or 书 (no rulebook)."""

    kind: str
    detail: str = ""
    stopped: list[str] = field(default_factory=list)
    result: Result | None = None

    @property
    def wrong(self) -> bool:
        return self.kind in ("异", "坏", "询")


def book_of(case: Case) -> Book:
    """The book of a case. Raises :class:`RulebookError` for one that cannot be read."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)) / "shi"
    try:
        folder.mkdir()
        (folder / "region.yaml").write_text(HEAD.format(case.start), "utf-8")
        (folder / "规则.yaml").write_text("依据: 办法\n" + case.text() + "\n", "utf-8")
        if case.notice:
            there = folder / "amendments" / "通知"
            there.mkdir(parents=True)
            (there / "amendment.yaml").write_text(NOTICE.format(case.notice_start), "utf-8")
            lines = "".join(f"  {entry.text}\n" for entry in case.notice)
            (there / "规则.yaml").write_text("依据: 通知\n替换:\n" + lines, "utf-8")
        book = load(folder)
        for day in book.epochs:
            book.at(day)
        return book
    finally:
        shutil.rmtree(folder.parent)


def problems_of(case: Case) -> list[str]:
    """What ``check`` refuses (it warns of much more)."""
    try:
        found = check_book(book_of(case))
    except RulebookError as error:
        found = error.problems
    return [f"{p.code} {p.message} ({p.place})" for p in found if p.code.startswith("E")]


def typed_rows(book: Book, case: Case) -> dict[str, list[dict[str, Any]]]:
    """The rows with values outside their range marked, as loading does."""
    tables = book.at(max(parse_period(case.period).end, book.start)).tables
    found: dict[str, list[dict[str, Any]]] = {}
    for name, rows in case.rows.items():
        if name not in tables:
            continue
        fields = tables[name].fields
        found[name] = [
            {
                key: out_of_range(fields[key], value)
                if fields[key].range is not None and value is not None and value not in fields[key].range
                else value
                for key, value in row.items() if key in fields
            }
            for row in rows
        ]  # fmt: skip
    return found


def both(case: Case, watched: bool = False, engines: Sequence[str] = ()) -> Compared:
    """Runs ``case`` with the reference and with each of the databases (none named: all that tests run with).

    ``watched``: looks through every generated query.
    """
    try:
        book = book_of(case)
    except RulebookError as error:
        return Compared("书", "\n".join(str(p) for p in error.problems))
    period = parse_period(case.period)
    try:
        snapshot = book.at(max(period.end, book.start))
    except Exception:
        return Compared("书", traceback.format_exc())
    program = snapshot.programs.get("算账")
    if program is None:
        return Compared("书", "no program")
    missing = [s for s in program.statements if s not in snapshot.statements]
    if missing or book.problems:
        return Compared("书", str(book.problems[:3]))
    program = replace(program, refuse_limit=Fraction(1))  # what is left of random rows is compared, however little
    rows = typed_rows(book, case)
    tables = MemoryTables(rows, {name: [(name, n + 1) for n in range(len(kept))] for name, kept in rows.items()})  # type: ignore[arg-type]
    published = Before(case.published) if case.published else None
    seen: list[str] = []

    def reference() -> Result:
        return run_reference(book, program, period, tables, published, case.keep_all)

    def sql(name: str) -> Result:
        with open_database(name) as database:
            watch = Inspector(database) if watched else None
            database.watch = watch
            data = in_memory(book, program, period, tables, database)
            try:
                return _fetched(run_sql(book, program, period, data, published, case.keep_all))
            finally:
                if watch is not None:
                    seen.extend(watch.found)

    judged = _outcome(reference)
    compared: list[Compared] = []
    for name in engines or chosen():
        found = _outcome(lambda name=name: sql(name))  # type: ignore[misc]
        if seen:
            return Compared("询", f"{name}: " + "\n".join(dict.fromkeys(seen)))
        compared.append(_compared(judged, found))
        if compared[-1].wrong:
            return replace(compared[-1], detail=f"{name}: {compared[-1].detail}")
    return compared[0]


def _compared(judged: Result | list[str] | Crash, found: Result | list[str] | Crash) -> Compared:
    if isinstance(judged, Crash):
        return Compared("判", judged.text) if not isinstance(found, Crash) else Compared("判", judged.text + found.text)
    if isinstance(found, Crash):
        return Compared("坏", found.text)
    if isinstance(found, list) and found[-1] == NOT_IN_SQL:
        return Compared("不会", found[0])
    if isinstance(judged, list) or isinstance(found, list):
        if judged == found and isinstance(judged, list):
            return Compared("停", "", judged)
        shown = [x if isinstance(x, list) else "a result" for x in (judged, found)]
        return Compared("异", f"reference: {shown[0]}\nsql: {shown[1]}", judged if isinstance(judged, list) else [])
    differences = _differences(_shown(judged), _shown(found))
    return Compared("异", "\n".join(differences), result=judged) if differences else Compared("同", result=judged)


def _fetched(result: Result) -> Result:
    """With the rows that would stay in the database."""
    result.statements = [replace(sheet, rows=[list(row) for row in sheet.rows]) for sheet in result.statements]
    result.kept = [replace(kept, rows=[list(row) for row in kept.rows]) for kept in result.kept]
    return result


@dataclass
class Before:
    """Values of an earlier run, made of a number."""

    seed: int

    def value(self, name: str, grain: str, key: tuple[Any, ...]) -> tuple[bool, Any]:
        found = zlib.crc32(f"{self.seed}{grain}{key}".encode())
        if found % 5 == 0:
            return False, None
        return True, None if found % 7 == 0 else Fraction(found % 1000, 100)

    def keys_of(self, grain: str) -> list[tuple[Any, ...]]:
        return {"全市": [()], "医院": [("H1",), ("H5",)], "各等级": [("甲",)], "医院月": [("H1", Month(2025, 1))]}.get(
            grain, []
        )


@dataclass
class Crash:
    text: str


def _outcome(work: Callable[[], Result]) -> Result | list[str] | Crash:
    try:
        return work()
    except (RunStopped, DataError) as error:
        return [_undated(t) for t in (str(error), *getattr(error, "details", []), getattr(error, "hint", ""))]
    except Unresolved as error:
        return ["Unresolved escaped", str(error), ""]
    except Exception:
        return Crash(traceback.format_exc())


def _shown(result: Result) -> dict[str, Any]:
    """Everything but how many rows of side tables were looked at."""
    return {
        "statements": {s.name: (s.columns, s.rows, s.total) for s in result.statements},
        "kept": {k.grain: (k.columns, [[_text(v) for v in row] for row in k.rows]) for k in result.kept},
        "accounts": {account.table: replace(account, unread=None) for account in result.accounts},
        "rejected": sorted(_undated(str(row)) for row in result.rejected),
        "held": sorted(_undated(str(row)) for row in result.held),
        "warned": dict(sorted(result.warned.items())),
        "not_official": result.not_official,
    }


def _text(value: Any) -> Any:
    return ("无法确定", _undated(str(value)), value.cause) if isinstance(value, Unresolved) else value


def _undated(text: str) -> str:
    """Without the day on which a figure is not in force: it is that of whichever row the reference reads first."""
    return re.sub(r" 在 \d{4}-\d\d-\d\d 还没有", " 那天还没有", text)


def _differences(one: Any, other: Any, path: str = "") -> list[str]:
    if one == other and type(one) is type(other):
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        return [d for key in {**one, **other} for d in _differences(one.get(key), other.get(key), f"{path}/{key}")]
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        return [d for n, (a, b) in enumerate(zip(one, other, strict=True)) for d in _differences(a, b, f"{path}/{n}")]
    return [f"{path}: reference {one!r}, sql {other!r}"[:600]]


# -- a smaller case ------------------------------------------------------------


def smaller(case: Case, still: Callable[[Case], bool], rounds: int = 4) -> Case:
    """Entries, columns and rows left out one after the other while ``still`` holds."""
    for _ in range(rounds):
        before = (len(case.entries), len(case.text()), sum(map(len, case.rows.values())))
        for entry in [*case.entries][::-1]:
            if entry.name == "算账":
                continue
            fewer = without(case, entry.name)
            if fewer is not None and still(fewer):
                case = fewer
        for fewer in _simpler(case):
            if still(fewer):
                case = fewer
        for table in list(case.rows):
            gone = replace(case, rows={**case.rows, table: []})
            if case.rows[table] and still(gone):
                case = gone
            for row in list(case.rows[table]):
                rows = {**case.rows, table: [r for r in case.rows[table] if r is not row]}
                if still(replace(case, rows=rows)):
                    case = replace(case, rows=rows)
        if before == (len(case.entries), len(case.text()), sum(map(len, case.rows.values()))):
            break
    return case


def _simpler(case: Case) -> list[Case]:
    found = [replace(case, notice=[])] if case.notice else []
    if case.published:
        found.append(replace(case, published=0))
    program = next(e for e in case.entries if e.name == "算账")
    for pattern in (r", 需要: \{[^}]*\}", r", 排除: \{[^}]*\}", r", 行: \{[^}]*\}", ", 规则时点: 期初", ", 连续: 年"):
        text = re.sub(pattern, "", program.text)
        if text != program.text:
            found.append(_with(case, replace(program, text=text)))
    for entry in case.entries:
        for pattern in (r", 条件: '[^']*'(?=\})", r", 合计行: [^}]*(?=\})"):
            if "列: {" in entry.text and (text := re.sub(pattern, "", entry.text)) != entry.text:
                found.append(_with(case, replace(entry, text=text)))
    return found


def _with(case: Case, entry: Entry) -> Case:
    return replace(case, entries=[entry if e.name == entry.name else e for e in case.entries])


def without(case: Case, name: str) -> Case | None:
    """``case`` without an entry; columns of statements and names of the program go with it."""
    kept = []
    for entry in case.entries:
        if entry.name == name:
            continue
        text = entry.text
        if entry.name == "算账":
            text = _unlisted(text, name)
        elif "列: {" in text and entry.name.startswith("报"):
            text = _uncolumned(text, name)
            if text is None:
                return None
        kept.append(replace(entry, text=text))
    return replace(case, entries=kept, notice=[e for e in case.notice if e.name != name])


def _unlisted(text: str, name: str) -> str:
    text = re.sub(rf"(?<=\[){name}(, |(?=\]))|, {name}(?=[,\]])", "", text)
    return re.sub(r", (需要|排除): \{病例: \[\]\}", "", text)


def _uncolumned(text: str, name: str) -> str | None:
    head, _, rest = text.partition("列: {")
    depth, at = 1, 0
    while depth:
        depth += (rest[at] == "{") - (rest[at] == "}")
        at += 1
    columns = re.findall(r"\w+: (?:\{[^}]*\}|[^,{}]+)", rest[: at - 1])
    kept = [c for c in columns if c.partition(":")[0] != name]
    return f"{head}列: {{{', '.join(kept)}}}{rest[at:]}" if kept else None


def quiet(case: Case, stopped: list[str]) -> Case:
    """``case`` without what made it stop: columns that cannot be known, conditions, 必须."""
    if any("表 病例 没有" in line for line in stopped[:2]):
        case = replace(case, rows={**case.rows, "门诊": []})
    for line in stopped:
        for entry in list(case.entries):
            if entry.name.startswith("必须") and line.startswith(f"{entry.name}（"):
                case = without(case, entry.name) or case
            elif entry.name.startswith("报") and f"报表 {entry.name} 的 条件" in line:
                case = _with(case, replace(entry, text=re.sub(r", 条件: '[^']*'(?=[,}])", "", entry.text)))
            elif entry.name.startswith("报") and (found := re.match(rf"{entry.name} \S* ?的 ([\w、]+)：", line)):
                now = next((e for e in case.entries if e.name == entry.name), None)
                if now is None:
                    continue
                text: str | None = now.text
                for heading in found[1].split("、"):
                    text = _uncolumned(text, heading) if text is not None else None
                case = without(case, entry.name) or case if text is None else _with(case, replace(now, text=text))
    return case


def at_length(case: Case, watched: bool = False, more: int = 3, engines: Sequence[str] = ()) -> tuple[Case, Compared]:
    """Runs ``case``; where both stop alike, again without what made them stop."""
    found = both(case, watched, engines)
    for _ in range(more):
        if found.kind != "停":
            break
        next_case = quiet(case, found.stopped)
        if next_case == case:
            break
        case, found = next_case, both(next_case, watched, engines)
    return case, found
