"""The shape of rules, head and test files: every finding at once, at its place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.rulebook import keywords
from engine.rulebook.codes import CODES
from engine.rulebook.kinds import kind_of
from engine.rulebook.problems import Problem
from engine.rulebook.shape import check_head, check_rules_file, check_test_file
from engine.rulebook.source import read, read_text

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "engine" / "rulebook" / "schema"
BROKEN = sorted((ROOT / "tests" / "broken").glob("E1*"))

CITY = """\
依据: 办法 第一条
状态: 转述
行程:
  主键: [编号, 段]
  归期: 出行日期
  可空: 是
  可缺行: 否
  合成: {每车: 30}
  字段:
    编号: 文本
    段: 整数
    出行日期: 日期
    车号: → 车辆
    等级: {类型: [甲等, 乙等], 又名: 档次}
    里程: {类型: 数, 默认: 0, 可空: 否, 范围: "[0, 9000]", 小数: 1, 说明: 表显, 依据: 办法 第二条}
费率表: {主键: 等级, 行: tables/费率表.csv, 字段: {等级: {类型: 文本, 任何: 是}, 里程档: 区间, 费率: 元}}
车组: {键: [车号, 月份]}
全市: {键: []}
长途: {行: 行程, 条件: 里程 > 100}
限额: {单位: 元, 取值: {2025-01-01: 100, 2026-01-01: 200}, 限: ≤ 500, 状态: 暂定, 说明: 暂按去年}
开关:
  类别: [实施, 不实施]
  状态: 待定
  读法: {未写明: 停运的日子, 读作: {实施: 照付, 不实施: 不付}, 为什么: 原文更近, 见于: [费用, 明细]}
等级范围: {类型: [甲等, 乙等], 多值: 是, 取值: {2025-01-01: 甲等、乙等}}
费用: {又名: [车费, 里程费（元）], 粒度: 行程, 单位: 元, 舍入: {位数: 2, 方式: 去尾}, 公式: 里程 × 单价}
单价:
  粒度: 行程
  单位: 元
  表:
    - {等级: 甲等, 里程: "≤ 100", 单价: 2}
    - {等级: 任何, 里程: "> 100", 单价: 1, 依据: 办法 第三条, 状态: 暂定}
折扣: {粒度: 行程, 表: 待定, 列: [等级]}
评分: {粒度: 车组, 状态: 待定}
类: {粒度: 行程, 类别: [长, 短], 按: 等级, 分情形: {甲等: {则: 长, 依据: 办法 第四条}, 否则: 短}}
里程为负: {粒度: 行程, 拒收: 里程 < 0}
太远: {粒度: 行程, 筛查: {强: 里程 > 900, 弱: 里程 > 500}}
明细: {粒度: 行程, 列: {费用: 金额, 里程: {标题: 公里, 小数: 1}}, 条件: 费用 > 0, 合计行: 全市, 回填: 费率表}
月结:
  期间: [月, 季]
  行: {行程: 里程 > 0}
  规则时点: 期初
  连续: 年
  排除: {行程: 太远}
  需要: {行程: [费用]}
  挂起上限: 3
  测算: [单价]
  报表: [明细]
替换:
  旧额: {单位: 元, 取值: {2025-01-01: 1}}
  车辆.等级: [甲等, 丙等]
  车辆.座位: {类型: 整数, 默认: 5}
