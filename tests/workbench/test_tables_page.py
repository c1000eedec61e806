"""Tables whose rows stand in CSV files, changed in the grids of the rules page as those in the rules are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workbench.served import Served, Tab, comes_to, drafts_of, held, serving_apart, undo

pytestmark = pytest.mark.slow
PAGE = "/r/jia/rules"
HEAD = "名称: 甲市\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n"
RULES = """依据: 办法 第一条
行程: {主键: 编号, 字段: {编号: 文本, 公里: 数, 线路: → 线路}}
线路: {主键: 线路, 字段: {线路: 文本, 名称: 文本, 系数: {类型: 倍, 小数: 2}}, 行: 表/线路.csv}
倍数: {粒度: 行程, 单位: 倍, 表: 表/倍数.csv}
补贴: {粒度: 行程, 单位: 元, 公式: 公里 × 单价 × 倍数 × 系数, 舍入: 2}
单价: {单位: 元, 取值: {2025-01-01: 2}}
行程表: {粒度: 行程, 列: [补贴]}
结算: {期间: 月, 报表: [行程表]}
"""
LINES = '线路,名称,系数\r\n007,"东门, 西门",1.10\r\nB2,环线,0.90\nC3,=1+1,"1.00"\r\n'
"""With both line ends, quotes that need not be, zeros in front and what a spreadsheet would work out."""
TIMES = '公里,倍数\n≤ 10,1\n"(10, 20]",1.5\n> 20,2\n'
EXAMPLES = """写成列表和文件的:
  程序: 结算
  期间: 2025-03
  已知:
    线路: {行: 表/线路.csv}
    行程: [{编号: 1, 公里: 10, 线路: B2}, {编号: "02", 公里: 30, 线路: "007"}]   # 两次
  应得:
    行程: [{编号: 1, 补贴: 18.00}, {编号: "02", 补贴: 132.00}]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_apart(tmp_path_factory, "tables", write, never=("SLOW", "Traceback")) as found:
        yield found


def write(folder: Path) -> None:
    place = folder / "regions/jia"
    for file, text in (
        ("region.yaml", HEAD),
        ("规则.yaml", RULES),
        ("表/线路.csv", LINES),
        ("tests/例子.yaml", EXAMPLES),
    ):
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_bytes(text.encode())
    (place / "表/倍数.csv").write_bytes(TIMES.encode("gb18030"))


@pytest.fixture
def at(tab_of: Callable[..., Tab], desk: Served) -> Callable[..., Tab]:
    """The figures of a name, from files as they were at first."""
    for path in desk.drafts.rglob("*.draft"):
        path.unlink()
    write(desk.folder)

    def opened(name: str, **options: object) -> Tab:
        tab = tab_of(desk, **options)
        tab.enter(f"{PAGE}?name={name}&tab=figures")
        tab.page.locator(".wb-grid .ag-row").first.wait_for()
        return tab

    return opened


def on_disk(served: Served, file: str) -> bytes:
    return (served.folder / "regions/jia" / file).read_bytes()


def drafts(served: Served) -> dict[str, str]:
    found = [json.loads(path.read_text("utf-8")) for path in served.drafts.rglob("*.draft")]
    return {one["file"]: one["text"] for one in found}


def keeps_elsewhere(served: Served, text: str) -> None:
    """Another window, of the published table."""
    drafts = drafts_of(served, "jia")
    now = drafts.of("表/线路.csv")
    assert now is not None
    drafts.keep(now.file, text, now.revision)


def cell(page: Any, row: int, column: str, number: int = 0) -> Any:
    """Of a grid of the page, the first if no other is asked for."""
    grid = page.locator(".wb-rule-side .wb-grid").nth(number)
    place = grid.locator(".ag-header-cell", has=page.get_by_text(column, exact=True)).get_attribute("aria-colindex")
    return grid.locator(f'.ag-row[row-index="{row}"] .ag-cell[aria-colindex="{place}"]')


