"""A region that stays open says after each edit what a fresh check of the same files would say."""

import pytest

from engine.check import all as checks
from engine.rulebook.problems import RulebookError
from engine.session import Session
from tests.check import checked_city
from tests.session.random_edits import Edits, as_told, fresh

RULES = """\
单价: {单位: 元, 取值: {施行: 10, 2025-07-01: 12}, 限: ≥ 5, 依据: 办法 第二条}
倍数: {单位: 倍, 取值: {施行: 2}}
路程: {粒度: 行程, 公式: 里程 × 单价, 舍入: 2, 单位: 元}
加价:
  粒度: 行程
  按: 等级
  分情形: {甲等: 路程 × 倍数, 乙等: 路程}
  舍入: 2
系数: {粒度: 行程, 表: 系数.csv}
应付: {粒度: 行程, 公式: 加价 × 系数 - 折旧, 舍入: 2, 单位: 元}
贵的: {粒度: 行程, 公式: 应付 > 100}
贵的行程: {行: 行程, 条件: 贵的}
车队里程: {粒度: 车队表, 公式: 合计(里程), 单位: 无}
价目: {主键: 等级号, 字段: {等级号: 文本, 价: 元}, 行: 价目.csv}
里程为正: {粒度: 行程, 拒收: 里程 < 0}
付清: {粒度: 行程, 必须: 应付 ≥ 0}
行程表: {粒度: 行程, 列: {编号: 编号, 应付: 应付}}
贵的行程表: {粒度: 贵的行程, 列: {编号: 编号, 应付: 应付}}
月结: {期间: 月, 报表: [行程表, 贵的行程表], 排除: {行程: [免费]}}
免费: {粒度: 行程, 公式: 里程 = 0}
"""
EXAMPLE = "加倍:\n  程序: 月结\n  期间: 2025-03\n  已知: {里程: 3}\n  应得: {路程: 30}\n"
NOTICE = "名称: 调价\n修订: city\n施行: 2025-04-01\n文件: {通知: {题名: 调价通知}}\n"
CHANGED = "依据: 通知 一\n替换:\n  倍数: {单位: 倍, 取值: {施行: 3}}\n"


@pytest.fixture()
def city(tmp_path):
    folder = tmp_path / "city"
    texts = {
        "系数.csv": "等级,系数\n甲等,1.5\n乙等,1\n", "价目.csv": "等级号,价\n1,2.00\n", "tests/例子.yaml": EXAMPLE,
        "amendments/2025/amendment.yaml": NOTICE, "amendments/2025/改.yaml": CHANGED,
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    checked_city.written(folder, RULES)
    return folder


@pytest.fixture()
def looked_at(monkeypatch):
    """The names that a check of entries has looked at."""
    found: set[str] = set()

    def watched(context):
        if context.program is not None:
            found.update(context.names)

    monkeypatch.setattr(checks, "CHECKS_OF_ENTRIES", (*checks.CHECKS_OF_ENTRIES, watched))
    monkeypatch.setattr(checks, "ENTRY_BY_ENTRY", checks.ENTRY_BY_ENTRY | {watched})
    return found


def same_as_fresh(session):
    assert as_told(session.problems()) == as_told(fresh(session.folder, session.files))


def test_the_first_look_is_a_whole_check(city):
    session = Session(city)
    same_as_fresh(session)
    assert session.book.at(session.book.epochs[-1]).parameters["单价"]


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))])
def test_random_edits_of_a_city_are_told_as_a_fresh_check_tells_them(city, seed):
    for path, said, right in Edits(city, seed).compared(25):
        assert said == right, path


@pytest.mark.slow
@pytest.mark.parametrize(("region", "edits"), [("jiyuan", 20), ("xuancheng", 20), ("liuzhou", 10)])
def test_random_edits_of_a_real_region_are_told_as_a_fresh_check_tells_them(region, edits):
    for path, said, right in Edits(region, 1).compared(edits):
        assert said == right, path


def rules(city):
    return (city / "rules.yaml").read_text("utf-8")


def test_an_edit_is_told_before_it_is_saved_and_forgotten_with_its_buffer(city):
    session = Session(city)
    before = as_told(session.problems())
    session.write("rules.yaml", rules(city).replace("里程 × 单价", "里数 × 单价"))
    assert "E303" in [problem.code for problem in session.problems()]
    same_as_fresh(session)
    session.forget("rules.yaml")
    assert as_told(session.problems()) == before


def test_a_file_that_somebody_else_saved_is_read_again(city):
    session = Session(city)
    session.problems()
    (city / "rules.yaml").write_text(rules(city).replace("里程 × 单价", "里数 × 单价"), "utf-8")
    assert "E303" in [problem.code for problem in session.problems()]
    (city / "new.yaml").write_text("里数: {粒度: 行程, 公式: 里程}\n", "utf-8")
    same_as_fresh(session)
    (city / "系数.csv").write_text("等级,系数\n甲等,1.5\n", "utf-8")
    assert "E701" in [problem.code for problem in session.problems()]
    same_as_fresh(session)


def test_lines_that_move_are_told_where_they_stand_now(city):
    session = Session(city)
    text = rules(city).replace("里程 × 单价", "里数 × 单价")
    session.write("rules.yaml", text)
    (first,) = [problem for problem in session.problems() if problem.code == "E303"]
    session.write("rules.yaml", "# 上面多一行\n" + text)
    (second,) = [problem for problem in session.problems() if problem.code == "E303"]
    assert second.place.line == first.place.line + 1
    same_as_fresh(session)


