"""What an editor asks while rules are written, asked from Python of a session whose texts are not saved."""

from __future__ import annotations

import datetime

import pytest

from engine import api
from engine.rulebook.problems import RulebookError

RULES = """\
依据: 办法 第一条
病例: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}
定额: {单位: 元, 取值: {2025-01-01: 500, 2026-01-01: 600}, 说明: 每例最多}
奖励: {粒度: 病例, 单位: 元, 公式: "较小(费用, 定额)"}
奖励表: {粒度: 病例, 列: [奖励]}
结算: {期间: 月, 报表: [奖励表]}
"""


@pytest.fixture
def session(tmp_path):
    (tmp_path / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (tmp_path / "规则.yaml").write_text(RULES, "utf-8")
    return api.Session(tmp_path)


def test_what_is_written_to_the_session_and_what_is_only_typed_can_be_completed_and_told_of(session):
    typed = RULES + "新: {粒度: 病例, 公式: 定"
    assert [one.insert for one in api.completions(session, "规则.yaml", len(typed), typed)][:1] == ["定额"]
    told = api.hover(session, "规则.yaml", RULES.index("定额)"), day=datetime.date(2026, 2, 1))
    assert (
        told is not None
        and RULES[told.start : told.end] == "定额"
        and "现在的数：600（自 2026-01-01 起）" in told.lines
    )
    assert api.hover(session, "规则.yaml", len(RULES)) is None
    session.write("规则.yaml", RULES.replace("定额", "限额"))
    assert [one.line for one in api.definitions(session, "限额")] == [3]
    assert [one.line for one in api.references(session, "限额")] == [3, 4]
    assert api.references(session, "定额") == []


def test_what_mends_a_problem_is_offered_and_the_session_stays_as_it_is(session):
    wrong = RULES.replace("定额)", "定颔)")
    session.write("规则.yaml", wrong)
    (problem,) = [one for one in session.problems() if one.is_error]
    fix = api.fixes(session, problem)[0]
    assert (fix.title, fix.applied(wrong)) == ("改成 定额", RULES)
    assert problem in session.problems()
    session.write("规则.yaml", fix.applied(wrong))
    assert session.problems() == []


def test_a_region_that_cannot_be_read_is_told_as_such(session):
    session.write("region.yaml", None)
    with pytest.raises(RulebookError):
        api.completions(session, "规则.yaml", 0)
