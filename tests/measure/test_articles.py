"""``casemix articles``: which rules state which article, and what does not agree with the text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.measure.compared import Articles, articles
from tests.measure.city import HEAD, MEASURE, RULES, city

ROOT = Path(__file__).parents[2]


def states(found: Articles) -> dict[str, str]:
    (one,) = found.compared
    return {one.outline.address(unit.part): unit.state for unit in one.units}


def amiss(folder: Path, rules: str = RULES, measure: str = MEASURE, head: str = HEAD) -> list[tuple[str, str, str]]:
    found = articles(str(city(folder, rules, measure, head)))
    return [(a.kind, a.message, a.hint) for a in found.amiss]


def test_each_article_is_stated_or_not_computed_or_none(tmp_path: Path) -> None:
    found = articles(str(city(tmp_path)))
    assert states(found) == {
        "第一条": "不计算",
        "第二条": "有规则",
        "第三条": "有规则",
        "第四条": "有规则",
        "第五条": "没有规则",
        "第六条": "不计算",
    }
    assert found.amiss == []


def test_an_article_names_its_entries_with_the_branch_and_the_part_that_they_cite(tmp_path: Path) -> None:
    (one,) = articles(str(city(tmp_path))).compared
    named = {
        one.outline.address(unit.part): [
            (stating.cited.shown, [one.outline.address(part) for part in stating.parts]) for stating in unit.stated
        ]
        for unit in one.units
    }
    assert named["第二条"] == [("行程", ["第二条"]), ("近程界值", ["第二条（一）"])]
    assert named["第三条"] == [("单价", ["第三条"]), ("补贴", ["第三条"])]
    assert named["第四条"] == [("补贴（残疾）", ["第四条"])]


def test_entries_that_cite_the_chapter_only_are_told_at_its_articles_and_state_none(tmp_path: Path) -> None:
    (one,) = articles(str(city(tmp_path, RULES + "天数: {单位: 天, 取值: {2024-01-01: 30}}\n"))).compared
    fifth = one.units[4]
    assert (fifth.state, [cited.name for cited in fifth.above]) == ("没有规则", ["天数"])


@pytest.mark.parametrize(
    ("cite", "message", "hint"),
    [
        ("第十六条", "单价 引用的 办法 第十六条，原文里没有", "最近的是 第六条"),
        ("第二条（三）", "单价 引用的 办法 第二条（三），原文里没有", "最近的是 第二条，有 （一）、（二）"),
        ("第三条（一）", "单价 引用的 办法 第三条（一），原文里没有", "没有再分项"),
        ("第三条、第九章", "单价 引用的 办法 第九章，原文里没有", "最近的是 第二章"),
        ("第三条至第十条", "单价 引用的 办法 第三条至第十条，原文里没有", "最近的是 第三条"),
        ("补贴标准表", "单价 引用的 办法 补贴标准表，原文里没有", "写条款"),
    ],
)
def test_an_article_that_the_text_has_not_is_told_with_the_nearest(
    tmp_path: Path, cite: str, message: str, hint: str
) -> None:
    quote = ', 原句: "每公里补贴 2 元……不超过 50 元"'
    rules = RULES.replace(f"依据: 办法 第三条{quote}", f"依据: 办法 {cite}")
    found = [(m, h) for kind, m, h in amiss(tmp_path, rules) if kind == "没有这一条"]
    assert [m for m, _ in found] == [message]
    assert hint in found[0][1]


def test_a_citation_at_the_head_of_a_file_is_told_once(tmp_path: Path) -> None:
    rules = RULES.replace("依据: 办法 第二章", "依据: 办法 第七章") + "\n".join(
        f"数{n}: {{单位: 个, 取值: {{2024-01-01: 1}}}}" for n in range(3)
    )
    assert [m for _, m, _ in amiss(tmp_path, rules)] == ["文件开头的 依据 引用的 办法 第七章，原文里没有"]


def test_an_article_without_rules_that_the_text_has_not_is_told(tmp_path: Path) -> None:
    found = amiss(tmp_path, head=HEAD.replace("第六条: 解释权", "第八条: 解释权"))
    assert [m for _, m, _ in found] == ["不计算 引用的 办法 第八条，原文里没有"]


def test_a_range_and_a_chapter_may_be_without_rules(tmp_path: Path) -> None:
    head = HEAD.replace("第一条: 目的\n", "第一章: 总则\n").replace("第六条: 解释权", "第五条至第六条: 程序")
    found = articles(str(city(tmp_path, head=head)))
    assert [unit.reason for unit in found.compared[0].units] == ["总则", "总则", None, None, "程序", "程序"]


@pytest.mark.parametrize(
    "measure",
    [
        MEASURE.replace("每公里补贴 2 元，", "每公里补贴２元,"),
        MEASURE.replace("另加 50% 的补贴", "“另加 50％的补贴”"),
    ],
)
def test_blanks_widths_and_quotes_are_no_change_of_wording(tmp_path: Path, measure: str) -> None:
    assert amiss(tmp_path, measure=measure) == []


def test_wording_that_changed_is_told_with_what_stands_there_now(tmp_path: Path) -> None:
    ((kind, message, hint),) = amiss(tmp_path, measure=MEASURE.replace("另加 50%", "另加 40%"))
    assert kind == "字句变了"
    assert message == "补贴（残疾） 的 原句“另加 50% 的补贴” 原文里没有了"
    assert "第四条" in hint and "40%" in hint


def test_wording_that_moved_is_told_with_where_it_is(tmp_path: Path) -> None:
    moved = MEASURE.replace("第四条 残疾人乘车的，另加 50% 的补贴。", "第四条 儿童免费。").replace(
        "第五条 补贴按月结算。", "第五条 补贴按月结算。残疾人乘车的，另加 50% 的补贴。"
    )
    ((kind, message, hint),) = amiss(tmp_path, measure=moved)
    assert kind == "字句挪了地方"
    assert message.endswith("不在 第四条，在 第五条")
    assert hint == "规则没有变，就把 依据 改成 办法 第五条"


def test_a_rule_that_a_notice_replaced_is_still_shown_at_its_article(tmp_path: Path) -> None:
    place = city(tmp_path)
    notice = place / "amendments" / "2025"
    notice.mkdir(parents=True)
    (notice / "amendment.yaml").write_text(
        "名称: 通知\n修订: jia\n施行: 2025-01-01\n文件: {通知: {题名: 通知}}\n", "utf-8"
    )
    (notice / "改.yaml").write_text("替换:\n  单价: {单位: 元, 取值: {2025-01-01: 3}, 依据: 通知 一}\n", "utf-8")
    found = articles(str(place))
    third = found.compared[0].units[2]
    assert [(s.cited.name, s.cited.replaced) for s in third.stated] == [("单价", True), ("补贴", False)]
    assert [document.name for document, _ in found.without] == ["通知"]


def test_a_text_that_is_not_at_hand_is_said_once_and_is_no_problem(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["articles", str(city(tmp_path, measure=None))])
    assert done.exit_code == 0, done.output
    assert done.output.count("没有原文，没有核对：办法（某市行程补贴办法）") == 1
    assert CliRunner().invoke(main, ["check", str(tmp_path / "regions" / "jia")]).output.count("办法") == 0


def test_the_command_lists_articles_and_ends_with_1_where_something_does_not_agree(tmp_path: Path) -> None:
    place = city(tmp_path)
    good = CliRunner().invoke(main, ["articles", str(place)])
    assert good.exit_code == 0
    assert "  第三条 单价、补贴\n" in good.output
    assert "  共 6 条：有规则 3 条，不计算 2 条，没有规则 1 条" in good.output
    only = CliRunner().invoke(main, ["articles", str(place), "--missing"])
    assert [line for line in only.output.splitlines() if line.startswith("  第")] == [
        "  第五条 没有规则：第五条 补贴按月结算。"
    ]
    (place / "原文" / "办法.txt").write_text(MEASURE.replace("50%", "40%"), "utf-8")
    bad = CliRunner().invoke(main, ["articles", str(place)])
    assert bad.exit_code == 1
    assert "字句变了" in bad.output


def test_json_says_the_same(tmp_path: Path) -> None:
    out = tmp_path / "对照.json"
    done = CliRunner().invoke(main, ["articles", str(city(tmp_path)), "--json", str(out)])
    assert done.exit_code == 0, done.output
    (document,) = json.loads(out.read_text("utf-8"))["documents"]
    assert [article["state"] for article in document["articles"]].count("有规则") == 3
    assert document["articles"][3]["entries"][0]["name"] == "补贴"
    assert document["amiss"] == []


def test_the_demonstration_city_agrees_with_its_measure_and_leaves_one_article_open() -> None:
    found = articles(str(ROOT / "regions" / "yunxi-demo"))
    assert found.amiss == []
    assert [article for article, state in states(found).items() if state == "没有规则"] == ["第十六条"]
    assert states(found)["第八条"] == "有规则"


def test_no_region_names_a_text_that_is_not_there() -> None:
    for head in sorted(ROOT.glob("r*/*/*.yaml")):
        for line in head.read_text("utf-8").splitlines():
            if line.strip().startswith("原文:"):
                assert (head.parent / line.partition(":")[2].strip()).is_file(), head
