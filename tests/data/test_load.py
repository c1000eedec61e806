"""Whole tables: missing columns, duplicates, overlays, digests."""

from fractions import Fraction

import pytest
from fields import HEADER, INTERVAL, LEVEL, TEXT, loaded, number, table, visits

from engine.data.load import load_region_rows, load_table
from engine.data.values import OutOfRange
from engine.databases.places import open_places
from engine.files.errors import DataError


def test_rows_come_out_typed_in_file_order(tmp_path):
    got = loaded(tmp_path, HEADER + "B,2025-03-01,12.30,甲级,,,3\nA,2025/3/2,0,乙级及以下,1,是,200\n")
    assert [row["编号"] for row in got.rows] == ["B", "A"]
    assert got.rows[0]["备用"] is None and got.rows[0]["新"] is False and got.rows[0]["金额"] == Fraction(123, 10)
    assert isinstance(got.rows[1]["天数"], OutOfRange) and got.delivered and not got.rejected


def test_every_fault_of_a_row_is_in_its_one_rejection_and_nothing_of_its_other_cells(tmp_path):
    got = loaded(tmp_path, HEADER + "A,昨天,1.234,甲级,秘密,,3\n")
    (bad,) = got.rejected
    assert (bad.key_text, bad.line, bad.field, bad.code) == ("A", 2, "日期", "D101")
    assert "日期：“昨天”" in bad.reason and "金额：" in bad.reason and bad.origin.endswith("就诊.csv")
    assert "甲级" not in bad.reason


def test_all_rows_of_a_duplicate_key_are_rejected(tmp_path):
    got = loaded(tmp_path, HEADER + "A,2025-03-01,1,甲级,,,3\nB,2025-03-01,1,甲级,,,3\n A ,2025-03-01,2,甲级,,,3\n")
    assert [row["编号"] for row in got.rows] == ["B"]
    assert [(row.line, row.code) for row in got.rejected] == [(2, "D104"), (4, "D104")]
    assert "第 4 行" in got.rejected[0].reason and "第 2 行" in got.rejected[1].reason


def test_an_empty_key_rejects_its_row(tmp_path):
    got = loaded(tmp_path, HEADER + ",2025-03-01,1,甲级,,,3\n")
    assert [(row.field, row.line) for row in got.rejected] == [("编号", 2)] and not got.rows


def test_a_missing_column_is_an_error_that_lists_it_unless_it_may_be_empty_or_is_computed(tmp_path):
    with pytest.raises(DataError, match="缺少列 金额、天数"):
        loaded(tmp_path, "编号,日期,级别\nA,2025-03-01,甲级\n")
    got = loaded(tmp_path, "编号,日期,级别,天数\nA,2025-03-01,甲级,1\n", optional_columns={"金额"})
    assert "金额" not in got.rows[0] and got.rows[0]["备用"] is None and got.rows[0]["新"] is False
    with pytest.raises(DataError, match="缺少主键列 编号"):
        loaded(tmp_path, "日期\n2025-03-01\n")


def test_only_needed_columns_are_looked_at(tmp_path):
    got = loaded(tmp_path, "编号,金额,多余\nA,不是数,x\n", columns_needed=())
    assert got.rows == [{"编号": "A"}] and got.unknown_columns == ("多余",)


def test_a_table_that_is_not_delivered_says_so(tmp_path):
    (tmp_path / "别的.csv").write_text("x\n1\n")
    got = load_table(visits(), open_places([tmp_path]))
    assert not got.delivered and got.rows == []


GROUPS = table("组", "级,编号", 级=LEVEL, 编号=TEXT, 甲值=number("点"), 乙值=number("点"))


def place(folder, text, name="组"):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text(text)
    return folder


def test_a_later_place_overlays_by_key_and_by_column(tmp_path):
    first = place(tmp_path / "1", "编号,级,甲值,乙值\na,甲级,1,1\nb,甲级,1,1\n")
    later = place(tmp_path / "2", "级,编号,乙值\n甲级, b ,2\n")
    got = load_table(GROUPS, open_places([first, later]))
    assert [(row["编号"], int(row["甲值"]), int(row["乙值"])) for row in got.rows] == [
        ("a", 1, 1),
        ("b", 1, 2),
    ]
    assert [int(row["乙值"]) for row in load_table(GROUPS, open_places([later, first])).rows] == [1, 1]


def test_an_empty_cell_of_a_later_place_wins_too(tmp_path):
    what = visits()
    first = place(tmp_path / "1", HEADER + "A,2025-03-01,1,甲级,5,,3\n", "就诊")
    later = place(tmp_path / "2", "编号,备用\nA,\n", "就诊")
    assert load_table(what, open_places([first, later])).rows[0]["备用"] is None


