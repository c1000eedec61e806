"""After an upgrade: what shared rules say otherwise than when the region was accepted, and how to keep the old."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import load
from engine.rulebook.versions import RECORD

BASE = """
依据: 规范 第一条
行程: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}}}
补助率: {单位: 比例, 取值: {施行: 50%}, 说明: 一半}
封顶: {单位: 元, 取值: {施行: 100}}
倍数: {单位: 倍, 取值: {施行: 1}}
补助:
  粒度: 行程
  单位: 元
  舍入: 2
  分情形:
    费用 > 封顶: {则: "较小(费用, 封顶) × 补助率", 依据: 规范 第二条}
    否则: 费用 × 补助率
没人读: {单位: 元, 取值: {施行: 1}}
"""
CITY = """
依据: 办法 第一条
替换: {倍数: {取值: {施行: 2}}}
明细: {粒度: 行程, 列: [补助]}
月结: {期间: 月, 报表: [明细]}
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    base, city = tmp_path / "rules" / "base", tmp_path / "regions" / "甲市"
    base.mkdir(parents=True)
    city.mkdir(parents=True)
    (base / "module.yaml").write_text(
        "名称: 共用\n版本:\n  1: 第一版。\n文件:\n  规范: {题名: 规范}\n", "utf-8"
    )  # fmt: skip
    (base / "规则.yaml").write_text(BASE, "utf-8")
    head = "名称: 甲市\n施行: 2025-01-01\n沿用: [base]\n文件:\n  办法: {题名: 办法}\n"
    (city / "region.yaml").write_text(head, "utf-8")
    (city / "规则.yaml").write_text(CITY, "utf-8")
    return city


def _accept(city: Path) -> str:
    done = CliRunner().invoke(main, ["check", str(city), "--accept"])
    assert done.exit_code == 0
    return done.output


def _upgrade(city: Path, *changes: tuple[str, str], version: str = "") -> None:
    base = city.parents[1] / "rules" / "base"
    text = (base / "规则.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (base / "规则.yaml").write_text(text, "utf-8")
    head = (base / "module.yaml").read_text("utf-8")
    (base / "module.yaml").write_text(head.replace("1: 第一版。\n", f"1: 第一版。\n  {version}\n"), "utf-8")


def _told(city: Path) -> list[tuple[str, str]]:
    return [(p.message, p.hint) for p in check_book(load(city)) if p.code == "W219"]


def test_nothing_is_compared_before_it_was_accepted(city: Path) -> None:
    _upgrade(city, ("50%", "60%"))
    assert _told(city) == []


def test_accepting_says_what_was_recorded_and_nothing_else_writes_it(city: Path) -> None:
    CliRunner().invoke(main, ["check", str(city)])
    assert not (city / RECORD).exists()
    assert "base 第 1 版 4 条" in _accept(city)
    assert _told(city) == []


def test_a_figure_that_changed_is_told_with_the_line_that_keeps_it(city: Path) -> None:
    _accept(city)
    _upgrade(city, ("50%", "60%"), version="2: 补助率 默认 50% → 60%。")
    ((message, cure),) = _told(city)
    assert message == "base（第 1 版 → 第 2 版）的 补助率 变了：取值 施行 50% → 60%。第 2 版：补助率 默认 50% → 60%"
    line = "替换: {补助率: {取值: {施行: 50%}}}"
    assert cure == f"要按原来的：在自己的文件夹里写 {line}；照新的：casemix check 甲市 --accept"
    (city / "原来的.yaml").write_text(f"依据: 办法 第一条\n{line}\n", "utf-8")
    assert _told(city) == []
    book = load(city)
    assert book.at(book.start).parameters["补助率"].values[-1][1].text == "50%"


def test_a_branch_that_changed_is_told_and_the_line_is_the_whole_rule(city: Path) -> None:
    _accept(city)
    _upgrade(city, ("费用 > 封顶: {则", "费用 ≥ 封顶: {则"))
    ((message, cure),) = _told(city)
    assert "base（版本没有变）的 补助 变了：分情形 费用 > 封顶 '较小(费用, 封顶) × 补助率' → （没有）" in message
    line = cure.partition("写 ")[2].partition("；照新的")[0]
    (city / "原来的.yaml").write_text(f"依据: 办法 第一条\n{line}\n", "utf-8")
    assert [p.message for p in check_book(load(city)) if p.is_error] == []
    assert _told(city) == []


def test_what_changes_no_result_is_not_told(city: Path) -> None:
    _accept(city)
    _upgrade(
        city,
        ("说明: 一半", "说明: 五成"),  # a remark
        ("倍数: {单位: 倍, 取值: {施行: 1}}", "倍数: {单位: 倍, 取值: {施行: 3}}"),  # the city has its own
        ("没人读: {单位: 元, 取值: {施行: 1}}", "没人读: {单位: 元, 取值: {施行: 2}}"),  # no program reads it
        ("依据: 规范 第二条}", "依据: 规范 第三条}"),  # an article
    )
    assert _told(city) == []


def test_an_entry_that_is_gone_is_told_beside_the_error_that_follows(city: Path) -> None:
    _accept(city)
    _upgrade(city, ("封顶: {单位: 元, 取值: {施行: 100}}\n", ""))
    assert _told(city) == [
        (
            "base（版本没有变）的 封顶 没有了，原来是 单位: 元, 取值: {施行: 100}",
            "要按原来的：在自己的文件夹里写 封顶: {单位: 元, 取值: {施行: 100}}；照新的：casemix check 甲市 --accept",
        )
    ]
    assert any(p.code == "E303" for p in check_book(load(city)))


def test_accepting_again_ends_it(city: Path) -> None:
    _accept(city)
    _upgrade(city, ("50%", "60%"))
    assert len(_told(city)) == 1
    _accept(city)
    assert _told(city) == []


def test_a_record_that_cannot_be_read_is_told(city: Path) -> None:
    (city / RECORD).write_text("[", "utf-8")
    ((message, cure),) = _told(city)
    assert "读不出来" in message and "--accept" in cure
