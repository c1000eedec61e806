"""The page of text and rules: one file that reaches for nothing, and in which nothing from a file is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from engine.measure.compared import articles
from engine.measure.page import page_of
from tests.measure.city import HEAD, MEASURE, RULES, city

BAD = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(page: str) -> _Tags:
    tags = _Tags()
    tags.feed(page)
    return tags


def test_the_page_is_whole_and_its_links_lead_to_its_own_parts(tmp_path: Path) -> None:
    tags = parsed(page_of(articles(str(city(tmp_path)))))
    assert tags.open == []
    assert len(set(tags.ids)) == len(tags.ids)
    assert tags.links and all(link[0] == "#" and link[1:] in tags.ids for link in tags.links)


def test_no_script_and_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = page_of(articles(str(city(tmp_path))))
    tags = parsed(page)
    assert not {"script", "img", "link", "iframe", "object"} & set(tags.tags)
    assert not re.search(r"https?:|url\(|@import", page)
    assert "default-src 'none'" in page


def test_what_a_file_says_is_text(tmp_path: Path) -> None:
    rules = RULES + f"坏: {{单位: 个, 取值: {{2024-01-01: 1}}, 依据: 办法 第五条, 说明: '{BAD}', 原句: '{BAD}'}}\n"
    measure = MEASURE.replace("第五条", f"第五条 {BAD}")
    head = HEAD.replace("某市行程补贴办法", "某市<b>办法</b>").replace("目的", "<i>目的</i>")
    tags = parsed(page_of(articles(str(city(tmp_path, rules, measure, head)))))
    assert not {"script", "img", "b", "i"} & set(tags.tags)
    assert not [name for name, _ in tags.attributes if name.startswith("on")]


def test_text_and_rules_stand_side_by_side(tmp_path: Path) -> None:
    page = page_of(articles(str(city(tmp_path))))
    fourth = page[page.index("<h4>第四条") : page.index("<h4>第五条")]
    assert "残疾人乘车的，另加 50% 的补贴。" in fourth
    assert "补贴（残疾）" in fourth
    assert "规则.yaml:8" in fourth
    assert "没有规则写这一条" in page
    assert "不计算：解释权" in page


def test_a_rule_is_shown_as_it_is_written(tmp_path: Path) -> None:
    page = page_of(articles(str(city(tmp_path))))
    assert "补贴:\n  粒度: 行程\n  单位: 元\n  依据: 办法 第三条\n  分情形:\n" in page


def test_what_does_not_agree_stands_on_the_page(tmp_path: Path) -> None:
    page = page_of(articles(str(city(tmp_path, measure=MEASURE.replace("50%", "40%")))))
    assert "对不上的 1 处" in page
    assert "原文里没有了" in page