def typed(page: Any, row: int, column: str, text: str, number: int = 0) -> None:
    cell(page, row, column, number).dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_cell_of_a_published_table_is_changed_told_saved_and_undone_and_every_other_byte_stays(at, desk):
    page = at("线路").page
    page.get_by_text("表/线路.csv 3 行").wait_for()
    assert [cell(page, row, "线路").inner_text() for row in range(3)] == ["007", "B2", "C3"]
    assert cell(page, 2, "名称").inner_text() == "=1+1"
    typed(page, 1, "系数", "0.905")
    page.locator(".wb-rule-side").get_by_text("E314 系数：“0.905”小数位数超过 2 位").wait_for()
    comes_to(page.locator(".wb-rule-side .wb-cell-bad").all_inner_texts, ["0.905"])  # marks follow the sentence
    typed(page, 1, "系数", "0.95")  # what is wrong is mended in the same grid
    page.locator(".wb-rule-side").get_by_text("没有问题").wait_for()
    typed(page, 0, "线路", "0012")
    typed(page, 2, "名称", '=cmd|"x"')
    page.get_by_text("表/线路.csv（草稿） 3 行").wait_for()
    page.locator(".wb-node-draft", has_text="表/线路.csv").wait_for()
    wanted = LINES.replace("007", "0012").replace("0.90", "0.95").replace("=1+1", '"=cmd|""x"""')
    comes_to(lambda: drafts(desk), {"表/线路.csv": wanted})
    assert on_disk(desk, "表/线路.csv") == LINES.encode()

    page.get_by_role("button", name="存…").click()
    page.get_by_text("第 3 行 B2 · 系数：0.90 → 0.95").wait_for()
    page.get_by_text("第 2 行 0012 · 线路：007 → 0012").wait_for()
    page.get_by_text("一行一行看").click()
    page.get_by_text("+B2,环线,0.95").wait_for()
    page.get_by_role("button", name=re.compile("存 1 个文件")).click()
    page.get_by_text("存了 1 个文件").wait_for()
    assert on_disk(desk, "表/线路.csv") == wanted.encode() and drafts(desk) == {}
    undo(page, "第 3 行 B2 · 系数：0.95 → 0.90")
    assert on_disk(desk, "表/线路.csv") == LINES.encode()
    page.get_by_text("表/线路.csv 3 行").wait_for()
    cell(page, 0, "线路").get_by_text("007").wait_for()


def test_gaps_and_overlaps_of_a_decision_table_in_a_file_are_marked_and_rows_come_and_go(at, desk):
    page = at("倍数").page
    side = page.locator(".wb-rule-side")
    side.get_by_text("没有空缺，也没有重叠").wait_for()
    typed(page, 1, "公里", "(12, 20]")
    side.get_by_text("E701 倍数 的表有空缺：公里 在 10 和 12 之间").wait_for()
    cell(page, 1, "公里").click()
    side.get_by_role("button", name="加一行").click()
    side.get_by_text("E702 倍数 的表第 2 行和第 3 行重叠").wait_for()
    side.locator(".wb-cell-bad").first.wait_for()
    typed(page, 1, "公里", "(10, 12]")
    side.get_by_text("没有空缺，也没有重叠").wait_for()
    comes_to(side.locator(".wb-cell-bad").count, 0)
    assert drafts(desk) == {"表/倍数.csv": TIMES.replace('"(10, 20]",1.5\n', '"(10, 12]",1.5\n"(12, 20]",1.5\n')}
    cell(page, 1, "公里").click()
    side.get_by_role("button", name="删一行").click()
    side.get_by_text("E701").wait_for()
    typed(page, 1, "公里", "(10, 20]")
    side.get_by_text("没有空缺，也没有重叠").wait_for()
    side.get_by_text("表/倍数.csv 3 行").wait_for()
    assert drafts(desk) == {} and on_disk(desk, "表/倍数.csv") == TIMES.encode("gb18030")
    typed(page, 1, "倍数", "1.6")
    side.get_by_role("button", name="不要这张表的草稿").click()
    page.get_by_role("button", name="不要了").click()
    cell(page, 1, "倍数").get_by_text("1.5").wait_for()
    assert drafts(desk) == {}


