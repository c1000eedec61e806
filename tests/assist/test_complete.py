"""What is offered at the cursor (‸) of a city's file that is being typed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from engine.assist.complete import complete
from engine.lint.findings import CODES
from engine.rulebook.book import load

HEAD = "名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n"
RULES = """\
依据: 办法 第一条
病例:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 机构: 文本, 费用: {类型: 元, 范围: ≥ 0}, 类型: {类型: [门诊, 住院]}}
机构表: {主键: 机构, 字段: {机构: 文本, 级别: {类型: [一级, 二级]}}}
机构病例: {键: [机构]}
定额: {单位: 元, 取值: {2025-01-01: 500}, 说明: 每例最多, 依据: 办法 第三条}
口径: {类别: [甲法, 乙法], 取值: {2025-01-01: 甲法}}
机构费用: {粒度: 机构病例, 单位: 元, 公式: 合计(费用)}
奖励: {粒度: 病例, 单位: 元, 公式: "较小(费用, 定额)"}
可疑: {粒度: 病例, 筛查: 费用 > 1000}
奖励表: {粒度: 病例, 列: [奖励]}
结算: {期间: 月, 报表: [奖励表]}
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    place = tmp_path_factory.mktemp("assist") / "市"
    place.mkdir()
    (place / "region.yaml").write_text(HEAD, "utf-8")
    (place / "规则.yaml").write_text(RULES, "utf-8")
    return load(place)


def test_articles_of_a_text_at_hand_are_offered_in_its_order_with_their_words(city, tmp_path):
    place = tmp_path / "市"
    place.mkdir()
    head = HEAD.replace("{题名: 市办法}", "{题名: 市办法, 原文: 办法.txt}").replace(
        "文件: {", "文件: {细则: {题名: 市细则}, "
    )
    (place / "region.yaml").write_text(head, "utf-8")
    (place / "规则.yaml").write_text(RULES, "utf-8")
    (place / "办法.txt").write_text(
        "第一条 为了付费。\n第二条 下列病例：\n（一）门诊；\n（二）住院。\n第十条 附则。\n", "utf-8"
    )
    assert list(offered(load(place), "新: {依据: ‸")) == [
        "细则", "办法", "办法 第一条", "办法 第二条", "办法 第二条（一）", "办法 第二条（二）", "办法 第十条",
        "办法 第三条",
    ]  # fmt: skip
    assert list(offered(load(place), "新: {依据: 住院‸")) == ["办法 第二条（二）"]


def offered(book, written: str, file: str = "规则.yaml") -> dict[str, str]:
    offset = written.index("‸")
    text = written.replace("‸", "")
    found = complete(book, Path(book.folder) / file, text, offset, datetime.date(2025, 6, 1))
    assert all(text[one.start : one.end] == text[one.start : offset] for one in found)
    return {one.label: one.insert for one in found}