删除: [旧检查]
"""


def _check(text: str, how=check_rules_file) -> list[Problem]:
    problems: list[Problem] = []
    doc = read_text(text, "f.yaml", problems)
    if doc is not None:
        how(doc, problems)
    return problems


def _findings(text: str, how=check_rules_file) -> list[tuple[str, int]]:
    return [(problem.code, problem.place.line) for problem in _check(text, how)]


def test_everything_the_language_has_is_accepted():
    assert _check(CITY) == []


@pytest.mark.parametrize(
    "entry, kind",
    [
        ("{期间: 月, 报表: [甲]}", "program"),
        ("{粒度: 甲, 列: [乙]}", "statement"),
        ("{粒度: 甲, 必须: 乙 > 0}", "check"),
        ("{主键: 甲, 字段: {甲: 文本}}", "table"),
        ("{字段: {甲: 文本}}", "table"),
        ("{行: tables/a.csv}", "table"),
        ("{键: []}", "grain"),
        ("{行: 甲, 条件: 乙}", "grain"),
        ("{粒度: 甲, 公式: 乙}", "rule"),
        ("{粒度: 甲, 表: 待定, 列: [乙]}", "rule"),
        ("{表: [{甲: 1, 乙: 2}]}", "rule"),
        ("{粒度: 甲, 状态: 待定}", "rule"),
        ("{取值: {2025-01-01: 1}}", "parameter"),
        ("{状态: 待定}", "parameter"),
        ("{类型: → 甲, 状态: 待定}", "parameter"),
        ("{单位: 元}", "parameter"),
        ("{粒度: 甲, 单位: 元}", None),
        ("{说明: 空}", None),
        ("{公式: 甲, 取值: {2025-01-01: 1}}", None),
    ],
)
def test_the_kind_follows_from_the_keywords(entry, kind):
    doc = read_text(f"名: {entry}\n", "f.yaml", [])
    assert kind_of(doc.get("名")) == kind


@pytest.mark.parametrize(
    "text, expected",
    [
        ("甲: {粒度: 乙, 公试: 丙}", [("E120", 1)]),
        ("甲: {粒度: 乙, 公式: 丙, 备注: 丁, 来源: 戊}", [("E120", 1), ("E120", 1)]),
        ("甲: {单位: 元, 取值: {2025-01-01: 1}, 舍入: 2}", [("E121", 1)]),
        ("公式: 甲 + 乙", [("E121", 1)]),
        ("名称: 例市", [("E121", 1)]),
        ("甲: {报表: [乙]}", [("E122", 1)]),
        ("甲: {拒收: 乙 < 0}", [("E122", 1)]),
        ("甲: {行: 乙}", [("E122", 1)]),
        ("甲: {主键: 乙}", [("E122", 1)]),
        ("甲: {字段: {乙: {默认: 0}}}", [("E122", 1)]),
        ("甲: 乙", [("E123", 1)]),
        ("甲: [乙]", [("E123", 1)]),
        ("甲:\n  公式：乙", [("E106", 2)]),
        ("甲:\n  公式:乙", [("E107", 2)]),
        ("甲: {取值: 50%}", [("E123", 1)]),
        ("甲: {取值: {2025-01-01: [1, 2]}}", [("E123", 1)]),
        ("甲: {粒度: 乙, 公式: [0, 1]}", [("E123", 1)]),
        ("甲: {粒度: 乙, 表: []}", [("E123", 1)]),
        ("甲: {粒度: 乙, 表: 乙表}", [("E123", 1)]),
        ("甲: {键: 乙}", [("E123", 1)]),
        ("甲: {粒度: 乙, 列: [丙, 丙]}", [("E123", 1)]),
        ('甲: {粒度: 乙, 公式: ""}', [("E123", 1)]),
        ("甲: {单位: 元, 状态: 未定}", [("E124", 1)]),
        ("甲: {期间: 周, 报表: [乙]}", [("E124", 1)]),
        ("甲: {期间: [月, 周], 报表: [乙]}", [("E124", 1)]),
        ("甲: {粒度: 乙, 公式: 丙, 舍入: {位数: 2, 方式: 舍}}", [("E124", 1)]),
        ("甲: {粒度: 乙, 公式: 丙, 舍入: 2.5}", [("E125", 1)]),
        ("甲: {粒度: 乙, 公式: 丙, 舍入: ２}", [("E125", 1)]),
        ("甲: {期间: 月, 报表: [乙], 挂起上限: -1}", [("E125", 1)]),
        ("甲: {取值: {2025-1-1: 1}}", [("E126", 1)]),
        ("甲: {取值: {20250101: 1}}", [("E126", 1)]),
        ("甲: {取值: {2025-02-29: 1, 2024-02-29: 2}}", [("E126", 1)]),
        ("甲:\n  取值:\n    2025-01-01: 1\n    依据: 办法", [("E121", 4)]),
        ("甲（乙）: {状态: 待定}", [("E127", 1)]),
        ("甲: {字段: {乙 丙: 文本}}", [("E127", 1)]),
        ("替换: {甲.乙.丙: 文本}", [("E127", 1)]),
        ("替换: {甲.乙: {类型: 元, 单位: 元}}", [("E121", 1)]),
        ("替换: 甲", [("E123", 1)]),
        ("删除: 甲", [("E123", 1)]),
        ("状态: 好", [("E124", 1)]),
        ("甲: {说明: 乙}", [("E128", 1)]),
        ("甲: {键: [乙], 公式: 丙}", [("E129", 1)]),
        ("甲: {粒度: 乙, 公式: 丙, 分情形: {否则: 1}}", [("E129", 1)]),
        ("甲: {键: [乙], 行: 丙, 条件: 丁}", [("E129", 1)]),
    ],
)
def test_what_is_wrong_is_found(text, expected):
    assert _findings(text + "\n") == expected


@pytest.mark.parametrize(
    "name",
    [
        "甲 乙",
        "甲+乙",
        "甲（乙）",
        "甲.乙",
        "“甲”",
        "123",
        "且",
        "没有",
        "期年",
        "否则",
        "公式",
        "甲" * 41,
        "甲·乙",
        "－甲",
    ],
)
def test_such_names_are_refused(name):
    expected = "E121" if name == "公式" else "E127"
    assert _findings(f"{name}: {{状态: 待定}}\n") == [(expected, 1)]


@pytest.mark.parametrize("name", ["CCI指数", "2025年预算", "甲_乙", "Σ点数", "甲" * 40, "非稳定", "有效率"])
def test_such_names_are_accepted(name):
    assert _findings(f"{name}: {{状态: 待定}}\n") == []


def test_all_findings_come_at_once_in_the_order_of_the_file():
    text = "甲: {粒度: 乙, 公试: 1}\n丙: {取值: {2025-13-01: 1}, 状态: 好}\n丁: 戊\n"
    assert _findings(text) == [("E120", 1), ("E126", 2), ("E124", 2), ("E123", 3)]


def test_messages_name_the_entry_and_what_was_probably_meant():
    (problem,) = _check("甲: {粒度: 乙, 公式: 丙, 舎入: 2}\n")
    assert "规则“甲”" in problem.message and "“舍入”" in problem.hint
    (problem,) = _check("甲: {粒度: 乙, formula: 丙, 公式: 丁}\n")
    assert "“公式”" in problem.hint
    (problem,) = _check("甲: {键: [乙], 回填: 丙}\n")
    assert "报表" in problem.hint


@pytest.mark.parametrize(
    "kind, text, expected",
    [
        (
            "region",
            "名称: 例市\n沿用: [a]\n施行: 2025-01-01\n模板: 是\n示例: 否\n"
            "文件: {办法: {题名: 办法, 原文: a.txt, 说明: 好}}",
            [],
        ),
        ("module", "名称: 共用\n沿用: [a]\n文件: {办法: {题名: 办法}}\n说明: 好", []),
        ("amendment", "修订: a\n施行: 2025-07-01\n名称: 通知", []),
        ("region", "沿用: [a]", [("E122", 1)]),
        ("region", "名称: 例市\n沿用: a", [("E123", 2)]),
        ("region", "名称: 例市\n修订: a", [("E121", 2)]),
        ("amendment", "修订: a", [("E122", 1)]),
        ("region", "名称: 例市\n施行: 2025-02-30\n模板: true", [("E126", 2), ("E124", 3)]),
        ("region", "名称: 例市\n文件: {办 法: {题名: 办法}, 通知: {}}", [("E127", 2), ("E122", 2)]),
        ("region", "名称: 例市\n文件: {办法: 办法全名}", [("E123", 2)]),
    ],
)
def test_head_files(kind, text, expected):
    assert _findings(text + "\n", lambda doc, problems: check_head(doc, kind, problems)) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("例一:\n  已知: {甲: 1, 乙: {丙: 2}}\n  应得: {丁: 3}", []),
        (
            "第一条（一）:\n  程序: 月结\n  期间: 2025-03\n"
            "  已知:\n    行程: |\n      甲 | 乙\n      1 | 2\n  分情形: |\n    甲 | 乙\n    1 | 2",
            [],
        ),
        ("例一: {归期: 2024-06-30, 应得: {上期(甲): 1}}", []),
        ("例一: {已知: {甲: 1}}", [("E122", 1)]),
        ("例一: {应得: {甲: 1}, 期间: 三月}", [("E126", 1)]),
        ("例一: {应得: {甲: 1}, 归期: 2025-02-30}", [("E126", 1)]),
        ("例一: {应得: {甲: 1}, 输入: {乙: 2}}", [("E120", 1)]),
        ("例一: 应得", [("E123", 1)]),
    ],
)
def test_test_files(text, expected):
    assert _findings(text + "\n", check_test_file) == expected


# the table of keywords, the schemas, the documents and the broken files agree


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.name)
def test_each_schema_is_a_schema(path):
    Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


def _properties(place: str) -> dict:
    def load(name: str) -> dict:
        return json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))

    common = load("common")["$defs"]
    rule = load("rule")["properties"] if place in ("branch", "row", "rounding") else {}
    inner = {
        "file": lambda: load("rules-file"),
        "test": lambda: load("test-file")["additionalProperties"],
        "field": lambda: common["field"]["anyOf"][-1],
        "rows": lambda: load("table")["properties"]["行"]["anyOf"][1],
        "unfolded": lambda: load("table")["properties"]["行"]["anyOf"][1]["properties"]["展开"]["items"],
        "source": lambda: common["sources"]["additionalProperties"],
        "branch": lambda: rule["分情形"]["additionalProperties"]["anyOf"][1],
        "row": lambda: rule["表"]["anyOf"][1]["items"],
        "reading": lambda: common["reading"],
        "rounding": lambda: rule["舍入"]["anyOf"][1],
        "column": lambda: load("statement")["properties"]["列"]["anyOf"][1]["additionalProperties"]["anyOf"][1],
    }
    return inner.get(place, lambda: load(place))()["properties"]


@pytest.mark.parametrize("place", keywords.PLACES)
def test_schemas_have_the_keywords_of_the_table_and_their_descriptions(place):
    described = {word: schema["description"] for word, schema in _properties(place).items()}
    assert described == {word: keywords.describe(word, place) for word in keywords.words(place)}


def test_every_code_has_a_broken_file_and_a_section_of_the_document():
    assert {path.name[:4] for path in BROKEN} == {code for code in CODES if code.startswith("E1")}


@pytest.mark.parametrize("folder", BROKEN, ids=lambda path: path.name)
def test_broken_files_give_exactly_what_is_expected(folder):
    problems: list[Problem] = []
    for name, how in (("region.yaml", _region), ("rules.yaml", check_rules_file)):
        doc = read(folder / name, name, problems)
        if doc is not None:
            how(doc, problems)
    found = [f"{problem.code} {problem.place.file} {problem.place.line}" for problem in problems]
    assert found == (folder / "expect.txt").read_text("utf-8").splitlines()


def _region(doc, problems):
    check_head(doc, "region", problems)


# whatever is written, there are problems rather than a crash

_LINES = CITY.splitlines(keepends=True)
_SIGNS = list("：:，,{}[]()\"'#&*!|>-~\n\t \u3000")
_SIGNS += ["", "  ", "公式", "待定", "null", "依据: ", "{甲: 乙}", "[甲]"]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutations_of_a_rules_file_never_crash(data):
    lines = data.draw(st.lists(st.sampled_from(_LINES), min_size=1, max_size=25))
    text = "".join(lines)
    for _ in range(data.draw(st.integers(0, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 4)))
        text = text[:start] + data.draw(st.sampled_from(_SIGNS)) + text[end:]
    for how in (check_rules_file, check_test_file, _region):
        for problem in _check(text, how):
            assert re.fullmatch(r"E1[012]\d", problem.code) and problem.message


_WORDS = st.sampled_from([*keywords.words(), "甲", "甲.乙", "否则", "2025-01-01"])
_VALUES = st.sampled_from(["甲", "2", "待定", "是", "月", "a.csv", "期初", "2025-01-01"])
_TREES = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.dictionaries(_WORDS, _TREES, max_size=4))
def test_keywords_in_any_arrangement_never_crash(tree):
    text = json.dumps(tree, ensure_ascii=False)
    for how in (check_rules_file, check_test_file, _region):
        _check(text, how)


def test_three_thousand_lines_are_checked_quickly():
    text = "".join(f"名{n}:\n  粒度: 行程\n  单位: 元\n  公式: 费用 × {n}\n" for n in range(750))
    doc = read_text(text, "f.yaml", [])
    check_rules_file(doc, [])
    check_rules_file(doc, [])


# what the document says to avoid is refused with that code; what it says to write is accepted

_DOCUMENT = (ROOT / "docs" / "errors.md").read_text("utf-8")
_SECTIONS = re.findall(r"^## (E1\d\d) (.*?)\n(.*?)(?=^## |\Z)", _DOCUMENT, re.M | re.S)


@pytest.mark.parametrize("code, title, body", _SECTIONS, ids=[code for code, _, _ in _SECTIONS])
def test_the_document_is_right(code, title, body):
    assert title == CODES[code][1] and "为什么" in body
    avoid, write = body.split("应写", 1)
    for snippet in re.findall(r"```yaml\n(.*?)```", avoid, re.S):
        assert {found for found, _ in _findings(snippet)} == {code}
    for snippet in re.findall(r"```yaml\n(.*?)```", write, re.S):
        assert _findings(snippet) == []
