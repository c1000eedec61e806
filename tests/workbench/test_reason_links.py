"""Where a line of reasons leads to, and what it says of a condition that asks for nothing to be there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.explain.steps import Step, Tried
from engine.workbench.page import address_of
from engine.workbench.shows.rule_links import RuleLinks


@pytest.fixture
def links(tmp_path: Path) -> RuleLinks:
    here: Any = SimpleNamespace(
        place=SimpleNamespace(folder=tmp_path), region="云溪",
        address=lambda page, **asked: address_of(page, "云溪", **asked),
    )  # fmt: skip
    return RuleLinks(here, None)


def test_a_value_of_an_earlier_result_leads_to_its_reasons_there(links: RuleLinks, tmp_path: Path) -> None:
    step = Step("上期(点值)", "call", "基金池", "职工", "1.5")
    assert links.earlier(step) == ""
    step.of_result = str(tmp_path / "结果" / "二月"), "基金池", "职工，本地"
    there = urlsplit(links.earlier(step))
    assert parse_qs(there.query) == {"result": ["结果/二月"], "grain": ["基金池"], "key": ["职工，本地"]}
    step.of_result = "/别处/二月", "基金池", "职工"
    assert links.earlier(step) == ""


def test_a_condition_that_asks_for_absence_is_told_by_what_is_there() -> None:
    assert Tried("没有 费用倍率", "没有 0.63", False, "它是 0.63").said == "不适用：要求 没有 费用倍率；它是 0.63"
    assert Tried("没有 费用倍率", "没有 （空）", True).said == "适用：没有 费用倍率（没有 （空））"