def test_who_types_on_loses_no_cell_while_the_rules_are_checked_and_another_window_is_not_overwritten(at, desk):
    page = at("线路").page
    cell(page, 0, "系数").click()
    for text in ("1.11", "0.91", "1.01"):  # Enter leads to the cell below
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    wanted = LINES.replace("1.10", "1.11").replace("0.90", "0.91").replace("1.00", "1.01")
    page.wait_for_function("document.querySelector('.wb-rule-side').innerText.includes('（草稿）')")
    comes_to(lambda: drafts(desk), {"表/线路.csv": wanted})
    page.wait_for_timeout(1500)
    theirs = wanted.replace("环线", "内环")
    keeps_elsewhere(desk, theirs)
    typed(page, 0, "系数", "9.99")  # of another row: both stay
    cell(page, 1, "名称").get_by_text("内环").wait_for()
    comes_to(lambda: drafts(desk), {"表/线路.csv": theirs.replace("1.11", "9.99")})
    cell(page, 0, "系数").dblclick()
    theirs = theirs.replace("1.11", "8.88")
    keeps_elsewhere(desk, theirs)
    page.keyboard.press("Control+a")
    page.keyboard.type("7.77")  # of the same
    page.keyboard.press("Enter")
    page.get_by_text("这一行在别处改过：看一看，再改一次").wait_for()
    cell(page, 0, "系数").get_by_text("8.88").wait_for()
    assert drafts(desk) == {"表/线路.csv": theirs}


def test_what_is_typed_in_a_table_stays_while_the_answer_to_the_cell_before_comes(at, desk):
    page = at("线路").page
    with held(desk):
        typed(page, 0, "名称", "东门")
        cell(page, 0, "系数").dblclick()  # of the same row
        page.keyboard.press("Control+a")
        page.keyboard.type("1.2")
    page.get_by_text("表/线路.csv（草稿） 3 行").wait_for()
    page.wait_for_timeout(500)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    with held(desk):
        typed(page, 0, "系数", "1.26")
        typed(page, 0, "名称", " 东 门 ")
        cell(page, 0, "名称").click()
        page.locator(".wb-rule-side").get_by_role("button", name="加一行").click()
        typed(page, 1, "名称", "二环")  # of the row that is below the new one by then
        typed(page, 2, "系数", "1.01")
    page.get_by_text("表/线路.csv（草稿） 4 行").wait_for()
    cell(page, 3, "系数").get_by_text("1.01").wait_for()
    page.get_by_role("button", name="存…").click()
    page.get_by_text("第 4 行 B2 · 名称：环线 → 二环").wait_for()
    page.get_by_role("button", name=re.compile("先不存|回去改")).click()
    rows = ['007,"东 门",1.26\r\n', "007,东 门,1.26\r\n", "B2,二环,0.90\n", 'C3,=1+1,"1.01"\r\n']
    assert drafts(desk) == {"表/线路.csv": "线路,名称,系数\r\n" + "".join(rows)}


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_table_with_a_problem(at, look):
    tab = at("倍数", color_scheme=look)
    typed(tab.page, 1, "公里", "(12, 20]")
    tab.page.locator(".wb-rule-side").get_by_text("E701").wait_for()
    assert tab.serious() == []


