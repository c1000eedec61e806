"""Where a name is made and used, and a name changed everywhere at once: rules, notices, CSV headings, examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.assist.find import definitions, found_in, name_at
from engine.assist.rename import NotRenamed, rename
from engine.assist.uses import uses_in
from engine.check import check_book
from engine.cli import main
from engine.files.named_files import DISK, Buffers
from engine.rulebook.book import load
from engine.rulebook.locate import Located
from engine.session import Session
from engine.testing.runner import run_tests

SHARED = """\
依据: 规程 第一条
行程:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 车队: 文本, 里程: {类型: 数, 范围: ≥ 0}, 种类: {类型: [长途, 短途]}}
单价: {单位: 元, 状态: 待定, 依据: 规程 第二条}
"""
RULES = """\
依据: 办法 第一条
车队: {主键: 车队, 字段: {车队: 文本, 等级: {类型: [里程, 一般]}}, 行: tables/车队.csv}
起步价: {单位: 元, 取值: {2025-01-01: 8}, 限: ≤ 最高价}
最高价: {单位: 元, 取值: {2025-01-01: 20}}
替换:
  单价: {单位: 元, 取值: {2025-01-01: 3}, 依据: 办法 第二条}
远程: {粒度: 行程, 公式: 里程 > 3 且 种类 = 长途}
远程行程: {行: 行程, 条件: 远程}
# 起步价 写在注释里
车费:
  粒度: 行程
  单位: 元
  舍入: 2
  说明: 不足起步价的按起步价
  分情形:
    远程: 起步价 + 里程 × 单价
    等级 = 里程: "较大(起步价, 里程 × 单价)"
    否则: >-
      起步价 ×
      2
折扣:
  粒度: 行程
  单位: 倍
  表:
    - {种类: 长途, 车费: "≤ 起步价", 折扣: 1}
    - {种类: 短途, 车费: "≤ 起步价", 折扣: 1}
    - {种类: 任何, 车费: "> 起步价", 折扣: 0.9}
实收: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 车费 × 折扣}
车队合计: {粒度: 车队, 单位: 元, 公式: "合计(实收, 自 行程, 当 种类 = 长途)"}
车费表: {粒度: 行程, 列: {车费: 车费（元）, 实收: 实收}, 首要: [车费]}
合计表: {粒度: 车队, 列: [车队合计]}
结算: {期间: 月, 需要: {行程: [车费]}, 报表: [车费表, 合计表]}
"""
EXAMPLE = """\
一例:
  程序: 结算
  期间: 2025-03
  已知: {里程: 10, 种类: 长途, 等级: 一般}
  应得: {车费: 38, 实收: 34.2}
几例:
  程序: 结算
  期间: 2025-03
  已知: {起步价: 10}
  分情形: |
    里程 | 种类 | 等级 || 车费
    1    | 短途 | 一般 || 20
