"""济源's year, program after program: what the recalculation of the year's end writes is what the clearing reads, and
both take the same cases over the turn of the year.

One hospital, two groups of six equal cases: 甲组 8000 yuan, 乙组 2000; and one case of 丙组, 5000, over the turn of
the year; so the mean of all is 5000. Published were 100 points with a coefficient of 0.9 for 甲组, 50 and 1 for 乙组,
100 and 1 for 丙组. Recalculated 甲组 has 8000 ÷ 5000 × 100 = 160 points and a coefficient of 8000 ÷ 8000.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.execute.period import parse_period
from engine.rulebook.book import Book, load
from engine.settle import settle

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
POOLS = [(who, where) for who in ("职工", "居民") for where in ("本地", "异地")]


def _csv(folder: Path, name: str, head: str, rows: list[str]) -> None:
    (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    days = [f"2025-{month:02}-10" for month in (2, 4, 5, 7, 9, 11)]
    cases = [
        f"{group}{number},H1,{group},{day},{day},{day},P{group}{number},{cost},{cost // 2}"
        for group, cost in (("甲", 8000), ("乙", 2000))
        for number, day in enumerate(days, 1)
    ]
    # over the turn of the year: discharged in 2024 and settled in 2025; discharged in 2025 and settled in 2026
    cases += ["早,H1,丙,2024-12-20,2024-12-30,2025-01-02,P早,5000,2500"]
    cases += ["晚,H1,丙,2025-12-20,2025-12-30,2026-01-02,P晚,5000,2500"]
    more = ",7,50,男,I10,职工,本地"
    head = "病例号,机构编码,病组编码,入院日期,出院日期,结算日期,患者标识,住院总费用,统筹基金支出"
    _csv(folder, "病例", head + ",住院天数,年龄,性别,主要诊断,险种,就医地", [case + more for case in cases])
    _csv(folder, "医疗机构", "机构编码,机构名称,级别", ["H1,一院,三级"])
    _csv(folder, "病组", "病组编码,病组名称,病组基准点数,稳定", ["甲,甲组,100,是", "乙,乙组,50,是", "丙,丙组,100,是"])
    _csv(
        folder,
        "级别病组",
        "级别,病组编码,级别次均费用,级别调整系数",
        ["三级,甲,8000,0.9", "三级,乙,2000,1", "三级,丙,5000,1"],
    )
    _csv(folder, "年度指标", "年度,所有病组次均住院费用", ["2025,5000"])
    budgets = ["30000" if pool == ("职工", "本地") else "0" for pool in POOLS]
    _csv(
        folder,
        "年度预算",
        "险种,就医地,年度,年度预算总额,年度风险储备金",
        [f"{who},{where},2025,{amount},0" for (who, where), amount in zip(POOLS, budgets, strict=True)],
    )
    # 30000 less the 2 % that the example region keeps apart, over twelve months
    rows = [f"职工,本地,2025-{number:02},2450" for number in range(1, 13)]
    _csv(folder, "预算", "险种,就医地,月份,统筹基金预算", rows)
    rows = [f"H1,职工,本地,2025-{number:02},1000,50" for number in range(1, 13)]
    _csv(folder, "拨付", "机构编码,险种,就医地,月份,月度拨付金额,预留质量保证金", rows)
    _csv(folder, "年终评价", "机构编码,年度,终评得分", ["H1,2025,95"])
    _csv(folder, "重算病组", "病组编码", ["甲"])
    return folder


def _points(book: Book, places: list[str], out: Path) -> dict[str, str]:
    """清算点数 of each case that is cleared."""
    result, _ = settle(book, "年度清算", parse_period("2025"), places, out)
    sheet = next(sheet for sheet in result.statements if sheet.name == "年度病例明细")
    columns = [column.heading for column in sheet.columns]
    return {str(row[0]): str(row[columns.index("清算点数")]) for row in sheet.rows}


def test_the_clearing_reads_what_the_recalculation_of_the_year_wrote(tmp_path: Path, data: Path) -> None:
    book = load(ROOT / "regions" / "jiyuan-demo")
    published = _points(book, [str(data)], tmp_path / "published")
    assert published == {**{f"甲{n}": "90" for n in range(1, 7)}, **{f"乙{n}": "50" for n in range(1, 7)}, "早": "100"}
    settle(book, "年终重算", parse_period("2025"), [str(data)], tmp_path / "again")
    cleared = _points(book, [str(data), str(tmp_path / "again")], tmp_path / "cleared")
    assert cleared == {**{f"甲{n}": "160" for n in range(1, 7)}, **{f"乙{n}": "50" for n in range(1, 7)}, "早": "100"}


def test_where_the_year_goes_by_discharge_both_programs_take_the_case_of_the_discharge(
    tmp_path: Path, data: Path
) -> None:
    """By settlement the case discharged in 2024 is of 2025; by discharge it is not, and that settled in 2026 is."""
    over = tmp_path / "by-discharge"
    over.mkdir()
    head = "名称: 按出院日期\n沿用: [jiyuan-demo]\n施行: 2025-01-01\n文件:\n  试算: {题名: 换一种读法的试算}\n"
    (over / "region.yaml").write_text(head, "utf-8")
    (over / "读法.yaml").write_text(
        "依据: 试算\n状态: 暂定\n替换:\n  清算年度归属: {取值: {施行: 按出院日期}}\n", "utf-8"
    )
    book = load(over)
    again, _ = settle(book, "年终重算", parse_period("2025"), [str(data)], tmp_path / "again")
    cleared = _points(book, [str(data), str(tmp_path / "again")], tmp_path / "cleared")
    assert set(cleared) == {*(f"甲{n}" for n in range(1, 7)), *(f"乙{n}" for n in range(1, 7)), "晚"}
    account = next(one for one in again.accounts if one.table == "病例")
    assert account.states["结算"] == 13
