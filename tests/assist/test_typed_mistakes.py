"""What officers type where the language has another way to say it: what is offered, and what is mended all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.assist.fixes import fixes, mended
from engine.check import check_book
from engine.rulebook.book import Book, load
from engine.rulebook.locate import Located
from engine.rulebook.problems import Problem
from tests.assist.test_fixes import TRIPS, problems_with

HEAD = "名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}, 通知: {题名: 市通知}}\n"
RULE = "甲: {粒度: 行程, 舍入: 2, 单位: 元, 公式: 里程 × 单价}\n"


BELOW = "甲:\n  粒度: 行程\n  舍入: 2\n  单位: 元\n  公式: 里程 × 单价\n"


def formula(words: str) -> str:
    return RULE.replace("里程 × 单价", words)


def condition(words: str, otherwise: str = "否则") -> str:
    return f"乙:\n  粒度: 行程\n  分情形:\n    {words}: 是\n    {otherwise}: 否\n"


def figure(words: str, unit: str = "比例", day: str = "2025-01-01") -> str:
    return f"数:\n  单位: {unit}\n  取值: {{{day}: {words}}}\n"


CERTAIN = [
    ("数：{单位：元，取值：{2025年1月1日：5}，说明: 一}\n", "数: {单位: 元, 取值: {2025-01-01: 5}, 说明: 一}\n"),
    (RULE.replace("舍入: 2", "舍入：2"), RULE),
    (RULE.replace(", ", "，"), RULE),
    (RULE.replace("{", "｛").replace("}", "｝"), RULE),
    (RULE.replace("}", "｝"), RULE),
    (RULE.replace(": ", ":"), RULE),
    (RULE.replace("单价}", "单价。}"), RULE),
    (RULE.replace("单价}", "单价；}"), RULE),
    (RULE.replace("单价}", "单价，}"), RULE),
    (RULE.replace("舍入: 2", "舍入: 两位小数"), RULE),
    (RULE.replace("舍入: 2", "舍入: ２"), RULE),
    (formula("“里程 × 单价”"), formula('"里程 × 单价"')),
    ("甲: {粒度: “行程”, 舍入: 2, 单位: “元”, 公式: “里程 × 单价”}\n",
     '甲: {粒度: "行程", 舍入: 2, 单位: "元", 公式: "里程 × 单价"}\n'),
    (formula("里程 × 单价 × １２"), formula("里程 × 单价 × 12")),
    (formula("里程 乘以 单价 除以 2"), formula("里程 × 单价 ÷ 2")),
    (formula("里程 x 单价"), RULE),
    (formula("【里程】 × 单价"), RULE),
    (formula("【里程 + 1】 × 单价"), formula("(里程 + 1) × 单价")),
    (formula('"IF(里程 > 3, 单价, 0) + 如果(里程 > 9, 单价, 0)"'),
     formula('"若(里程 > 3, 单价, 0) + 若(里程 > 9, 单价, 0)"')),
    (formula('"单价 + 1,000"'), formula('"单价 + 1000"')),
    (condition("里程 == 3"), condition("里程 = 3")),
    (condition("里程 <> 3"), condition("里程 ≠ 3")),
    (condition("里程 > 3 and 单价 > 0 and 里程 < 9"), condition("里程 > 3 且 单价 > 0 且 里程 < 9")),
    (condition("里程 > 3 or 单价 > 0"), condition("里程 > 3 或 单价 > 0")),
    (condition('"里程 > 3 && 单价 > 0"'), condition('"里程 > 3 且 单价 > 0"')),
    (condition("里程 大于等于 3"), condition("里程 ≥ 3")),
    (condition("里程 不小于 3"), condition("里程 ≥ 3")),
    (condition("里程 超过 3"), condition("里程 > 3")),
    (condition("3 < 里程 < 5"), condition("3 < 里程 且 里程 < 5")),
    (figure("0．5"), figure("0.5")),
    (figure("50 %"), figure("50%")),
    (figure("１００", "元"), figure("100", "元")),
    (figure("50%", day="2025年1月1日"), figure("50%")),
    (figure("50%", day="2025.1.1"), figure("50%")),
    (figure("50%", day="2025/1/1"), figure("50%")),
    (figure("50%", day="20250101"), figure("50%")),
    (figure("50%", day="２０２５-０１-０１"), figure("50%")),
    (RULE + "级: {粒度: 行程, 类别: [高、低], 分情形: {里程 > 3: 高, 否则: 低}}\n",
     RULE + "级: {粒度: 行程, 类别: [高, 低], 分情形: {里程 > 3: 高, 否则: 低}}\n"),
    ("甲:\n\t粒度: 行程\n\t舍入: 2\n\t单位: 元\n\t公式: 里程 × 单价\n", BELOW),
    ("甲：\n  粒度：行程\n  舍入： 2\n  单位：元\n  公式：里程 × 单价\n",
     "甲: \n  粒度: 行程\n  舍入: 2\n  单位: 元\n  公式: 里程 × 单价\n"),
    ("甲:\n  粒度:行程\n  舍入:2\n  单位:元\n  公式:里程 × 单价\n", BELOW),
    ("甲：{粒度：行程，舍入：2，单位：元，公式：里程 × 单价}\n"
     "数：{单位：比例，取值：{2025年1月1日：50 %}}\n丁: {粒度: 行程，公式: 里程 大于 3。}\n",
     "甲: {粒度: 行程, 舍入: 2, 单位: 元, 公式: 里程 × 单价}\n"
     "数: {单位: 比例, 取值: {2025-01-01: 50%}}\n丁: {粒度: 行程, 公式: 里程 > 3}\n"),
]  # fmt: skip
OFFERED = [
    ("数: {粒度: 里程, 公式: 计数(行程)}\n", ["各里程: {键: [里程]}\n数: {粒度: 各里程, 公式: 计数(行程)}\n"]),
    (f"替换:\n  {RULE}", [RULE]),
    (f"替换:\n  {RULE}  乙: {{粒度: 行程, 公式: 甲 > 3}}\n",
     [f"替换:\n  乙: {{粒度: 行程, 公式: 甲 > 3}}\n{RULE}"]),
    (condition("里程 3以上"), [condition("里程 ≥ 3"), condition("里程 > 3")]),
    (condition("里程 > 3", "else"), [condition("里程 > 3")]),
    (condition("里程 > 3").replace(": 是", ": true"), [condition("里程 > 3")]),
    (formula('"max(单价, 0)"'), [formula('"较大(单价, 0)"')]),
    (figure("50"), [figure("50%")]),
    (figure("50%", "百分比"), [figure("50%")]),
    (figure("3", "人民币"), [figure("3", "元")]),
    (figure("3", "元／天"), [figure("3", "元/天")]),
    (figure("3万", "元"), [figure("30000", "元")]),
    (figure("￥100", "元"), [figure("100", "元")]),
    (figure("100元", "元"), [figure("100", "元")]),
    (figure("1,000", "元"), [figure("1000", "元")]),
    ("数: {单位: 比例, 取值: 50%}\n", ["数: {单位: 比例, 取值: {施行: 50%}}\n"]),
    (RULE + RULE, [RULE]),
    (RULE.replace("舍入: 2", "舍入: 2, 舍入: 2"), [RULE]),
    (RULE.replace("}", ""), [RULE]),
    (RULE.replace("里程 × 单价}", '"里程 × 单价, 依据: 办法 一}'),
     [RULE.replace("里程 × 单价", '"里程 × 单价", 依据: 办法 一')]),
    (formula("里程 × (单价"), [formula('"里程 × (单价)"')]),
    (formula("里程 × (单价 + 2"), []),
    (RULE.replace("}", ", 说明: 见: 附表}"), [RULE.replace("}", ', 说明: "见: 附表"}')]),
    (RULE.replace("}", ", 依据: 《办法》第三条}"),
     [RULE.replace("}", f", 依据: {name} 第三条}}") for name in ("办法", "通知")]),
    (RULE.replace("}", ", 依据: 细则 第三条}"),
     [RULE.replace("}", f", 依据: {name} 第三条}}") for name in ("办法", "通知")]),
    (RULE.replace("甲", "甲 费") + "乙: {粒度: 行程, 单位: 元, 公式: 甲 费}\n",
     [RULE.replace("甲", "甲费") + "乙: {粒度: 行程, 单位: 元, 公式: 甲费}\n"]),
    ("甲:\n  粒度: 行程\n   舍入: 2\n  单位: 元\n  公式: 里程 × 单价\n", [BELOW]),
    ("甲:\n  粒度: 行程\n 舍入: 2\n  单位: 元\n  公式: 里程 × 单价\n", [BELOW]),
    ("月结: {期间: 月, 报表: 明细}\n明细: {粒度: 行程, 列: [里程]}\n",
     ["月结: {期间: 月, 报表: [明细]}\n明细: {粒度: 行程, 列: [里程]}\n"]),
    (RULE.replace("舍入", "保留小数"), [RULE]),
    (RULE.replace("单位", "單位"), [RULE]),
    (RULE + "丙:\n  粒度: 行程\n  单位: 元\n  表:\n    - {里程: ≤ 3, 丙: 1}\n    - {里程: 大于3, 丙: 2}\n",
     [RULE + '丙:\n  粒度: 行程\n  单位: 元\n  表:\n    - {里程: ≤ 3, 丙: 1}\n    - {里程: "> 3", 丙: 2}\n']),
    (RULE + "丙:\n  粒度: 行程\n  分情形:\n    里程 > 3: 是\n    否则: 否\n    里程 > 9: 否\n",
     [RULE + "丙:\n  粒度: 行程\n  分情形:\n    里程 > 3: 是\n    里程 > 9: 否\n    否则: 否\n"]),
    (RULE + "丙:\n  粒度: 行程\n  分情形:\n    里程 > 3: 是\n    否则: 否\n    说明: 一\n",
     [RULE + "丙:\n  粒度: 行程\n  分情形:\n    里程 > 3: 是\n    否则: 否\n  说明: 一\n"]),
]  # fmt: skip


@dataclass(frozen=True)
class Typed:
    book: Book
    path: Path
    text: str
    problems: list[Problem]
    again: Callable[[str], list[Problem]]


def typed(folder: Path, words: str) -> Typed:
    (folder / "region.yaml").write_text(HEAD, "utf-8")
    path = folder / "rules.yaml"
    path.write_text(TRIPS + words, "utf-8")
    book = load(Located(folder, None))
    problems = [one for one in check_book(book) if one.place.file == str(path) and one.code[0] != "I"]
    return Typed(book, path, TRIPS + words, problems, lambda text: problems_with(folder, path, text))


@pytest.mark.parametrize(("wrong", "right"), CERTAIN)
def test_what_can_mean_nothing_else_is_mended_at_once(tmp_path, wrong, right):
    case = typed(tmp_path, wrong)
    assert any(one.is_error for one in case.problems)
    made = mended(case.book, str(case.path), case.text, case.again)
    assert made.after == TRIPS + right
    assert not any(one.is_error for one in case.again(made.after))
    assert mended(case.book, str(case.path), made.after, case.again).done == {}


@pytest.mark.parametrize(("wrong", "right"), OFFERED)
def test_what_may_be_meant_is_offered(tmp_path, wrong, right):
    case = typed(tmp_path, wrong)
    offered = fixes(case.book, case.problems[0], case.text, case.again)
    assert [fix.applied(case.text) for fix in offered] == [TRIPS + one for one in right]


@pytest.mark.parametrize("wrong", [wrong for wrong, _ in OFFERED if "/天" not in wrong and "1,000" not in wrong])
def test_what_needs_a_choice_is_not_mended_unseen(tmp_path, wrong):
    case = typed(tmp_path, wrong)
    assert mended(case.book, str(case.path), case.text, case.again).after == case.text


def test_only_one_kind_is_mended_where_it_is_asked_for(tmp_path):
    case = typed(tmp_path, "数：{单位: 比例, 取值: {2025/1/1: 50%}}\n")
    made = mended(case.book, str(case.path), case.text, case.again, "E106")
    assert made.after == TRIPS + "数: {单位: 比例, 取值: {2025/1/1: 50%}}\n"