@pytest.mark.parametrize(
    ("written", "has", "has_not"),
    [
        ("‸", ["依据", "替换", "删除"], ["公式"]),
        ("新: {‸", ["粒度", "单位", "取值", "主键"], ["题名"]),
        ("新: {粒度: 病例, ‸", ["公式", "分情形", "拒收", "列", "说明"], ["粒度", "取值", "主键"]),
        ("新: {粒度: 病例, 公式: 1, ‸", ["单位", "舍入"], ["公式", "拒收", "必须"]),
        ("新: {单位: ‸", ["元", "比例", "倍", "元/点"], ["定额"]),
        ("新:\n  状态: ‸", ["暂定", "待定"], []),
        ("新:\n  粒度: ‸", ["病例", "机构病例", "机构"], ["定额"]),
        ("新: {依据: ‸", ["办法", "办法 第三条", "办法 第一条"], []),
        ("新: {粒度: 病例, 公式: ‸", ["费用", "定额", "级别", "较小", "合计"], ["机构病例", "元"]),
        ("新: {粒度: 病例, 公式: 费‸", ["费用", "机构费用"], ["定额"]),
        ("新: {粒度: 病例, 公式: '沿(费用, 较大(前‸", ["前值"], []),
        ("新: {粒度: 病例, 公式: '沿(前‸", [], ["前值"]),
        ("新: {粒度: 病例, 公式: '较大(费用, 前‸", [], ["前值"]),
        ("新: {粒度: 病例, 公式: 级别 = ‸", ["一级", "二级"], []),
        ("新: {粒度: 病例, 公式: 级别 属于 一级、‸", ["二级"], []),
        ("新:\n  粒度: 病例\n  分情形:\n    类型 = 住‸", ["住院"], ["门诊"]),
        ("新:\n  粒度: 病例\n  按: 口径\n  分情形:\n    ‸", ["甲法", "乙法"], ["费用"]),
        ("新:\n  粒度: 病例\n  按: ‸", ["口径", "级别"], ["机构病例"]),
        ("新: {粒度: 机构病例, 公式: \"合计(费用, 自 ‸", ["病例"], ["定额", "元"]),
        ("新: {键: [机构], 每个: [‸", ["机构病例", "机构"], ["定额"]),
        ("新: {单位: 元, 限: ≤ ‸", ["定额"], ["奖励", "费用"]),
        ("新: {主键: 甲, 字段: {甲: ‸", ["文本", "→ 病例"], ["定额"]),
        ("新: {主键: 甲, 字段: {甲: {类型: 元, 范围: \"≤ ‸", ["定额"], ["奖励"]),
        ("新: {粒度: 病例, 公式: 费用, 不提示: ‸", list(CODES), []),
        ("替换:\n  ‸", ["定额", "奖励"], []),
        ("替换:\n  定额: {‸", ["单位", "取值"], []),
        ("定额: {单位: 元, 取值: {‸", ["2025-01-01"], []),
        ("口径: {取值: {2025-01-01: ‸", ["甲法", "乙法"], []),
        ("新: {期间: 月, 报表: [‸", ["奖励表"], ["奖励"]),
        ("新: {粒度: 病例, 列: [‸", ["奖励", "费用"], ["定额"]),
        ("奖励表: {粒度: 病例, 列: [奖励], 首要: [‸", ["奖励"], ["费用", "定额"]),
        ("新: {粒度: 病例, 列: [费用], 首要: [‸", ["奖励", "费用"], ["定额"]),
        ("新: {粒度: 病例, 列: [费用], 首‸", ["首要"], []),
        ("新: {主键: 号, 字段: {号: {‸", ["类型", "可空", "范围"], ["公式"]),
        ("新: {主键: 号, 字段: {号: {类型: ‸", ["文本", "→ 机构表", "倍", "元"], []),
        ("新: {主键: 号, 字段: {号: {类型: → 机‸", ["→ 机构表"], []),
        ("新: {主键: 号, 字段: {号: {类型: 是否, 默认: ‸", ["是", "否"], []),
        ("新: {粒度: 病例, 公式: 费用 > 1 ‸", ["且", "或"], ["非", "有"]),
        ("新: {粒度: 病例, 公式: 非 ‸", ["有", "费用"], ["且"]),
        ("新: {粒度: 机构病例, 公式: '合计(费用, ‸", ["当", "自"], ["每", "从大到小"]),
        ("新: {粒度: 机构病例, 公式: '计数(‸", ["病例"], []),
        ("新:\n  粒度: 机构病例\n  公式: >-\n    计数(\n      病‸", ["病例"], []),
        ("奖励: {粒度: 病例, 公式: ‸", ["费用"], ["奖励"]),
        ("新: {粒度: 病例, 公式: 级别 = ‸", ["一级"], ["费用", "较小", "是"]),
        ("新: {类别: [甲法, 丙法], 粒度: 病例, 公式: ‸", ["甲法", "丙法", "口径", "若"], ["费用"]),
        ("替换:\n  奖励: {粒度: 病例, 公式: 原‸", ["原规定"], []),
        ("替换:\n  病例‸", ["病例.费用"], []),
        ("删除: [病例.‸", ["病例.费用"], []),
        ("新: {类别: [甲法, 丙法], 粒度: 病例, 读法: {读作: {‸", ["甲法", "丙法"], []),
        ("新: {单位: 元, 取值: {‸", ["施行"], []),
        ("新: {粒度: 病例, 表: [{类型: ‸", ["门诊", "住院", "任何", "其余"], []),
        ("新: {粒度: 病例, 表: [{类型: 门诊, 依据: ‸", ["办法 第三条"], ["门诊"]),
        ("新: {粒度: 病例, 表: [{依据: 办法, 新: 1}, {依‸", ["依据"], []),
        ("新: {粒度: 病例, 表: 待定, ‸", ["列"], ["回填"]),
        ("新: {粒度: 病例, 必须: 费用 > 1, 不成立时: ‸", ["停止", "提醒"], []),
        ("新: {期间: 月, 报表: [奖励表, ‸]}", [], ["奖励表"]),
        ("新: {期间: 月, 排除: {‸", ["病例"], ["机构病例"]),
        ("奖‸励: {粒度: 病例}", [], []),
        ("可疑: {粒度: 病例, 筛查: ‸", ["费用", "奖励"], ["命中"]),
        ("新: {粒度‸: 病例}", ["粒度"], []),
    ],
)  # fmt: skip
def test_what_is_offered(city, written, has, has_not):
    found = offered(city, written)
    assert [word for word in has if word not in found] == []
    assert [word for word in has_not if word in found] == []


