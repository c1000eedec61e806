"""Citations: every form that regions and modules write, and where it leads in a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.measure.addresses import Address, addresses_of, find
from engine.measure.cited import citations
from engine.measure.outline import Outline, outline_of
from engine.rulebook.book import load

ROOT = Path(__file__).parents[2]
REGIONS = sorted(path.parent.name for path in (ROOT / "regions").glob("*/region.yaml"))
DOCUMENTS = ("办法", "规程", "起草说明", "口径", "细则")
TEXT = """某市行程补贴办法
第一章 总则
第一条 为了补贴行程，制定本办法。
第二条 本办法所称行程，包括下列两种：（一）车行；（二）船行。
按前款办理。
第二章 补贴
第三条 补贴按下列规定计算：
（一）车行。
1.近程
（1）不足十公里；
（2）十公里以上。
2.远程
（二）船行。
第四条 指标甲由交通部门公布。
第四条 指标乙由财政部门公布。
第五条 其余按
第三条规定办理。
附件1：名单
一、甲类
"""


@pytest.fixture(scope="module")
def outline() -> Outline:
    return outline_of(enumerate(TEXT.splitlines(), 1))


@pytest.mark.parametrize(
    ("cite", "places"),
    [
        ("办法", [""]),
        ("办法 第十九条（一）2（3）", ["第十九条（一）2（3）"]),
        ("办法 第三十二条（二）、（三）", ["第三十二条（二）", "第三十二条（三）"]),
        ("办法 第十八条（一）1、2（3）", ["第十八条（一）1", "第十八条（一）2（3）"]),
        ("办法 第十七条（一）2、（二）", ["第十七条（一）2", "第十七条（二）"]),
        ("办法 第三十四条 1、2、4", ["第三十四条 1", "第三十四条 2", "第三十四条 4"]),
        ("办法 第三十四条（五）至第三十七条", ["第三十四条（五）至第三十七条"]),
        ("办法 第十七至十九条", ["第十七条至第十九条"]),
        ("办法 第二章至第七章", ["第二章至第七章"]),
        ("办法 四（三）、五（一）2", ["四（三）", "五（一）2"]),
        ("办法 三至五", ["三至五"]),
        ("办法 第八条第二款第（三）项", ["第八条第二款（三）"]),
        ("办法 第八条之一", ["第八条之一"]),
        ("办法 第十五条（权重分值）、第四十条", ["第十五条（权重分值）", "第四十条"]),
        ("起草说明 三（第五章至第七章）、四（一）", ["三（第五章至第七章）", "四（一）"]),
        ("口径 医疗机构系数", ["医疗机构系数"]),
    ],
)
def test_a_citation_is_read(cite: str, places: list[str]) -> None:
    assert [address.text for address in addresses_of(cite, DOCUMENTS)] == places


def test_a_citation_may_name_two_documents() -> None:
    found = addresses_of("起草说明 三（第七章）、规程 第二十五条", DOCUMENTS)
    assert [(address.document, address.text) for address in found] == [
        ("起草说明", "三（第七章）"),
        ("规程", "第二十五条"),
    ]


def test_an_unknown_document_leads_nowhere() -> None:
    assert addresses_of("规定 第八条", DOCUMENTS) == []


@pytest.mark.parametrize(
    ("cite", "found"),
    [
        ("第三条", ["第三条"]),
        ("第三条（一）1（2）", ["第三条（一）1（2）"]),
        ("第三条（一）2", ["第三条（一）2"]),
        ("第三条（三）", []),
        ("第三条（一）3", []),
        ("第六条", []),
        ("第二条（二）", ["第二条"]),  # within the paragraph
        ("第二条（三）", []),
        ("第二条第二款", ["第二条第二款"]),
        ("第二条第一款", ["第二条"]),
        ("第二条第三款", []),
        ("第二章", ["第二章"]),
        ("第四条（指标乙）", ["第四条"]),
        ("附件1", ["附件1"]),
    ],
)
def test_an_address_is_found_or_not(outline: Outline, cite: str, found: list[str]) -> None:
    (address,) = addresses_of(f"办法 {cite}", DOCUMENTS)
    assert [outline.address(part) for part in find(outline, address)] == found


def test_articles_counted_twice_are_told_apart_by_what_stands_in_brackets(outline: Outline) -> None:
    one, other = (find(outline, addresses_of(f"办法 第四条（指标{w}）", DOCUMENTS)[0])[0] for w in "甲乙")
    assert ("指标甲" in one.text, "指标乙" in other.text) == (True, True)


def test_a_range_has_all_between(outline: Outline) -> None:
    (address,) = addresses_of("办法 第一条至第三条", DOCUMENTS)
    assert [outline.address(part) for part in find(outline, address)] == ["第一条", "第二条", "第三条"]


def test_a_line_that_begins_with_an_earlier_article_is_no_article(outline: Outline) -> None:
    assert [part.number for part in outline.units] == [1, 2, 3, 4, 4, 5]


def test_a_text_without_articles_is_counted_by_its_sections() -> None:
    text = "一、目的\n为了…\n二、任务\n（一）甲\n（二）乙\n1.丙\n"
    outline = outline_of(enumerate(text.splitlines(), 1))
    assert [outline.address(part) for part in outline.units] == ["一", "二（一）", "二（二）"]
    assert outline.address(outline.parts[-1]) == "二（二）1"


@pytest.mark.parametrize("region", REGIONS)
def test_every_citation_of_the_shipped_regions_is_an_address(region: str) -> None:
    book = load(ROOT / "regions" / region)
    documents = {name for layer in book.layers for name in layer.documents}
    odd = set()
    for cited in citations(book, book.at(book.epochs[-1])):
        found = addresses_of(cited.cite, documents)
        assert found, cited.cite
        odd |= {address for address in found if address.heading}
    assert all(address.document.endswith("口径") for address in odd), odd


def test_addresses_are_written_as_they_were_read() -> None:
    for cite in ("第十九条（一）2（3）", "四（三）", "第三十四条 1", "第八条之一", "第二章"):
        (address,) = addresses_of(f"办法 {cite}", DOCUMENTS)
        assert isinstance(address, Address)
        assert address.text == cite