def test_a_new_row_of_a_partial_overlay_lacks_what_nobody_gives(tmp_path):
    first = place(tmp_path / "1", "编号,级,甲值,乙值\na,甲级,1,1\n")
    later = place(tmp_path / "2", "级,编号,乙值\n甲级,c,2\n")
    got = load_table(GROUPS, open_places([first, later]))
    assert [row["编号"] for row in got.rows] == ["a"]
    assert [(row.key_text, row.field, row.code) for row in got.rejected] == [("甲级,c", "甲值", "D102")]


def test_a_bad_cell_that_is_overlaid_does_no_harm_but_a_duplicate_anywhere_rejects_the_key(tmp_path):
    first = place(tmp_path / "1", "编号,级,甲值,乙值\na,甲级,1,坏\nb,甲级,1,1\nb,甲级,1,1\n")
    later = place(tmp_path / "2", "级,编号,乙值\n甲级,a,2\n甲级,b,2\n")
    got = load_table(GROUPS, open_places([first, later]))
    assert [row["编号"] for row in got.rows] == ["a"]
    assert [(row.line, row.code) for row in got.rejected] == [(3, "D104"), (4, "D104"), (3, "D104")]


def test_among_several_places_a_row_without_a_readable_key_stops_the_load(tmp_path):
    first = place(tmp_path / "1", "编号,级,甲值,乙值\na,甲级,1,1\n")
    later = place(tmp_path / "2", "级,编号,乙值\n甲级\n")
    with pytest.raises(DataError, match="第 2 行"):
        load_table(GROUPS, open_places([first, later]))


def test_the_digest_depends_on_content_only(tmp_path):
    rows = ["A,2025-03-01,1.50,甲级,,,3\n", "B,2025/3/1,1,甲级,2,是,3\n"]
    one = loaded(tmp_path, HEADER + rows[0] + rows[1]).digest
    assert one == loaded(tmp_path, (HEADER + rows[1] + rows[0].replace("1.50", "1.5")).encode("gb18030")).digest
    assert one != loaded(tmp_path, HEADER + rows[0] + rows[1].replace("是", "否")).digest
    assert one != loaded(tmp_path, HEADER + rows[0] + rows[1] + ",x,,,,,\n").digest


def test_ten_thousand_rows_of_one_key_are_rejected_quickly(tmp_path):
    got = loaded(tmp_path, HEADER + "A,2025-03-01,1,甲级,,,3\n" * 10_000)
    assert len(got.rejected) == 10_000 and not got.rows


SCORES = table("评分", "指标,变化", 指标=TEXT, 变化=INTERVAL, 得分=number("分"))


def test_rows_of_a_region_may_carry_remarks(tmp_path):
    path = tmp_path / "评分.csv"
    path.write_text('指标,变化,得分,依据\n一,"[0, 5%)",10,第一条\n一,≥ 5%,5,第一条\n')
    got = load_region_rows(SCORES, path)
    assert [str(row["变化"]) for row in got.rows] == ["[0, 0.05)", "≥ 0.05"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("一,坏,1\n一,> 1,x\n", "第 2 行：变化：.*第 3 行：得分："), ("一,> 1,1\n一,> 1,2\n", "主键重复")],
)
def test_any_problem_in_rows_of_a_region_is_an_error(tmp_path, text, reason):
    path = tmp_path / "评分.csv"
    path.write_text("指标,变化,得分\n" + text)
    with pytest.raises(DataError, match=reason):
        load_region_rows(SCORES, path)


def test_a_misspelt_column_in_rows_of_a_region_is_an_error(tmp_path):
    path = tmp_path / "评分.csv"
    path.write_text("指标,变化,得分,得份\n一,> 1,1,1\n")
    with pytest.raises(DataError, match="没有字段“得份”"):
        load_region_rows(SCORES, path)
    with pytest.raises(DataError, match="找不到"):
        load_region_rows(SCORES, tmp_path / "无.csv")


def test_a_title_above_the_names_of_the_columns_is_told_as_one(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "就诊.csv").write_text("就诊汇总表,,\n编号,日期,金额\na,2025-01-01,1\n", "utf-8")
    with pytest.raises(DataError, match="没有一列是表“就诊”的字段") as error:
        load_table(visits(), open_places([folder]))
    assert error.value.hint.startswith("列名写在第一行，上面不要有标题；要 编号、") and "缺少" not in str(error.value)
