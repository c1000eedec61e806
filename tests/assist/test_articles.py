"""What a citation says: its words where the text is at hand, and where they stand."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from engine.assist.articles import cite_at, cited
from engine.assist.hover import hover
from engine.rulebook.book import Book, load

HEAD = "名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法, 原文: 办法.txt}, 细则: {题名: 市细则}}\n"
ARTICLES = "市办法\n第一条 为了付费。\n第二条 下列病例：\n（一）门诊；\n（二）住院。\n第三条 附则。\n"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Book:
    place = tmp_path_factory.mktemp("articles") / "市"
    place.mkdir()
    (place / "region.yaml").write_text(HEAD, "utf-8")
    (place / "规则.yaml").write_text("依据: 办法 第一条\n", "utf-8")
    (place / "办法.txt").write_text(ARTICLES, "utf-8")
    return load(place)


@pytest.mark.parametrize(
    ("written", "cite"),
    [
        ("甲: {依据: 办‸法 第二条（一）, 公式: 1}", "办法 第二条（一）"),
        ("甲:\n  依据: 办法 第一条、第二条‸  # 注释\n", "办法 第一条、第二条"),
        ('甲: {依据: "办法 第‸一条"}', "办法 第一条"),
        ("依据: 办法 第三‸条\n", "办法 第三条"),
        ("甲: {原句: 办法 第‸一条}", None),
        ("甲: {依据: ‸}", None),
        ("甲: {依‸据: 办法}", None),
    ],
)
def test_the_citation_at_the_cursor(written: str, cite: str | None) -> None:
    text, offset = written.replace("‸", ""), written.index("‸")
    found = cite_at(text, offset)
    assert (found.cite if found is not None else None) == cite
    assert found is None or text[found.start : found.end] == cite


def test_a_citation_tells_the_words_of_each_of_its_articles(city: Book) -> None:
    text = "甲: {依据: 办法 第二条、第三条}\n"
    told = hover(city, Path(city.folder) / "规则.yaml", text, text.index("第二"), datetime.date(2025, 6, 1))
    assert told is not None and text[told.start : told.end] == "办法 第二条、第三条"
    assert told.lines == (
        "办法 第二条：市办法", "第二条 下列病例：", "（一）门诊；", "（二）住院。",
        "办法 第三条：市办法", "第三条 附则。",
    )  # fmt: skip


def test_where_it_stands_and_what_has_no_text(city: Book) -> None:
    found = cited(city, "办法 第二条（二）")
    assert [(one.path, one.line) for one in found] == [(Path(city.folder) / "办法.txt", 5)]
    assert [(one.title, one.path) for one in cited(city, "细则 第九条")] == [
        ("细则 第九条：市细则（原文没有录入）", None)
    ]
    assert [one.line for one in cited(city, "办法")] == [1]
    assert cited(city, "办法 第九条") == [] and cited(city, "没有的 第一条") == []
