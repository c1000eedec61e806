"""A rulebook that was found sound is not checked again by the next command of a process, unless it was changed."""

import pytest
from city import city

from engine.execute.period import parse_period
from engine.rulebook.problems import RulebookError
from engine.settle import may_run, settle

RULES = """
补贴: {粒度: 行程, 单位: 元, 公式: 运费 × 2}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""


@pytest.fixture
def checked(monkeypatch):
    """The folders of the rulebooks that were checked."""
    found, check = [], may_run.problems_of
    monkeypatch.setattr(may_run, "problems_of", lambda book: found.append(book.folder) or check(book))
    return found


def test_read_again_it_is_not_checked_again(tmp_path, checked):
    made = city(tmp_path, RULES)
    for _ in range(2):
        may_run.sound(made.book())
    assert checked == [made.region]


def test_changed_it_is(tmp_path, checked):
    made = city(tmp_path, RULES)
    may_run.sound(made.book())
    made.rules(RULES.replace("× 2", "× 没有的"))
    for _ in range(2):
        with pytest.raises(RulebookError):
            settle(made.book(), "结算", parse_period("2025"), [tmp_path / "data"], tmp_path / "out")
    assert len(checked) == 3


def test_so_it_is_where_a_notice_or_a_day_makes_it_another(tmp_path, checked):
    made = city(tmp_path, RULES)
    may_run.sound(made.book())
    made.notice("通知", "2025-03-01", "三倍: {单位: 倍, 取值: {2025-03-01: 3}}\n")
    may_run.sound(made.book())
    may_run.sound(made.book(as_of="2025-01-01"))
    may_run.sound(made.book())
    assert len(checked) == 3