def test_a_file_that_is_no_yaml_for_a_while_costs_nothing_that_was_known(city):
    session = Session(city)
    session.problems()
    session.write("rules.yaml", rules(city) + "坏: [")
    assert "I101" in [problem.code for problem in session.problems()]
    same_as_fresh(session)
    session.write("rules.yaml", rules(city).replace("加价 × 系数", "加价 ÷ 系数"))
    same_as_fresh(session)


def test_what_is_known_stays_while_a_file_cannot_be_read(city):
    session = Session(city)
    text = rules(city)
    whole = session.book
    assert session.known is whole
    session.write("rules.yaml", text + "新的: {公式: 路")
    assert any(problem.code == "I101" for problem in session.problems())
    assert "路程" not in session.book.at(whole.start).rules
    assert session.known is whole and "路程" in session.known.at(whole.start).rules
    session.write("rules.yaml", text + "新的: {粒度: 行程, 公式: 路程, 单位: 元, 备查: 是}\n")
    session.problems()
    assert session.known is session.book and "新的" in session.known.at(whole.start).rules


def test_a_region_without_its_head_says_so_and_comes_back(city):
    session = Session(city)
    session.write("region.yaml", None)
    assert [problem.code for problem in session.problems()] == ["E201"]
    with pytest.raises(RulebookError):
        _ = session.book
    session.forget("region.yaml")
    same_as_fresh(session)


def test_nothing_is_read_twice_where_nothing_changed(city, monkeypatch):
    session = Session(city)
    session.problems()
    book = session.book
    monkeypatch.setattr("engine.session.session.load", None)
    session.problems()
    assert session.book is book


def test_only_what_changed_and_its_readers_are_looked_at_again(city, looked_at):
    session = Session(city)
    session.problems()
    looked_at.clear()
    session.write("rules.yaml", rules(city).replace("应付 > 100", "应付 > 200"))
    session.problems()
    assert {"贵的", "贵的行程", "贵的行程表"} <= looked_at
    assert not {"路程", "加价", "系数", "里程为正", "免费"} & looked_at


def test_a_rule_that_is_new_or_gone_is_looked_at_with_those_that_mention_it_and_no_others(city, looked_at):
    session = Session(city)
    session.problems()
    new = "优惠: {粒度: 行程, 公式: 里程 × 2}\n"
    reads_it = rules(city).replace("应付 > 100", "应付 > 优惠")
    texts = [rules(city) + new, rules(city), reads_it, reads_it + new, reads_it]
    for text, readers in zip(texts, [False, False, True, True, True], strict=True):
        looked_at.clear()
        session.write("rules.yaml", text)
        session.problems()
        assert ("贵的" in looked_at) is readers
        assert not {"路程", "加价", "系数"} & looked_at
        same_as_fresh(session)


def test_what_a_program_reads_as_delivered_is_not_looked_at_for_the_rule_of_that_name(city, looked_at):
    rule = "底数: {粒度: 车辆, 单位: 元, 公式: 单价 × 2}\n折旧: {粒度: 车辆, 单位: 元, 舍入: 2, 公式: 底数 × 2}\n"
    measured = "折旧表: {粒度: 车辆, 列: [折旧]}\n基准: {期间: 年, 测算: [折旧], 报表: [折旧表]}\n"
    session = Session(city)
    session.write("rules.yaml", rules(city) + rule + measured)
    session.problems()
    looked_at.clear()
    session.write("rules.yaml", rules(city) + rule.replace("单价", "单佳") + measured)
    assert "E303" in [problem.code for problem in session.problems()]
    assert "折旧" in looked_at and not {"应付", "贵的"} & looked_at
    same_as_fresh(session)


def test_a_new_name_or_another_type_is_looked_at_everywhere(city):
    session = Session(city)
    session.problems()
    for old, new in [
        ("倍数:", "倍率:"), ("单位: 倍,", "单位: 元,"), ("等级: [甲等, 乙等]", "等级: [甲等, 乙等, 丙等]"),
        ("折旧: 元", "折旧: {类型: 元, 可空: 是}"), ("排除: {行程: [免费]}", "排除: {}"), ("里程 = 0", "折旧 = 0"),
        ("贵的: {粒度: 行程", "贵的: {粒度: 车辆"), ("报表: [行程表,", "报表: ["), ("施行: 10", "施行: 4"),
        ("2025-07-01: 12", "2025-08-01: 12"),
    ]:  # fmt: skip
        assert old in rules(city)
        session.write("rules.yaml", rules(city).replace(old, new))
        same_as_fresh(session)
        session.forget("rules.yaml")
        same_as_fresh(session)


def test_two_equal_formulas_are_told_each_in_its_own_columns(city):
    text = rules(city) + "一: {粒度: 行程, 公式: 折旧 × 37}\n二: {粒度: 行程, 公式: 折旧  ×  37}\n"
    session = Session(city)
    session.write("rules.yaml", text)
    found = [problem.place.column for problem in session.problems() if problem.code == "W901"]
    assert len(found) == 2 and found[1] == found[0] + 2
    session.write("rules.yaml", text.replace("一: {粒度: 行程, 公式: 折旧 × 37}", "一: {粒度: 行程, 公式: 折旧}"))
    same_as_fresh(session)
