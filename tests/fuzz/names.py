"""Nasty names and texts, as far as the check lets them pass: both engines give what plain names give, and write it so.

The city is settled four times: with plain names and with nasty ones, by each engine.
"""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import openpyxl

from engine.check import check_book
from engine.data.csv_out import FORMULA_MARKS
from engine.data.duckdb_files import quoted
from engine.execute.period import parse_period
from engine.files.errors import DataError, RunStopped
from engine.rulebook.book import load
from engine.rulebook.problems import RulebookError
from engine.settle import settle
from tests.fuzz.bounds import bounded

CITY = """\
依据: 办法
⟨单⟩:
  主键: ⟨编号⟩
  归期: ⟨日期⟩
  字段:
    ⟨编号⟩: 文本
    ⟨日期⟩: 日期
    ⟨机构⟩: → ⟨院⟩
    ⟨等级⟩: [⟦甲⟧, ⟦乙⟧]
    ⟨备注⟩: 文本
    ⟨费用⟩: 元
    ⟨附加⟩: {类型: 元, 可空: 是}
⟨院⟩: {主键: ⟨机构⟩, 字段: {⟨机构⟩: 文本, ⟨片区⟩: 文本, ⟨系数⟩: {类型: 数, 小数: 2}}}
⟨片⟩: {键: [⟨片区⟩]}
⟨比例⟩: {取值: {2025-01-01: 70%}}
⟨池⟩: {单位: 元, 取值: {2025-01-01: 100000}}
⟨大额⟩: {粒度: ⟨单⟩, 公式: "⟨费用⟩ > 300"}
⟨型⟩:
  粒度: ⟨单⟩
  类别: [⟦大⟧, ⟦小⟧]
  分情形: {⟨大额⟩: ⟦大⟧, 否则: ⟦小⟧}
⟨倍率⟩:
  粒度: ⟨单⟩
  表:
    - {⟨等级⟩: ⟦甲⟧, ⟨费用⟩: "≤ 500", ⟨倍率⟩: 1.5}
    - {⟨等级⟩: ⟦甲⟧, ⟨费用⟩: "> 500", ⟨倍率⟩: 1.25}
    - {⟨等级⟩: ⟦乙⟧, ⟨倍率⟩: 1}
⟨应付⟩: {粒度: ⟨单⟩, 单位: 元, 舍入: 2, 公式: "⟨费用⟩ × ⟨比例⟩ × ⟨系数⟩ × ⟨倍率⟩ + 缺省(⟨附加⟩, 0)"}
⟨分得⟩: {粒度: ⟨单⟩, 单位: 元, 公式: "分摊(⟨池⟩, ⟨应付⟩)"}
⟨位⟩: {粒度: ⟨单⟩, 公式: "名次(⟨应付⟩, 从大到小, 每 ⟨机构⟩)"}
⟨片应付⟩: {粒度: ⟨片⟩, 单位: 元, 公式: "合计(⟨应付⟩)"}
⟨大例⟩: {粒度: ⟨片⟩, 公式: "计数(⟨单⟩, 当 ⟨型⟩ = ⟦大⟧ 且 ⟨备注⟩ ≠ “⟪作废⟫”)"}
⟨太大⟩: {粒度: ⟨单⟩, 拒收: "⟨费用⟩ > 900"}
⟨偏大⟩: {粒度: ⟨单⟩, 筛查: "⟨费用⟩ > 800"}
⟨不要⟩: {粒度: ⟨单⟩, 公式: "⟨备注⟩ = “⟪作废⟫”"}
⟨明细⟩: {粒度: ⟨单⟩, 列: {⟨型⟩: ⟪类⟫, ⟨备注⟩: ⟪注⟫, ⟨应付⟩: ⟪付⟫, ⟨分得⟩: ⟪分⟫, ⟨位⟩: ⟪名⟫, ⟨偏大⟩: ⟪偏⟫}}
⟨片表⟩: {粒度: ⟨片⟩, 列: {⟨片应付⟩: ⟪片付⟫, ⟨大例⟩: ⟪例⟫}}
⟨算⟩: {期间: 月, 排除: {⟨单⟩: [⟨不要⟩]}, 需要: {⟨单⟩: [⟨应付⟩]}, 报表: [⟨明细⟩, ⟨片表⟩]}
"""
WORDS = [
    "select", "DROP", "Null", "order", "rowid", "t0", "v1", "m1", "r0", "rn", "line", "true", "oid", "ctid", "excluded",
    "a", "A", "ſ", "ı", "İ", "K", "Å", "ﬁ", "_", "__class__", "None", "lambda", "rand", "int", "eval", "self", "user",
    "file_row_number", "filename", "main", "stage", "temp", "struct", "x_lost", "why", "值", "行号", "原因",
    "来源", "检查", "总", "长" * 40, "长" * 39 + "甲", "长" * 39 + "乙", "甲٣", "ñandú", "𠮷野",
    "金", "e1", "E1", "1e5", "0x1F", "甲1e5", "GROUP", "end", "当前", "now", "current_date", "count", "sum",
    "机构", "病例", "Σ", "σ", "ς", "ß", "SS", "ẞ", "일반", "ไทย", "עברית", "अ", "𝒳",
]  # fmt: skip
TEXTS = [
    "'", "''", '"', "`", ";--", "'; drop table t0; --", '"; drop table t0; --', "/* x", "*/", "$1", "$$", "?", ":x",
    "%s", "%", "_", "{}", "{0}", "\\", "\\'", "\\n", "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1",
    "null", "NULL", "true", "0x1F", "1e5", "00012", "a\u0301", "á", "[bold]x[/]", "[/]", "<b>", "&amp;", "..", "~x",
    "x y", "长" * 200, "\U0001f4a9", "“", "”", "，", "、", "：", "#", "- x", "|", ">", "!", "&a", "*a", "[a]",
    "{a: b}", "x" * 300, "E'\\x41'", "U&'\\0041'", "x'41'", "current_date", "{{x}}", "${x}", "#{x}", "a,b", "a;b",
]  # fmt: skip


