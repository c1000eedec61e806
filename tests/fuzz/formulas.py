"""Formulas made from the grammar itself, and real ones spoilt: parsed, bound and checked in an invented city."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from lark.grammar import NonTerminal

from engine.check import check_book
from engine.language import parse
from engine.language.functions import FUNCTIONS
from engine.rulebook.book import load
from engine.rulebook.problems import Problem, RulebookError
from tests.fuzz.bounds import bounded
from tests.fuzz.spoil import HOSTILE, text_spoilt

ROOT = Path(__file__).parents[2]
TOGETHER = 12
"""Formulas in one rulebook."""
CITY = """\
依据: 办法
行程:
  主键: 编号
  归期: 出行日期
  字段:
    编号: 文本
    出行日期: 日期
    车号: → 车辆
    等级: [甲等, 乙等]
    诊断: 文本
    里程: {类型: 数, 范围: "≥ 0", 小数: 1}
    费用: 元
    天数: {类型: 天, 可空: 是}
    急: 是否
车辆: {主键: 车号, 字段: {车号: 文本, 车队: 文本, 折旧: 元, 保险: {类型: 元, 可空: 是}}}
车队月: {键: [车队, 月份]}
月份: {粒度: 行程, 公式: 年月(出行日期)}
补贴率: {取值: {2025-01-01: 50%}}
起步: {单位: 元, 取值: {2025-01-01: 10}}
级别: {类别: [高, 低], 取值: {2025-01-01: 高}}
大额: {粒度: 行程, 公式: 费用 > 起步}
费别:
  粒度: 行程
  类别: [大, 小]
  分情形: {大额: 大, 否则: 小}