def test_what_a_row_can_read_comes_first_and_says_what_it_is(city):
    written = "新: {粒度: 病例, 公式: 费"
    found = complete(city, Path("规则.yaml"), written, len(written), datetime.date(2025, 6, 1))
    assert [one.label for one in found][:2] == ["费用", "机构费用"]
    own, far = found[0], found[1]
    assert (own.detail, own.kind) == ("字段 病例 元", "名称")
    assert "规则 机构病例 元" in far.detail


def test_a_value_that_must_be_added_up_says_so(city):
    written = "新: {粒度: 机构病例, 公式: 奖"
    (found,) = complete(city, Path("规则.yaml"), written, len(written), datetime.date(2025, 6, 1))
    assert found.detail == "规则 病例 元；这里要汇总或用 取(…)"


def test_keys_and_functions_bring_what_follows_them(city):
    assert offered(city, "新: {‸")["粒度"] == "粒度: "
    assert offered(city, "新: {粒度: 病例, 公式: 较‸")["较大"] == "较大("


def test_a_meaning_is_searched_too(city):
    assert list(offered(city, "新: {粒度: 病例, 公式: 每例‸")) == ["定额"]


@pytest.mark.parametrize(
    ("written", "has"),
    [
        ("例:\n  ‸", ["程序", "已知", "应得", "分情形"]),
        ("例:\n  程序: ‸", ["结算"]),
        ("例:\n  已知: {‸", ["费用", "定额", "级别"]),
        ("例:\n  已知: {级别: ‸", ["一级", "二级"]),
        ("例:\n  分情形: |\n    费用 | ‸", ["奖励", "归宿"]),
        ("例:\n  分情形: |\n    费用 | 级别 || 奖励\n    1 | ‸", ["一级", "二级", "空"]),
        ("例:\n  分情形: |\n    费用 || 归宿\n    1 || ‸", ["结算", "拒收", "排除", "挂起", "期外"]),
        ("例:\n  已知:\n    病例: [{‸", ["费用", "类型"]),
    ],
)
def test_what_is_offered_in_an_example(city, written, has):
    found = offered(city, written, "tests/例.yaml")
    assert [word for word in has if word not in found] == []


@pytest.mark.parametrize("key", ["已知", "应得", "分情形"])
def test_what_has_names_below_it_is_no_single_value(city, key):
    assert offered(city, f"例:\n  {key}: ‸", "tests/例.yaml") == {}