def _placeholders(marks: str) -> list[str]:
    return sorted(set(re.findall(f"{marks[0]}(.+?){marks[1]}", CITY)))


def plain() -> dict[str, str]:
    """Placeholder to itself, without its brackets."""
    names = {f"⟨{name}⟩": name for name in _placeholders("⟨⟩")}
    classes = {f"⟦{name}⟧": name for name in _placeholders("⟦⟧")}
    return names | classes | {f"⟪{name}⟫": name for name in _placeholders("⟪⟫")}


def nasty(rng: random.Random, names: bool = True, texts: bool = True) -> dict[str, str]:
    """Placeholder to a nasty word: no word twice. Classes are words too: formulas name them bare."""
    words, free = rng.sample(WORDS, len(WORDS)), rng.sample(TEXTS, len(TEXTS))
    many = rng.choice([0.2, 0.5, 0.9])
    made: dict[str, str] = {}
    for mark, word in plain().items():
        if mark[0] == "⟨":
            made[mark] = words.pop() if names and rng.random() < many else word
        elif texts and rng.random() < 0.8:
            made[mark] = free.pop() if mark[0] == "⟪" else words.pop()
        else:
            made[mark] = word
    return made


def rulebook(words: dict[str, str]) -> str:
    """The city in these words, every one of them quoted as YAML wants it, and as a formula where it is text."""

    def put(line: str) -> str:
        return re.sub("⟨.+?⟩|⟦.+?⟧|⟪.+?⟫", lambda found: words[found[0]], line)

    lines = []
    for line in CITY.splitlines():
        formula = re.search(r'"[^"]*"', line)
        if formula:
            said = formula[0][1:-1]
            line = line.replace(formula[0], "\x01")
        line = re.sub("⟨.+?⟩|⟦.+?⟧|⟪.+?⟫", lambda found: "'" + words[found[0]].replace("'", "''") + "'", line).replace(
            "→ '", "'→ "
        )
        lines.append(line.replace("\x01", "'" + put(said).replace("'", "''") + "'") if formula else line)
    return "\n".join(lines) + "\n"


def deliver(folder: Path, words: dict[str, str], medium: str, seed: int) -> None:
    """Sixty cases of five hospitals, in these words, as tables in ``folder``."""
    rng = random.Random(seed)
    w = {mark[1:-1]: word for mark, word in words.items()}
    remarks = ["=1+1", "';--", "好", w["作废"]]
    cases = [[w[name] for name in ("编号", "日期", "机构", "等级", "备注", "费用", "附加")]]
    for number in range(60):
        cases.append([
            f"C{number:03d}", f"2025-03-{number % 28 + 1:02d}", f"H{number % 5}'", w[rng.choice("甲乙")],
            remarks[number % 4], f"{rng.randrange(100, 95000) / 100:.2f}", rng.choice(["", "5.5"]),
        ])  # fmt: skip
    hospitals = [[w["机构"], w["片区"], w["系数"]], *([f"H{n}'", f'东"{n % 2}', f"1.{n}"] for n in range(5))]
    folder.mkdir(exist_ok=True)
    for name, rows in ((w["单"], cases), (w["院"], hospitals)):
        if medium == "csv":
            with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerows(rows)
            continue
        with duckdb.connect() as connection:
            connection.execute(f"create table t ({', '.join(f'c{n} VARCHAR' for n in range(len(rows[0])))})")
            connection.executemany(f"insert into t values ({', '.join('?' * len(rows[0]))})", rows[1:])
            shown = ", ".join(f"c{n} as {quoted(title)}" for n, title in enumerate(rows[0]))
            path = str(folder / f"{name}.parquet").replace("'", "''")
            connection.execute(f"copy (select {shown} from t) to '{path}' (format parquet)")


