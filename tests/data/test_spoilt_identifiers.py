"""Numbers of people and institutions that a spreadsheet changed: refused from every kind of file, with the cure."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from fields import TEXT, number, table
from remote_help import WHY_NOT, make
from remote_help import agree as agree_there
from staging_help import agree, outcome, write_text

from engine.data.duckdb_files import memory_connection
from engine.data.load import load_table
from engine.data.staging.one_cut import notes_of_one_cut
from engine.data.staging.stage import stage_table
from engine.data.values import BadCell
from engine.databases.places import open_places
from engine.databases.registry import open_engine
from engine.rulebook.book import load
from engine.rulebook.model import Field
from tests.databases import postgres_server

pytestmark = pytest.mark.slow

WHO = Field("谁", TEXT, nullable=True, identifies=True)
CODE = Field("码", TEXT, nullable=True, identifies=True, lengths=(4, 6))
VISITS = table("就诊", "编号", 编号=replace(WHO, name="编号", nullable=False), 谁=WHO, 码=CODE, 元=number("元"))
SPOILT = ["4.10881E+17", "4.10881e+17", "4.10881E17", "4E+17", "1464.0", "1464.00", "7.0"]
SOUND = ["410881199001011234", "41088119900101123X", "47.0", "81.5100x001", "1E10", "E10.900", "A-1", "00123"]
MEDIA = ["csv", "parquet", "duckdb", pytest.param("postgres", marks=pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT))]


def delivered(folder: Path, medium: str, rows: list[list[str]]):
    """The outcome of loading; staging must have come to the same."""
    rows = [[*row, "1"] for row in rows]
    header = ["编号", "谁", "码", "元"]
    if medium == "postgres":
        at = make("就诊", [(name, "text") for name in header], rows)
        agree_there(VISITS, open_places([at]))
        return outcome(lambda: load_table(VISITS, open_places([at])))
    place = folder
    if medium == "csv":
        (folder / "就诊.csv").write_text("\n".join(map(",".join, [header, *rows])), "utf-8-sig")
    else:
        path = write_text(folder, "就诊", medium, header, rows)
        place = path if medium == "duckdb" else folder
    agree(VISITS, [place])
    return outcome(lambda: load_table(VISITS, open_places([place])))


@pytest.mark.parametrize("medium", MEDIA)
def test_a_number_in_the_form_of_an_exponent_or_a_fraction_is_refused_and_others_are_not(tmp_path, medium):
    rows = [[f"K{n}", cell, "0012"] for n, cell in enumerate([*SPOILT, *SOUND])] + [[SPOILT[0], "甲", "0012"]]
    found, wrong = delivered(tmp_path, medium, rows)
    assert wrong is None and [row["谁"] for row in found.rows] == SOUND
    assert all("改写过的号" in row.reason and "设成文本" in row.reason for row in found.rejected)


@pytest.mark.parametrize("medium", MEDIA)
def test_a_lost_zero_is_seen_where_the_length_is_fixed(tmp_path, medium):
    found, _ = delivered(tmp_path, medium, [["a", "甲", "0123"], ["b", "甲", "123"], ["c", "甲", "012345"]])
    assert [row["码"] for row in found.rows] == ["0123", "012345"]
    (refused,) = found.rejected
    assert "有 3 位，应为 4 或 6 位，前面的 0 可能丢了" in refused.reason


@pytest.mark.parametrize("medium", MEDIA)
def test_a_column_of_numbers_that_were_cut_stops_the_delivery(tmp_path, medium):
    whole = [f"41088119900101{n:04}" for n in range(1001, 1030)]
    rows = [[f"K{n}", who, "0012"] for n, who in enumerate([*whole, "410881199001010000", "410881199001012000"])]
    _, wrong = delivered(tmp_path, medium, rows)
    assert "18 位以上的号有 31 个，其中 2 个从第 16 位起全是 0，如 “410881199001010000”" in wrong
    assert "标识: 否" in wrong
    more = [[f"L{n}", f"41088219900101{n:04}", "0012"] for n in range(1001, 1012)]
    found, wrong = delivered(tmp_path, medium, [*rows, *more])  # 2 of 42: by chance
    assert wrong is None and len(found.rows) == 42


def test_one_person_whose_number_ends_so_is_no_fault_and_is_told(tmp_path):
    rows = [[f"K{n}", "410881199001010000", "0012"] for n in range(5)] + [["K9", "41088119900101123X", "0012"]]
    found, wrong = delivered(tmp_path, "csv", rows)
    assert wrong is None and len(found.rows) == 6
    (note,) = notes_of_one_cut(found)
    assert "列 谁 里 18 位以上的号有 6 个，其中 5 个都是 “410881199001010000”，从第 16 位起全是 0" in note
    with memory_connection() as connection:
        assert notes_of_one_cut(stage_table(connection, VISITS, open_places([tmp_path]))) == [note]
    sound = [[f"L{n}", f"41088119900101{n:04}", "0012"] for n in range(1001, 1100)]
    more, _ = delivered(tmp_path, "csv", [*rows, *sound])  # 5 of 105: not many
    assert notes_of_one_cut(more) == []


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_one_person_whose_number_ends_so_is_told_in_postgresql():
    rows = [[f"K{n}", "410881199001010000", "0012", "1"] for n in range(5)]
    places = open_places([make("就诊", [(name, "text") for name in ("编号", "谁", "码", "元")], rows)])
    with open_engine(postgres_server.url()) as opened:
        opened.join(places)
        (note,) = notes_of_one_cut(opened.stage(VISITS, places, None, frozenset(), "t0"))
    assert "有 5 个，其中 5 个都是" in note


def test_numbers_of_a_workbook_that_are_too_long_or_too_short(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["编号", "谁", "码", "元"])
    for row in (
        ["a", 410881199001010000, "0012", 1],
        ["b", 1464.0, 12, 1],
        ["c", "4.1E+17", "0012", 1],
        ["d", 7, 1234, 1],
    ):
        book.active.append(row)
    book.save(tmp_path / "就诊.xlsx")
    agree(VISITS, [tmp_path])
    found = load_table(VISITS, open_places([tmp_path]))
    assert [(row["谁"], row["码"]) for row in found.rows] == [("7", "1234")]
    assert [("超过 15 位" in r.reason, "有 2 位" in r.reason, "改写过" in r.reason) for r in found.rejected] == [
        (True, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip


def test_keys_references_and_what_says_so_identify_and_take_the_length_of_what_they_refer_to(tmp_path):
    (tmp_path / "region.yaml").write_text("名称: 例市\n施行: 2025-01-01\n文件: {例: {题名: 例}}\n", "utf-8")
    (tmp_path / "表.yaml").write_text(
        """依据: 例 第一条
病历: {主键: 号, 字段: {号: 文本, 院: {类型: → 医院}, 人: {类型: 文本, 标识: 是}, 名: 文本, 院码: 文本}}
医院: {主键: 院码, 字段: {院码: {类型: 文本, 长度: 5}, 备注: 文本}}
别表: {主键: 序, 字段: {序: {类型: 文本, 标识: 否}, 长: {类型: 文本, 长度: [15, 18]}}}
""",
        "utf-8",
    )
    tables = load(str(tmp_path)).at(datetime.date(2025, 1, 1)).tables
    told = {f.name: (bool(f.identifies), f.lengths) for t in tables.values() for f in t.fields.values()}
    assert told == {
        "号": (True, ()), "院": (True, (5,)), "人": (True, ()), "名": (False, ()), "院码": (True, (5,)),
        "备注": (False, ()), "序": (False, ()), "长": (False, (15, 18)),
    }  # fmt: skip


def test_free_text_may_look_as_it_likes():
    from engine.data.cells.reader import reader_of

    assert reader_of(Field("说明", TEXT))("1464.0") == "1464.0"
    assert isinstance(reader_of(WHO)("1464.0"), BadCell)
