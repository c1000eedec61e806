"""Where tables come from."""

import duckdb
import openpyxl
import pytest
from fields import TEXT, number, result_folder, table

from engine.data.load import load_table
from engine.databases.places import open_places
from engine.files.errors import DataError

STAFF = table("名册", "编号", 编号=TEXT, 金额=number("元"))


def rows(*places):
    return load_table(STAFF, open_places(places)).rows


def parquet(path, query):
    duckdb.sql(query).write_parquet(str(path))


def test_parquet_float_is_taken_by_its_shortest_text(tmp_path):
    parquet(
        tmp_path / "名册.parquet",
        "select 'a' as 编号, 0.1::double + 0.0 as 金额 union all select 'b', 0.1::float",
    )
    parquet(tmp_path / "单.parquet", "select 'a' as 编号, 0.1::float as 金额")
    single = table("单", "编号", 编号=TEXT, 金额=number("元"))
    assert str(load_table(single, open_places([tmp_path])).rows[0]["金额"]) == "1/10"


def test_a_float_with_dust_is_rejected_for_its_digits(tmp_path):
    parquet(tmp_path / "名册.parquet", "select 'a' as 编号, 0.1::double + 0.2::double as 金额")
    (bad,) = load_table(STAFF, open_places([tmp_path])).rejected
    assert (bad.key_text, bad.line, bad.field, bad.code) == ("a", 1, "金额", "D103")


def test_file_and_folder_names_that_look_like_patterns_mean_themselves(tmp_path):
    folder = tmp_path / "[20]*?"
    folder.mkdir()
    parquet(folder / "名册.parquet", "select 'a' as 编号, 1 as 金额")
    (tmp_path / "2x").mkdir()
    parquet(tmp_path / "2x" / "名册.parquet", "select 'b' as 编号, 1 as 金额")
    assert [row["编号"] for row in rows(folder)] == ["a"]


def test_a_duckdb_file_gives_its_tables_by_name(tmp_path):
    path = tmp_path / "数据"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            'create table 名册 as select 7 as 编号, 1.50::decimal(9,2) as 金额; create table "a""b" (x int)'
        )
    places = open_places([path])
    assert places.tables() == ('a"b', "名册")
    assert rows(path)[0]["编号"] == "7"


def test_a_view_in_a_duckdb_file_is_not_a_table(tmp_path):
    """It could read other files, or make rows without end."""
    (tmp_path / "secret.csv").write_text("编号,金额\nx,1\n")
    path = tmp_path / "d.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create view 名册 as select * from read_csv('{tmp_path}/secret.csv')")
        connection.execute("create view 无尽 as select range as 编号 from range(100000000000)")
    assert open_places([path]).tables() == ()


def workbook(path, *lines, sheet=None):
    book = openpyxl.Workbook()
    if sheet:
        book.active.title = sheet
    for line in lines:
        book.active.append(line)
    book.save(path)
    return book


def test_a_workbook_gives_numbers_as_written(tmp_path):
    workbook(tmp_path / "名册.xlsx", ["编号", "金额"], [123.0, 12.3], ["00.66", "7"], [None, None], [5, 0.125])
    got = load_table(STAFF, open_places([tmp_path]))
    assert [(row["编号"], str(row["金额"])) for row in got.rows] == [("123", "123/10"), ("00.66", "7")]
    assert [(bad.line, bad.code) for bad in got.rejected] == [(5, "D103")]


def test_a_long_number_in_a_workbook_is_no_identifier(tmp_path):
    workbook(tmp_path / "名册.xlsx", ["编号", "金额"], [123456789012345678, 1])
    assert "15 位" in load_table(STAFF, open_places([tmp_path])).rejected[0].reason


def test_a_formula_without_a_stored_value_is_not_an_empty_cell(tmp_path):
    workbook(tmp_path / "名册.xlsx", ["编号", "金额"], ["a", "=1+1"], ["b", "#N/A"])
    got = load_table(STAFF, open_places([tmp_path]))
    assert ["公式" in got.rejected[0].reason, "#N/A" in got.rejected[1].reason] == [True, True]


def test_merged_cells_are_refused(tmp_path):
    book = workbook(tmp_path / "名册.xlsx", ["编号", "金额"], ["a", 1], [None, 2])
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "名册.xlsx")
    with pytest.raises(DataError, match="合并单元格"):
        rows(tmp_path)