COUNTS: Counter[str] = Counter()
"""How often the words were refused, and how often the results were the same."""


class Refused(Exception):
    """The words are refused in a sentence."""


def settled(folder: Path, words: dict[str, str], engine: str, medium: str, seed: int) -> list[list[tuple]]:
    """The rows of both statements. Raises :class:`Refused`."""
    city = folder / "city"
    city.mkdir(parents=True, exist_ok=True)
    (city / "region.yaml").write_text("名称: 例市\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (city / "rules.yaml").write_text(rulebook(words), "utf-8")
    try:
        book = load(city)
        refused = [f"{p.place} {p.code} {p.message}" for p in check_book(book) if p.is_error]
        if refused:
            raise Refused(refused[0])
        deliver(folder / "data", words, medium, seed)
        result, _ = settle(
            book, words["⟨算⟩"], parse_period("2025-03"), [folder / "data"], folder / "out",
            formats=("csv", "xlsx"), engine=engine,
        )  # fmt: skip
    except (RunStopped, DataError, RulebookError) as error:
        raise Refused(str(error)) from None
    return [[tuple(row) for row in sheet.rows] for sheet in result.statements]


def formulas_in(folder: Path) -> str:
    """A cell of a CSV or workbook below ``folder`` that a spreadsheet would take for a formula, or nothing."""
    for path in sorted(folder.rglob("out/statements/*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    if cell.startswith(FORMULA_MARKS) and re.fullmatch(r"-[0-9.]+", cell) is None:
                        return f"{path.name}: {cell!r}"
    for path in sorted(folder.rglob("out/statements/*.xlsx")):
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        return f"{path.name}: {cell.value!r}"
    return ""


def _changed(words: dict[str, str]) -> dict[str, str]:
    return {mark: word for mark, word in words.items() if mark[1:-1] != word}


def attempt(seed: int, folder: Path) -> str:
    """Plain and nasty words, both engines; what is wrong, or nothing."""
    rng = random.Random(seed)
    words = nasty(rng, names=rng.random() < 0.8, texts=rng.random() < 0.8)
    medium, one = rng.choice(["csv", "parquet"]), folder / f"n{seed}"
    back = {words[m]: m[1:-1] for m in words if m[0] == "⟦"} | {words["⟪作废⟫"]: "作废"}
    found: dict[str, object] = {}
    try:
        with bounded(120):
            for engine in ("duckdb", "reference"):
                expected = settled(one / engine / "plain", plain(), engine, medium, 7)
                try:
                    rows = settled(one / engine / "nasty", words, engine, medium, 7)
                except Refused as refused:
                    found[engine] = f"refused: {str(refused).replace(str(one / engine), '')}"
                    if re.search("[\u4e00-\u9fff]", str(refused)) is None:
                        return f"no sentence: {refused}"
                    continue
                same = [[tuple(back.get(c, c) if isinstance(c, str) else c for c in row) for row in s] for s in rows]
                if [sorted(map(repr, sheet)) for sheet in same] != [sorted(map(repr, sheet)) for sheet in expected]:
                    return f"{engine}: other rows with {_changed(words)}\n{same[0][:3]}\n{expected[0][:3]}"
                found[engine] = "same"
        live = formulas_in(one)
        if live:
            return f"a cell that a spreadsheet takes for a formula: {live}"
        stray = [path for path in folder.rglob("*") if path.suffix not in _WRITTEN and path.is_file()]
        if stray:
            return f"stray files: {stray[:3]}"
    finally:
        shutil.rmtree(one, ignore_errors=True)
    if found["duckdb"] != found["reference"]:
        return f"{found} with {_changed(words)}"
    COUNTS[str(found["duckdb"])[:7]] += 1
    return ""


_WRITTEN = (".yaml", ".csv", ".parquet", ".xlsx", ".json")