"""
NOTICE = "依据: 通知 第一条\n替换:\n  起步价: {单位: 元, 取值: {施行: 9}}\n"


@pytest.fixture
def city(tmp_path):
    def put(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    put("rules/出行/module.yaml", "名称: 出行\n文件: {规程: {题名: 规程}}\n")
    put("rules/出行/表.yaml", SHARED)
    put("regions/市/region.yaml", "名称: 市\n沿用: [出行]\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n")
    put("regions/市/规则.yaml", RULES)
    put("regions/市/tables/车队.csv", "车队,等级\nA,里程\n")
    put("regions/市/tests/例.yaml", EXAMPLE)
    put("regions/市/amendments/通知/amendment.yaml",
        "名称: 通知\n修订: 市\n施行: 2025-07-01\n文件: {通知: {题名: 通知}}\n")  # fmt: skip
    put("regions/市/amendments/通知/改.yaml", NOTICE)
    put("regions/县/region.yaml", "名称: 县\n沿用: [市]\n施行: 2025-01-01\n文件: {县办法: {题名: 县办法}}\n")
    put("regions/县/改.yaml", "依据: 县办法 第一条\n替换:\n  起步价: {单位: 元, 取值: {2025-01-01: 7}}\n")
    return tmp_path / "regions" / "市"


def book_of(folder: Path, files=DISK):
    book = load(Located(folder, None), files)
    assert [str(problem) for problem in check_book(book) if problem.is_error] == []
    return book


def test_a_name_is_found_where_it_is_made_and_used_and_nowhere_else(city):
    found = found_in(book_of(city), "起步价")
    lines = [
        number for number, line in enumerate(RULES.split("\n"), 1)
        if "起步价" in line and not line.lstrip().startswith(("#", "说明"))
    ]  # fmt: skip
    assert [(one.path.name, one.line) for one in found] == [
        ("例.yaml", 9), *(("规则.yaml", line) for line in lines), ("改.yaml", 3)
    ]  # fmt: skip
    assert [one.role for one in found if one.role != "used"] == ["made", "replaced"]
    for one in found:
        assert one.path.read_text("utf-8")[one.start : one.end] == "起步价"


def test_a_class_of_the_same_word_is_no_name(city):
    lines = [one.line for one in found_in(book_of(city), "里程") if one.path.name == "规则.yaml"]
    wanted = [n for n, line in enumerate(RULES.split("\n"), 1) if "里程 >" in line or "里程 ×" in line]
    assert lines == wanted


def test_headings_of_files_and_small_tables_name_fields(city):
    found = {(one.path.name, one.line, one.role) for one in found_in(book_of(city), "等级")}
    assert {
        ("车队.csv", 1, "heading"),
        ("规则.yaml", 2, "made"),
        ("例.yaml", 11, "used"),
        ("例.yaml", 4, "used"),
    } <= found


def test_the_definition_in_force_comes_first(city):
    book = book_of(city)
    assert [(one.path.name, one.line) for one in definitions(book, "起步价")] == [("改.yaml", 3), ("规则.yaml", 3)]
    assert [(one.path.parent.name, one.line) for one in definitions(book, "单价")] == [("市", 6), ("出行", 6)]


def test_the_name_at_the_cursor():
    at = RULES.index("起步价 + 里程") + 2
    use = name_at(RULES, at)
    assert use is not None and (use.name, RULES[use.start : use.end]) == ("起步价", "起步价")
    assert name_at(RULES, RULES.index("不足起步价") + 3) is None
    assert name_at(RULES, RULES.index("# 起步价") + 3) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["起步价", "车费", "等级", "远程行程", "折扣", "结算", "车费表", "车队合计", "最高价"])
def test_a_name_is_changed_everywhere_and_the_rules_say_the_same(city, name):
    book = book_of(city)
    before = [(one.name, one.passed) for one in run_tests(book)]
    assert before and all(passed for _, passed in before)
    done = rename(Session(city), name, "新名")
    changed = Buffers({path: text.encode() for path, text in done.texts.items()}, DISK)
    assert done.places >= 1
    for folder in (city, city.parent / "县"):
        renamed = book_of(folder, changed)
        assert found_in(renamed, name) == []
    assert [(one.name, one.passed) for one in run_tests(load(Located(city, None), changed))] == before
    assert all("新名" in text for text in done.texts.values())


def test_regions_that_build_on_it_are_changed_too(city):
    done = rename(Session(city), "起步价", "起价")
    assert city.parent / "县" / "改.yaml" in {path.resolve() for path in done.texts} | set(done.texts)
    assert "  起价: {单位: 元" in next(text for path, text in done.texts.items() if path.parent.name == "县")
    assert "# 起步价 写在注释里" in done.texts[city / "规则.yaml"]
    assert "不足起步价的按起步价" in done.texts[city / "规则.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("单价", "每公里", "单价 是沿用来的，在 出行 里写着，别的地区也用它"),
        ("行程", "车次", "沿用来的"),
        ("车费", "实收", "实收 已经是一个名字"),
        ("车费", "两 字", "不能作名字"),
        ("车费", "否则", "不能作名字"),
        ("车费", "较大", "较大 不能作名字：公式里是函数"),
        ("车费", "依据", "依据 不能作名字：是关键字"),
        ("车费", "短途", "短途 在 市 里已经是一个类别"),
        ("车费", "费" * 41, "不能作名字：超过 40 个字"),
        ("没有的", "新名", "不是这里写的名字"),
    ],
)
def test_what_cannot_be_renamed_says_why(city, old, new, said):
    with pytest.raises(NotRenamed) as refused:
        rename(Session(city), old, new)
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("old", "at", "was", "written"),
    [
        ("单价", "市/规则.yaml:6", "  单价: {单位: 元,", "  单价: {又名: 俗名, 单位: 元,"),
        ("里程", "出行/表.yaml:5", "里程: {类型: 数,", "里程: {又名: 俗名, 类型: 数,"),
        ("行程", "出行/表.yaml:2", "行程:\n", "行程:\n  又名: 俗名\n"),
    ],
)
def test_what_is_shared_gets_another_name_where_the_refusal_says(city, old, at, was, written):
    hints = city.parents[1] / "rules" / "出行" / "合成.yaml"
    hints.write_text("行程: {合成: {字段: {里程: {整数: 1~9}}}}\n", "utf-8")
    with pytest.raises(NotRenamed) as refused:
        rename(Session(city), old, "俗名")
    assert f"{at} 的 {old} 这一条写 又名: 俗名，就查得到" in refused.value.hint
    path = next(path for path in city.parents[1].rglob("*.yaml") if f"{path.parent.name}/{path.name}" == at[:-2])
    path.write_text(path.read_text("utf-8").replace(was, written), "utf-8")
    assert book_of(city).at(book_of(city).epochs[-1]).also_called == {"俗名": old}


@pytest.mark.parametrize(("new", "said"), [("两 字", "两 字 不能作名字：含空格"), ("车费", "单价 是沿用来的")])
def test_a_name_that_cannot_be_one_is_not_proposed_as_another_name(city, new, said):
    with pytest.raises(NotRenamed) as refused:
        rename(Session(city), "单价", new)
    assert said in refused.value.message and "又名" not in refused.value.hint


def test_another_name_of_the_entry_is_no_new_one_until_it_is_taken_out(city):
    rules = city / "规则.yaml"
    rules.write_text(RULES.replace("最高价: {单位: 元,", "最高价: {单位: 元, 又名: [封顶价, 最高收费],"), "utf-8")
    with pytest.raises(NotRenamed, match="封顶价 已经是 最高价 的 又名") as refused:
        rename(Session(city), "最高价", "封顶价")
    assert refused.value.hint == "先把 封顶价 从 又名 里删去，再改名"
    with pytest.raises(NotRenamed, match="封顶价 已经是 最高价 的 又名"):
        rename(Session(city), "起步价", "封顶价")


@pytest.mark.parametrize("written", ["编号 属于 A1、A2", "编号 = 编号 且 新价 > 0"])
def test_a_name_that_a_formula_writes_already_with_another_meaning_is_refused(city, written):
    rules = city / "规则.yaml"
    new = "A1" if "A1" in written else "新价"
    rules.write_text(rules.read_text("utf-8") + f"挑: {{粒度: 行程, 备查: 是, 公式: {written}}}\n", "utf-8")
    with pytest.raises(NotRenamed, match=f"挑 里已经写着 {new}"):
        rename(Session(city), "起步价", new)


def test_a_name_of_a_shared_module_is_changed_in_the_regions_that_stand_on_it(city):
    module = city.parent.parent / "rules" / "出行"
    done = rename(Session(module), "单价", "每公里")
    assert {path.name for path in done.texts} == {"表.yaml", "规则.yaml"}
    changed = Buffers({path: text.encode() for path, text in done.texts.items()}, DISK)
    assert found_in(book_of(city, changed), "单价") == []


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "县/改.yaml",
            "替换:\n  起步价: {单位: 元, 取值: [\n",
            "县/改.yaml 读不出来，不知道里面的 起步价 要不要跟着改",
        ),
        ("市/另.yaml", "另: {粒度: 行程, 公式: 起步价\n", "市/另.yaml 读不出来"),
        ("县/region.yaml", "名称: [\n", "县/region.yaml 读不出来"),
    ],
)
def test_a_name_is_not_changed_past_a_file_that_cannot_be_read(city, file, text, said):
    (city.parent / file).write_text(text, "utf-8")
    with pytest.raises(NotRenamed) as refused:
        rename(Session(city), "起步价", "起价")
    assert said in refused.value.message


def test_headings_as_they_were_published_stay_and_what_says_their_fields_changes(city):
    (city / "价.csv").write_text("级别,价\n甲,1\n", "utf-8")
    (city / "宽.csv").write_text("级别,甲价,乙价\n一,1,2\n", "utf-8")
    (city / "价.yaml").write_text(
        "依据: 办法 第三条\n"
        "价目: {主键: 级, 字段: {级: 文本, 价: 元}, 行: {文件: 价.csv, 列: {级: 级别, 价: 价}}}\n"
        "宽表: {主键: [层, 种], 字段: {层: 文本, 种: 文本, 宽价: 元}, 行: {文件: 宽.csv, "
        "展开: [{种: 甲, 列: {层: 级别, 宽价: 甲价}}, {种: 乙, 列: {层: 级别, 宽价: 乙价}}]}}\n", "utf-8",
    )  # fmt: skip
    book_of(city)
    for name, places in (("价", 2), ("级", 3), ("宽价", 3), ("层", 4), ("种", 4)):
        done = rename(Session(city), name, "新名")
        assert (done.places, {path.name for path in done.texts}) == (places, {"价.yaml"})
        book_of(city, Buffers({path: text.encode() for path, text in done.texts.items()}, DISK))


def test_a_name_is_not_changed_past_a_formula_that_cannot_be_read(city):
    (city / "另.yaml").write_text("依据: 办法 第三条\n另: {粒度: 行程, 公式: 起步价 + + 里程}\n", "utf-8")
    with pytest.raises(NotRenamed) as refused:
        rename(Session(city), "起步价", "起价")
    assert "另.yaml:2" in refused.value.message and "（E301），那里也写着 起步价" in refused.value.message


def test_nothing_is_found_in_what_is_no_yaml():
    assert list(uses_in("甲: {乙")) == []


def test_texts_for_people_that_go_on_mentioning_the_name_are_listed_and_left(city):
    (city / "README.md").write_text("起步价 写在办法里\n\n起步价格 是另一个词，远程行程 也在\n", "utf-8")
    done = rename(Session(city), "起步价", "起价")
    told = [(one.path.name, one.line, one.where) for one in done.left]
    number = {line: n for n, line in enumerate(RULES.split("\n"), 1)}
    assert told == [
        ("README.md", 1, "正文"), ("README.md", 3, "正文"), ("规则.yaml", number["# 起步价 写在注释里"], "注释"),
        ("规则.yaml", number["  说明: 不足起步价的按起步价"], "说明"),
    ]  # fmt: skip
    assert [one.line for one in rename(Session(city), "远程", "很远").left] == []  # 远程行程 is another name
    title = [(one.where, one.text) for one in rename(Session(city), "实收", "净收").left]
    assert title == [("标题", "车费表: {粒度: 行程, 列: {车费: 车费（元）, 实收: 实收}, 首要: [车费]}")]
    (city / "tests" / "又.yaml").write_text(EXAMPLE.replace("一例:", "实收:").split("几例:")[0], "utf-8")
    assert [one.where for one in rename(Session(city), "实收", "净收").left] == ["例子的名字", "标题"]


def test_templates_of_new_regions_that_write_the_name_are_listed_and_left(city):
    menu = city.parents[1] / "templates" / "出行" / "菜单" / "价.yaml"
    menu.parent.mkdir(parents=True)
    menu.write_text("问题:\n  - {写: '单价: {单位: 元}'}\n  - {写: '包车单价: {单位: 元}'}\n", "utf-8")
    module = city.parents[1] / "rules" / "出行"
    left = [(one.path.name, one.line, one.where) for one in rename(Session(module), "单价", "每公里").left]
    assert left == [("价.yaml", 2, "新地区的模板")]


def test_what_is_open_stays_as_it_is_when_a_name_is_tried(city):
    session = Session(city)
    session.write("规则.yaml", RULES.replace("0.9", "0.8"))
    before = session.problems()
    done = rename(session, "起步价", "起价")
    assert "0.8" in done.texts[city / "规则.yaml"]
    assert session.problems() == before and "起步价" in session.book.at(session.book.epochs[-1]).parameters


def test_the_name_at_a_place_is_found_beside_what_is_no_yaml_yet():
    text = "甲: {公式: [\n" + RULES
    use = name_at(text, text.index("起步价 + 里程") + 2)
    assert use is not None and text[use.start : use.end] == "起步价"


def test_the_command_renames_and_says_what_it_leaves(city):
    def said(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["rename", str(city), *words])
        return done.exit_code, done.output

    code, told = said("起步价", "起价", "--check")
    assert code == 0 and "要改 " in told and "起步价 → 起价" in told and "注释" in told
    assert (city / "规则.yaml").read_text("utf-8") == RULES
    code, told = said("起步价", "起价")
    assert code == 0 and "2 处说明、注释里还写着 起步价，没有改" in told
    assert "起价: {单位: 元" in (city / "规则.yaml").read_text("utf-8")
    assert "  起价:" in (city.parent / "县" / "改.yaml").read_text("utf-8")
    code, told = said("单价", "每公里")
    assert code == 1 and "单价 是沿用来的" in told