def test_the_sheet_is_the_one_with_the_tables_name_or_the_only_one(tmp_path):
    book = workbook(tmp_path / "名册.xlsx", ["编号", "金额"], ["a", 1])
    book.create_sheet("空的")
    book.save(tmp_path / "名册.xlsx")
    assert rows(tmp_path)[0]["编号"] == "a"
    other = book.create_sheet("另一张")
    other.append(["x"])
    book.save(tmp_path / "名册.xlsx")
    with pytest.raises(DataError, match="有多张工作表（Sheet、另一张）"):
        rows(tmp_path)
    other.title = "名册"
    other.delete_rows(1)
    other.append(["编号", "金额"])
    other.append(["c", 3])
    book.save(tmp_path / "名册.xlsx")
    assert rows(tmp_path)[0]["编号"] == "c"


@pytest.mark.parametrize("name", ["名册.parquet", "名册.xlsx"])
def test_a_file_that_is_not_what_it_is_called_is_a_data_error(tmp_path, name):
    (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(DataError, match=name):
        rows(tmp_path)


def test_one_table_in_two_files_names_both(tmp_path):
    (tmp_path / "名册.csv").write_text("编号,金额\n")
    (tmp_path / "名册.CSV").write_text("编号,金额\n")
    with pytest.raises(DataError, match=r"名册\.CSV 和 名册\.csv"):
        open_places([tmp_path])


def test_hidden_and_foreign_files_are_no_tables(tmp_path):
    for name in ("名册.csv", ".名册.csv", "~$名册.xlsx", "说明.txt"):
        (tmp_path / name).write_text("编号,金额\n")
    places = open_places([tmp_path])
    assert places.tables() == ("名册",) and [text[-6:] for text in places.ignored] == ["说明.txt"]


@pytest.mark.parametrize("name", ["../秘密", "/etc/passwd", "子/秘密", "..", ""])
def test_a_table_name_is_never_a_path(tmp_path, name):
    (tmp_path / "秘密.csv").write_text("编号,金额\nx,1\n")
    (tmp_path / "in" / "子").mkdir(parents=True)
    (tmp_path / "in" / "子" / "秘密.csv").write_text("编号,金额\nx,1\n")
    (tmp_path / "in" / "名册.csv").write_text("编号,金额\nx,1\n")
    assert open_places([tmp_path / "in"]).raw(name) == []


def test_a_link_to_a_file_elsewhere_is_followed(tmp_path):
    (tmp_path / "真.csv").write_text("编号,金额\nx,1\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "名册.csv").symlink_to(tmp_path / "真.csv")
    assert len(rows(tmp_path / "in")) == 1


@pytest.mark.parametrize(
    ("place", "reason"),
    [("mysql://u:secret@h/db", "不能从 mysql://… 读"), ("/nowhere", "找不到")],
)
def test_what_is_no_place_is_refused(place, reason):
    with pytest.raises(DataError, match=reason) as error:
        open_places([place])
    assert "secret" not in str(error.value)


def test_a_folder_without_tables_points_to_runs_below_it(tmp_path):
    (tmp_path / "2025-01").mkdir()
    (tmp_path / "2025-01" / "run.json").write_text("{}")
    with pytest.raises(DataError, match="2025-01"):
        open_places([tmp_path])


@pytest.mark.parametrize(
    "fills",
    [[{"statement": "x", "table": "名册", "file": "../名册.csv"}], [{"table": "名册"}], "x", [1],
     [{"statement": "x", "table": "名册", "file": "statements/没有.parquet"}], []],
)  # fmt: skip
def test_run_json_cannot_point_out_of_its_folder_or_lie(tmp_path, fills):
    (tmp_path / "名册.csv").write_text("编号,金额\nx,1\n")
    run = result_folder(tmp_path / "run", fills, **{"别的.csv": "编号\n"})
    with pytest.raises(DataError):
        open_places([run])


def test_what_a_run_wrote_is_read_only_as_it_wrote_it(tmp_path):
    fills = [{"statement": "表", "table": "名册", "file": "statements/表.csv"}]
    run = result_folder(tmp_path / "run", fills, **{"表.csv": "编号,金额\nx,1\n"})
    assert open_places([run]).tables() == ("名册",)
    (run / "statements" / "表.csv").write_text("编号,金额\nx,1000001\n")
    with pytest.raises(DataError, match="表.csv：在那次运行之后改动过"):
        open_places([run])
    (run / "statements" / "表.csv").unlink()
    with pytest.raises(DataError, match="不在 statements 里"):
        open_places([run])


def test_tables_in_a_folder_below_are_pointed_at(tmp_path):
    (tmp_path / "三月").mkdir()
    (tmp_path / "三月" / "病例.csv").write_text("a\n1\n")
    with pytest.raises(DataError) as error:
        open_places([tmp_path])
    assert error.value.hint == f"表在它下面的文件夹 三月 里：--data 写到那一层，如 {tmp_path / '三月'}"
