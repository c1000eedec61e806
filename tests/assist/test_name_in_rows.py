"""In a CSV file: the name at the cursor, and what it is."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from engine.assist.find import name_in_rows
from engine.assist.hover import hover
from engine.rulebook.book import Book, load

DAY = datetime.date(2025, 6, 1)
RULES = """\
依据: 办法 第一条
航次:
  主键: 航次号
  归期: 日
  字段: {航次号: 文本, 渡口: → 渡口, 日: 日期, 人数: {类型: 人, 范围: ≥ 0}}
渡口: {主键: 渡口, 字段: {渡口: 文本, 等: {类型: [甲, 乙]}, 满员数: 人}, 行: 表/渡口.csv}
满员: {单位: 人, 取值: {2025-01-01: 40}, 说明: 一船最多}
档: {粒度: 航次, 单位: 倍, 表: 表/档.csv}
表一: {粒度: 航次, 列: [档, 等]}
算: {期间: 月, 报表: [表一]}
"""
FILES = {
    "region.yaml": "名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n",
    "规则.yaml": RULES,
    "表/渡口.csv": "渡口,等,满员数\n东,甲,40\n",
    "表/档.csv": '人数,说明,档\n≤ 满员,满员 以内,1\n"> 满员",,2\n',
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Book:
    place = tmp_path_factory.mktemp("headings") / "市"
    for name, text in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    return load(place)


@pytest.mark.parametrize(
    ("file", "near", "name"),
    [
        ("表/渡口.csv", "满员数", "满员数"),
        ("表/档.csv", "人数", "人数"),
        ("表/档.csv", "满员,满", "满员"),
        ("表/档.csv", '满员"', "满员"),
        ("表/档.csv", "满员 以内", None),
        ("表/渡口.csv", "甲", None),
    ],
)
def test_the_name_at_the_cursor_and_what_it_is(city: Book, file: str, near: str, name: str | None) -> None:
    path, text = city.folder / file, FILES[file]
    use = name_in_rows(city, path, text, text.index(near) + 1)
    told = hover(city, path, text, text.index(near) + 1, DAY)
    assert (use.name if use is not None else None) == name
    is_class = (file, near) == ("表/渡口.csv", "甲")
    assert (told.lines[0].split("：")[0] if told is not None else None) == (near if is_class else name)


def test_a_name_of_a_heading_may_be_read_from_its_first_and_last_sign(city: Book) -> None:
    path, text = city.folder / "表/渡口.csv", FILES["表/渡口.csv"]
    begun = text.index("满员数")
    found = [name_in_rows(city, Path(path), text, begun + shift) for shift in (0, 3)]
    assert [(use.start, use.end) for use in found if use is not None] == [(begun, begun + 3)] * 2