"""
NAMES = ["费用", "里程", "天数", "等级", "诊断", "急", "出行日期", "车号", "折旧", "保险", "补贴率", "起步", "级别",
         "大额", "费别", "月份", "甲等", "大", "高", "行程", "车辆", "车队", "车队月", "原规定", "期初"]  # fmt: skip
SHAPES = [
    "{name}: {{粒度: 行程, 公式: {text}}}",
    "{name}: {{粒度: 行程, 单位: 元, 舍入: 2, 公式: {text}}}",
    "{name}: {{粒度: 车队月, 公式: {text}}}",
    "{name}: {{粒度: 行程, 类别: [大, 小], 分情形: {{{text}: 大, 否则: 小}}}}",
    "{name}: {{粒度: 行程, 表: [{{里程: {text}, {name}: 1}}, {{里程: {text}, {name}: 2}}]}}",
    "{name}: {{粒度: 行程, 拒收: {text}}}",
    "{name}: {{粒度: 行程, 筛查: {text}}}",
    "{name}: {{行: 行程, 条件: {text}}}",
    "{name}: {{单位: 元, 限: {text}, 取值: {{2025-01-01: 3}}}}",
]
_TERMINALS = {
    "QUOTED": ["“甲等”", "“”", '"x"'], "DATE": ["2025-01-01", "2025-02-30", "9999-12-31"],
    "NUMBER": ["0", "1", "50%", "6‰", "3.25", "00012", "9" * 31, "9" * 29],
    "CODE": ["I21.9", "00.66", "81.5100x001"], "COMPARE": ["≤", ">", "=", "!=", "<="],
    "DASH": ["–", "~"], "MINUS": ["-", "−"], "TIMES": ["×", "*"], "OVER": ["÷", "/"], "PLUS": ["+"],
}  # fmt: skip


@cache
def _grammar() -> tuple[dict[str, list[list]], dict[str, str], dict[str, int]]:
    """Expansions of each rule, the fixed text of each terminal, and how deep each rule is at least."""
    lark = parse._parser()
    rules: dict[str, list[list]] = defaultdict(list)
    for rule in lark.rules:
        rules[rule.origin.name].append(list(rule.expansion))
    fixed = {t.name: t.pattern.value for t in lark.terminals if t.pattern.type == "str"}
    depths: dict[str, int] = {}
    while len(depths) < len(rules):
        for name, expansions in rules.items():
            known = [d for d in (_depth(e, depths) for e in expansions) if d is not None]
            if known and depths.get(name, 10**6) > min(known):
                depths[name] = min(known)
    return rules, fixed, depths


def _depth(expansion: list, depths: dict[str, int]) -> int | None:
    parts = [depths.get(s.name) for s in expansion if isinstance(s, NonTerminal)]
    return None if None in parts else 1 + max([p for p in parts if p is not None], default=0)


def derived(rng: random.Random, start: str = "expression") -> str:
    """A sentence of the grammar."""
    rules, fixed, depths = _grammar()
    words: list[str] = []
    open_: list[tuple[object, int]] = [(NonTerminal(start), 0)]
    budget = rng.choice([8, 16, 40, 120])
    while open_:
        symbol, level = open_.pop()
        if not isinstance(symbol, NonTerminal):
            words.append(_terminal(symbol.name, fixed, rng))  # type: ignore[attr-defined]
            continue
        expansions = rules[symbol.name]
        budget -= 1
        if budget < 0 or level > 60:
            least = min(_depth(e, depths) or 99 for e in expansions)
            expansions = [e for e in expansions if _depth(e, depths) == least]
        open_ += [(part, level + 1) for part in reversed(rng.choice(expansions))]
    return " ".join(words)


def _terminal(name: str, fixed: dict[str, str], rng: random.Random) -> str:
    if name == "NAME":
        return rng.choice(NAMES if rng.random() < 0.75 else list(FUNCTIONS))
    return rng.choice(_TERMINALS[name]) if name in _TERMINALS else fixed[name]


@cache
def real_formulas() -> list[str]:
    """What stands after 公式 and the like, and before and after colons, in the regions and modules here."""
    found: set[str] = set()
    for kind in ("rules", "regions"):
        for path in sorted((ROOT / kind).rglob("*.yaml")):
            for line in path.read_text("utf-8").splitlines():
                found |= {text.strip() for text in re.findall(r"(?:公式|则|条件|拒收|必须|筛查): *(.+)", line)}
                found |= {text.strip() for text in re.findall(r"^ +(.+?): ", line)}
    return sorted(found)


def made(rng: random.Random) -> str:
    """One formula: of the grammar, real, or either of them spoilt."""
    text = derived(rng, rng.choice(["expression", "expression", "cell"])) if rng.random() < 0.6 else ""
    text = text or rng.choice(real_formulas())
    if rng.random() < 0.3:
        names = sorted(set(re.findall(r"[^\W\d]\w+", text)))
        for name in names:
            if name not in NAMES and name not in FUNCTIONS:
                text = text.replace(name, rng.choice(NAMES))
    if rng.random() < 0.5:
        text = text_spoilt(text, rng, [rng.choice(real_formulas()), rng.choice(HOSTILE) + "x"])
    return text


def written(text: str) -> str:
    """``text`` as a YAML scalar in single quotes."""
    seen = "".join(mark for mark in text if mark.isprintable())  # else the whole file is refused, and nothing checked
    return "'" + seen.replace("'", "''") + "'"


def attempt(seed: int, folder: Path) -> str:
    """One rulebook of formulas; what is wrong with how it was taken, or nothing. Raises what crashes it."""
    rng = random.Random(seed)
    formulas = [made(rng) for _ in range(TOGETHER)]
    for text in formulas:
        for read in (parse.parse_expression, parse.parse_cell):
            try:
                with bounded():
                    read(text)
            except parse.SyntaxProblem as problem:
                if not re.search("[\u4e00-\u9fff]", problem.message):
                    return f"message of {text!r}: {problem.message!r}"
                if not 0 <= problem.column <= len(problem.text):
                    return f"place {problem.column} of {text!r}"
    rules = [rng.choice(SHAPES).format(name=f"试{n}", text=written(text)) for n, text in enumerate(formulas)]
    return taken(folder, "\n".join([CITY, *rules, ""]))


def taken(folder: Path, rules: str) -> str:
    """What is wrong with the problems that the check finds in a city with ``rules``; nothing if all is well."""
    folder.mkdir(exist_ok=True)
    (folder / "region.yaml").write_text("名称: 例市\n施行: 2025-01-01\n文件:\n  办法: {题名: 办法}\n", "utf-8")
    (folder / "rules.yaml").write_text(rules, "utf-8", errors="surrogatepass")
    with bounded(60):
        try:
            found = check_book(load(folder))
        except RulebookError as error:
            found = error.problems
    return badly_said(found)


def badly_said(problems: list[Problem]) -> str:
    """Of the problems, one without a place or a sentence, or with a sign that a terminal would obey."""
    for problem in problems:
        shown = f"{problem.place} {problem.code} {problem.message} {problem.hint}"
        if not problem.place.file or (not problem.place.line and problem.code not in _WITHOUT_LINE):
            return f"no place: {shown}"
        if not re.search("[\u4e00-\u9fff]", problem.message):
            return f"no sentence: {shown}"
        if len(problem.message) > 1500:
            return f"a long message: {shown[:300]}"
    return ""


_WITHOUT_LINE = ("E101", "E103", "I101", "E201")
"""Of a whole file or folder."""