def test_rows_of_an_example_in_a_list_and_in_a_file_are_changed_run_saved_and_undone(at, desk):
    tab = at("线路")
    page = tab.page
    tab.open("/r/jia/examples")
    page.get_by_text("1 个例子，0 个不符").wait_for()
    page.get_by_text("已知 线路 表/线路.csv").wait_for()
    typed(page, 1, "系数", "0.95")
    page.get_by_text("草稿已留在磁盘上").wait_for()
    typed(page, 1, "公里", "31", 1)
    page.wait_for_timeout(500)
    page.keyboard.press("Control+Enter")
    page.get_by_text("1 个例子，1 个不符").wait_for()
    page.get_by_text("✗ 应得 行程 第 1 行 补贴：应得 18.00，得到 19").wait_for()
    page.get_by_role("button", name="应得改成 19").click()
    page.get_by_text("✗ 应得 行程 第 2 行 补贴：应得 132.00，得到 136.4").wait_for()
    page.get_by_role("button", name="应得改成 136.4").click()
    page.get_by_text("1 个例子，0 个不符").wait_for()
    rows = page.locator(".wb-rule-side .wb-grid").nth(1).locator(".ag-center-cols-container .ag-row")
    page.get_by_role("button", name="加一行").nth(1).click()
    rows.nth(2).wait_for()
    page.get_by_role("button", name="删最后一行").nth(1).click()
    rows.nth(2).wait_for(state="detached")
    changed = drafts(desk)
    assert changed["表/线路.csv"] == LINES.replace("0.90", "0.95")
    wanted = EXAMPLES.replace("公里: 30", "公里: 31").replace("132.00", "136.4").replace("18.00", "19")
    assert changed["tests/例子.yaml"] == wanted
    page.get_by_role("button", name="存…").click()
    page.get_by_text("第 3 行 B2 · 系数：0.90 → 0.95").wait_for()
    page.get_by_role("button", name=re.compile("存 2 个文件")).click()
    page.get_by_text("存了 2 个文件").wait_for()
    assert on_disk(desk, "表/线路.csv") == LINES.replace("0.90", "0.95").encode()
    undo(page, "第 3 行 B2 · 系数：0.95 → 0.90")
    assert on_disk(desk, "表/线路.csv") == LINES.encode() and on_disk(desk, "tests/例子.yaml") == EXAMPLES.encode()


def test_a_table_whose_file_is_missing_is_begun_in_the_grid(tab_of, at, desk):
    at("线路").page.context.close()
    (desk.folder / "regions/jia/表/线路.csv").unlink()
    (desk.folder / "regions/jia/表/倍数.csv").unlink()
    tab = tab_of(desk)
    tab.enter(f"{PAGE}?name=倍数&tab=figures")
    tab.page.get_by_text("行在 表/倍数.csv，还没有这个文件：把它放进来；或先在规则里写明按哪些名字查").wait_for()
    tab.page.get_by_role("link", name="到写 倍数 的地方").click()
    tab.page.locator(".cm-activeLine", has_text="倍数:").wait_for()
    tab.open(f"{PAGE}?name=线路&tab=figures")
    page = tab.page
    page.get_by_text("表/线路.csv 0 行").wait_for()
    page.get_by_role("button", name="加一行").click()
    page.get_by_text("表/线路.csv（草稿） 1 行").wait_for()
    for column, text in (("线路", "A1"), ("名称", "东,西"), ("系数", "1.10")):
        typed(page, 0, column, text)
    page.locator(".wb-rule-side").get_by_text("没有问题").wait_for()
    page.wait_for_timeout(300)
    assert drafts(desk) == {"表/线路.csv": '线路,名称,系数\nA1,"东,西",1.10\n'}
    assert not (desk.folder / "regions/jia/表/线路.csv").exists()
    assert tab.serious() == []
    page.context.close()


def test_a_decision_table_whose_file_is_missing_is_begun_under_the_columns_that_its_rule_declares(tab_of, at, desk):
    at("线路").page.context.close()
    (desk.folder / "regions/jia/表/倍数.csv").unlink()
    rules = RULES.replace("表: 表/倍数.csv}", "表: 表/倍数.csv, 列: [公里]}")
    drafts_of(desk, "jia").put("规则.yaml", rules)
    tab = tab_of(desk)
    tab.enter(f"{PAGE}?name=倍数&tab=figures")
    page = tab.page
    page.get_by_text("表/倍数.csv 0 行").wait_for()
    page.get_by_role("button", name="加一行").click()
    page.get_by_text("表/倍数.csv（草稿） 1 行").wait_for()
    for column, text in (("公里", "≤ 10"), ("倍数", "1")):
        typed(page, 0, column, text)
    comes_to(lambda: drafts(desk).get("表/倍数.csv"), "公里,倍数\n≤ 10,1\n")
    page.locator(".wb-rule-side").get_by_text(re.compile("没有行|没有一行")).first.wait_for()  # what is above ten
    page.context.close()
