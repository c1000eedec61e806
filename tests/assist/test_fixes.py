"""What is offered to mend a problem: on the folders of broken rules, each offer takes the problem away."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assist.fixes import Fix, fixes
from engine.check import check_book
from engine.files.named_files import DISK, Buffers
from engine.rulebook.book import load
from engine.rulebook.locate import Located
from engine.rulebook.problems import Problem, RulebookError

BROKEN = Path(__file__).parents[1] / "broken"
OFFERED = [
    ("E105-tab", "E105", ["整个文件的制表符缩进换成空格"]),
    ("E106-full-width", "E106", ["全角冒号换成半角"]),
    ("E106-full-width-after-all-conditions", "E106", ["全角冒号换成半角（这个文件 2 处）"]),
    ("E107-missing-blank-in-braces", "E107", ["冒号后面加一个空格"]),
    ("E110-curly-quotes", "E110", ["给整个公式加引号"]),
    ("E115-needs-quotes", "E115", ["给值加引号"]),
    ("E120-unknown-keyword-synonym", "E120", ["改成 说明"]),
    ("E123-wrong-shape", "E123", ["改成 [明细]"]),
    ("E124-wrong-word", "E124", ["改成 正式", "改成 转述", "改成 暂定", "改成 待定"]),
    ("E207-replaces-nothing/city", "E207", ["改成 补助率"]),
    ("E301-sign-in-words", "E301", ["改成 ×"]),
    ("E301-wrong-word", "E301", ["改成 且"]),
    ("E303-glued-word", "E303", ["改成 非 重载"]),
    ("E303-one-slip-two-names", "E303", ["改成 补助率"]),
    ("E303-otherwise-in-other-words", "E303", ["改成 否则"]),
    ("E303-sign-in-words", "E303", ["改成 没有 载重"]),
    ("E303-statement-column", "E303", ["改成 里程"]),
    ("E303-unit-after-number", "E303", ["改成 3"]),
    ("E303-unknown-name", "E303", ["改成 费用"]),
    ("E304-class-without-quotes", "E304", ["改成 “乙等（含）”"]),
    ("E306-count", "E306", ["改成 行程", "改成 车辆"]),
    ("E307-in-list", "E307", ["改成 乙等", "改成 甲等"]),
    (
        "E310-no-source",
        "E310",
        ["写上 依据: 办法（条款自己补）", "在文件开头写上 依据: 办法（整个文件都依据它；条款自己补）"],
    ),
    ("E311-glued", "E311", ["改成 办法 第二条"]),
    ("E601-in-or", "E601", ["没有值就按 0：缺省(载重, 0)"]),
    ("E602-share", "E602", ["没有值就按 0：缺省(保险, 0)"]),
    ("W405-share-above-one", "W405", ["改成 50%"]),
    ("W322-read-by-nothing", "W322", ["留着备查：备查: 是"]),
    ("E301-family-by-asterisk", "E301", ["改成 A01 开头"]),
    ("E204-amends-another/city", "E204", ["改成 city"]),
    ("E206-clashes-with-layer/city", "E206", ["写在 替换 下面"]),
    ("E215-figure-before-notice/city", "E215", ["改成 2025-07-01：自通知施行起", "写上 追溯: 是：管到施行以前"]),
    ("E216-retroactive-outside-notice/city", "E216", ["删去 追溯"]),
    ("E303-unknown-table-column", "E303", ["改成 里程"]),
    ("E303-words-without-classes", "E303", ["写上 类别: [低档, 中档, 高档]"]),
    ("E311-in-case", "E311", ["改成 办法 一"]),
    ("E401-rounding-of-text", "E401", ["删去 舍入"]),
    ("E405-turned-limit", "E405", ["改成 [1, 9]"]),
    ("W316-begins-longer-ones", "W316", ["改成 A01 开头", "改成 “A01”"]),
    ("W703-otherwise-never-applies", "W703", ["删去 否则"]),
    ("E308-circular-rules", "E308", []),
    ("E701-gap-at-the-end", "E701", []),
]


def problems_with(folder: Path, path: Path, text: str) -> list[Problem]:
    try:
        return check_book(load(Located(folder, None), Buffers({path: text.encode()}, DISK)))
    except RulebookError as error:
        return error.problems


def offers(folder: Path, code: str) -> tuple[Problem, str, Path, list[Fix]]:
    book = load(Located(folder, None))
    problem = next(one for one in check_book(book) if one.code == code)
    path = Path(problem.place.file).resolve()
    text = path.read_text("utf-8")
    return problem, text, path, fixes(book, problem, text, lambda changed: problems_with(folder, path, changed))


@pytest.mark.parametrize(("folder", "code", "titles"), [case for case in OFFERED if (BROKEN / case[0]).is_dir()])
def test_what_mends_it_is_offered(monkeypatch, folder, code, titles):
    monkeypatch.chdir(BROKEN.parents[1])
    place = BROKEN / folder
    problem, text, path, found = offers(place, code)
    assert [fix.title for fix in found] == titles
    for fix in found:
        after = problems_with(place, path, fix.applied(text))
        assert not any((one.code, one.place.line) == (code, problem.place.line) for one in after)


def test_all_folders_of_the_list_are_there():
    assert [case[0] for case in OFFERED if not (BROKEN / case[0]).is_dir()] == []


TRIPS = "依据: 办法 第一条\n行程: {主键: 编号, 归期: 日, 字段: {编号: 文本, 日: 日期, 里程: 数, 单价: 元}}\n"


@pytest.mark.parametrize(("quoted", "code"), [("“里程 × 单价”", "E401"), ("‘里程 × 单价’", "E301")])
@pytest.mark.parametrize(
    "around",
    ["甲:\n  粒度: 行程\n  舍入: 2\n  单位: 元\n  公式: {}\n", "甲: {{粒度: 行程, 舍入: 2, 单位: 元, 公式: {}}}\n"],
)
def test_a_formula_in_smart_quotes_gets_plain_ones(tmp_path, around, quoted, code):
    _mended(tmp_path, TRIPS + around.format(quoted), code, TRIPS + around.format('"里程 × 单价"'))


PERHAPS = TRIPS.replace("单价: 元", "单价: 元, 免: {类型: 是否, 可空: 是}, 补: {类型: 元, 可空: 是}")


@pytest.mark.parametrize(
    ("formula", "code", "guarded"),
    [
        ("公式: 合计(补)", "E602", '公式: "合计(补, 当 有 补)"'),
        ("公式: '合计(补, 当 里程 > 3)'", "E602", "公式: '合计(补, 当 有 补 且 里程 > 3)'"),
        ("公式: '计数(行程, 当 免)'", "E603", "公式: '计数(行程, 当 (有 免 且 免))'"),
    ],
)
def test_a_guard_asks_first_whether_there_is_a_value(tmp_path, formula, code, guarded):
    total = f"全: {{键: []}}\n甲: {{粒度: 全, {formula}}}\n"
    (tmp_path / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n", "utf-8")
    rules = tmp_path / "rules.yaml"
    rules.write_text(PERHAPS + total, "utf-8")
    book = load(Located(tmp_path, None))
    problem = next(one for one in check_book(book) if one.code == code)
    first, *_ = fixes(book, problem, PERHAPS + total, lambda text: problems_with(tmp_path, rules, text))
    assert first.applied(PERHAPS + total) == PERHAPS + total.replace(formula, guarded)
    assert not any(one.code == code for one in problems_with(tmp_path, rules, first.applied(PERHAPS + total)))


def test_what_a_change_touches_is_all_that_changes(monkeypatch):
    monkeypatch.chdir(BROKEN.parents[1])
    _, text, _, (fix,) = offers(BROKEN / "E601-in-or", "E601")
    before, after = text.split("\n"), fix.applied(text).split("\n")
    (changed,) = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert '"' in changed[1] and "缺省(载重, 0)" in changed[1]


@pytest.mark.parametrize(
    ("wrong", "code", "mended"),
    [
        ("价：\n  单位：元\n  说明：|\n    注意：两次\n", "E106", "价: \n  单位: 元\n  说明: |\n    注意：两次\n"),
        ("价：\n  单位: 元\n  说明: |\n    注意：两次\n", "E106", "价: \n  单位: 元\n  说明: |\n    注意：两次\n"),
        ("价: {单位: 元， 说明: 一，二}\n", "E106", "价: {单位: 元, 说明: 一，二}\n"),
        ("价: {单位：元, 又名: [一，二]}\n", "E106", "价: {单位: 元, 又名: [一, 二]}\n"),
        ("价: {单位:元, 说明: 见http://a.b:80/c}\n", "E107", "价: {单位: 元, 说明: 见http://a.b:80/c}\n"),
        ("价:\n  说明: @一 # 注\n", "E115", '价:\n  说明: "@一" # 注\n'),
        ("价:\n  说明: @一\\d\n", "E115", "价:\n  说明: '@一\\d'\n"),
    ],
)
def test_a_fix_leaves_sentences_and_comments_as_they_are(tmp_path, wrong, code, mended):
    _mended(tmp_path, wrong, code, mended)


def _mended(tmp_path: Path, wrong: str, code: str, mended: str) -> None:
    """The one fix that is offered for the problem of that code makes this of it."""
    (tmp_path / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n", "utf-8")
    rules = tmp_path / "rules.yaml"
    rules.write_text(wrong, "utf-8")
    book = load(Located(tmp_path, None))
    problem = next(one for one in check_book(book) if one.code == code)
    found = fixes(book, problem, wrong, lambda text: problems_with(tmp_path, rules, text))
    assert [fix.applied(wrong) for fix in found] == [mended]