def test_heads_have_keywords_of_their_own(city):
    assert {"施行", "沿用", "示例"} <= set(offered(city, "名称: 市\n‸", "region.yaml"))
    assert {"题名", "原文", "不计算"} <= set(offered(city, "文件: {办法: {‸", "region.yaml"))


def test_fields_of_the_row_come_first_then_rules_on_it_then_what_it_can_read_and_short_names_before_long(city):
    found = list(offered(city, "新: {粒度: 病例, 公式: ‸"))
    places = [found.index(name) for name in ("费用", "奖励", "定额", "机构费用", "较小")]
    assert places == sorted(places) and set(found[:5]) == {"编号", "日期", "机构", "费用", "类型"}
    assert list(offered(city, "新: {粒度: 病例, 公式: 费‸"))[:2] == ["费用", "机构费用"]


def test_what_follows_is_not_written_twice(city):
    assert offered(city, "新: {粒‸: 病例}")["粒度"] == "粒度"
    assert offered(city, "新: {粒度: 病例, 公式: 较‸(费用, 1)}")["较大"] == "较大"
    assert list(offered(city, "新: {粒度: 病例, 公式: 费‸(费用, 1)}")) == []


def test_what_is_written_nearby_comes_first(city):
    found = list(offered(city, "新: {粒度: 病例, 依据: 办法 第三条}\n又: {粒度: 病例, 依据: 办‸"))
    assert found[0] in ("办法 第三条", "办法") and found.index("办法 第三条") < found.index("办法 第一条")


def test_a_unit_with_a_stroke_takes_the_place_of_all_that_is_typed(city):
    assert offered(city, "新: {单位: 元/‸") == {"元/点": "元/点"}


def test_rows_are_completed_by_their_heading(city, tmp_path):
    (tmp_path / "市").mkdir()
    for name, text in (
        ("region.yaml", HEAD), ("规则.yaml", RULES + "费率: {粒度: 病例, 单位: 倍, 表: 费率.csv}\n"),
        ("费率.csv", "类型,费率\n门诊,1\n住院,2\n"),
    ):  # fmt: skip
        (tmp_path / "市" / name).write_text(text, "utf-8")
    book = load(tmp_path / "市")
    assert set(offered(book, "编号,费‸", "示例数据/病例.csv")) == {"费用"}
    assert list(offered(book, "编号,类型\n1,住‸", "示例数据/病例.csv")) == ["住院"]
    assert {"费率", "费用", "依据"} <= set(offered(book, "类型,‸", "费率.csv"))
    assert {"住院", "任何", "定额"} <= set(offered(book, "类型,费率\n‸", "费率.csv"))
    assert list(offered(book, "别的,列\n‸", "别的.csv")) == []


def test_where_the_unit_of_the_value_has_to_come_out_names_of_that_unit_come_first(city):
    names = [
        name for name in offered(city, "新: {粒度: 病例, 单位: 元, 公式: ‸}") if name in {"费用", "编号", "可疑", "有"}
    ]
    assert names[0] == "费用"
    behind = list(offered(city, "新: {粒度: 病例, 单位: 元, 公式: 定额 − ‸}"))
    assert behind[:2] == ["费用", "奖励"]
    assert behind.index("编号") > behind.index("奖励")
    factor = list(offered(city, "新: {粒度: 病例, 公式: ‸ × 定额}"))
    assert factor.index("费用") < factor.index("编号") and factor.index("费用") < factor.index("有")
    free = list(offered(city, "新: {粒度: 病例, 公式: ‸}"))
    assert free.index("编号") < free.index("奖励") and free.index("有") < free.index("机构费用")


def test_what_is_put_together_is_of_finer_rows_before_what_the_row_itself_has(city):
    names = list(offered(city, "新: {粒度: 机构病例, 单位: 元, 公式: 合计(‸)}"))
    assert names.index("费用") < names.index("机构") and names.index("费用") < names.index("机构费用")
