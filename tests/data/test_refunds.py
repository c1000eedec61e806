"""Settlements and their refunds in a delivery: what cancels, what is refused by which name, in files and databases."""

from __future__ import annotations

from fractions import Fraction

import pytest
from fields import TEXT, number, result_folder, table
from remote_help import WHY_NOT, make, place
from remote_help import agree as agree_in_database
from staging_help import assert_same

from engine.data.duckdb_files import memory_connection
from engine.data.load import load_table
from engine.data.mapping import read_mapping
from engine.data.staging.stage import stage_table
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.rulebook.model import Field, Table
from engine.rulebook.problems import RulebookError

MAPPING = """
账单:
  来自: bills
  空值: "-"
  退费: {标志: flag, 值: [1, 是], 原单号: of}
  列: {编号: id, 金额: total, 基金: fund}
"""
HEADER = "id,total,fund,flag,of"
ROWS = [
    "a,100.00,60,0,",  # an ordinary one
    "b,50.25,20,0,-",
    "b-,-50.25,-20,1,b",  # cancels b
    "c,80,30,1,",  # flagged too, as some exports do with what was refunded
    "c-, -80 ,-30,是,c",
    "d,10,5,0,",  # two refunds that add up to it
    "d1,-4,-2,1,d",
    "d2,-6,-3,1,d",
    "e,70,30,0,",  # refunded in part
    "e-,-20,-10,1,e",
    "f-,-9,-9,1,gone",  # of another delivery
    "g-,-8,-8,1,",  # of nobody knows what
    "h,90,10,0,",  # refunded, and the refund refunded
    "h-,-90,-10,1,h",
    "h+,90,10,1,h-",
    "i,1,1,0,",  # one number twice
    "i,2,1,0,",
    "i-,-1,-1,1,i",
    "j,x,1,0,",  # nobody knows how much
    "j-,-3,-1,1,j",
    "k,5,5,0,k",  # names itself
    "l,30,0,0,a",  # no refund, by its flag
]
KEPT = ["a", "k", "l"]
CANCELLED = {
    "b": "由 “b-” 冲销",
    "b-": "冲销 “b”",
    "c": "由 “c-” 冲销",
    "c-": "冲销 “c”",
    "d": "由 “d1”、“d2” 冲销",
    "d1": "冲销 “d”",
    "d2": "冲销 “d”",
}
REFUSED = {
    "e": ("退费和原单合计不为零", "原单 “e” 和它的退费合计还有 金额 50、基金 20"),
    "e-": ("退费和原单合计不为零", "原单 “e” 和它的退费合计还有 金额 50、基金 20"),
    "f-": ("退费的原单不在数据里", "原单 “gone” 不在这次的数据里"),
    "g-": ("退费没有原单号", "标志是退费，没有写原单号"),
    "h": ("退费的退费", "原单 “h” 的退费又被退"),
    "h-": ("退费的退费", "原单 “h"),
    "h+": ("退费的退费", "原单 “h-” 的退费又被退"),
    "i": ("退费的原单有几行", "单号 “i” 或它的退费在一份数据里有几行"),
    "i-": ("退费的原单有几行", "单号 “i” 或它的退费在一份数据里有几行"),
    "j": ("退费的金额读不出来", "原单 “j” 和退费的金额读不出来：金额：“x”不是数"),
    "j-": ("退费的金额读不出来", "原单 “j” 和退费的金额读不出来：金额：“x”不是数"),
}


def bills() -> Table:
    return table("账单", "编号", 编号=TEXT, 金额=number("元"), 基金=Field("基金", number("元"), nullable=True))


def written(tmp_path, text: str = MAPPING):
    path = tmp_path / "映射.yaml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


def delivery(tmp_path, rows, name="data", header=HEADER, stem="bills"):
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    (folder / f"{stem}.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return folder


def check(found) -> None:
    assert {row.key_text: row.reason for row in found.cancelled} == CANCELLED
    told = {row.key_text: (row.code, row.reason) for row in found.rejected}
    assert told.keys() == REFUSED.keys() and len(found.rejected) == len(REFUSED) + 1  # i stands twice
    assert all(told[key][0] == code and told[key][1].startswith(why) for key, (code, why) in REFUSED.items()), told


def test_what_adds_up_to_nothing_cancels_and_all_else_is_refused_by_its_own_name(tmp_path):
    loaded = load_table(bills(), open_places([delivery(tmp_path, ROWS)], written(tmp_path)))
    assert [row["编号"] for row in loaded.rows] == KEPT
    check(loaded)
    assert len(loaded.rows) + len(loaded.rejected) + len(loaded.cancelled) == len(ROWS)
    sums = [sum((dict(row.amounts)[name] for row in loaded.cancelled), Fraction(0)) for name in ("金额", "基金")]
    assert sums == [0, 0]
    assert [row.line for row in loaded.cancelled] == [3, 4, 5, 6, 7, 8, 9]


def test_money_that_the_program_does_not_read_is_compared_too(tmp_path):
    rows = ["a,100,60,0,", "a-,-100,-50,1,a"]
    places = open_places([delivery(tmp_path, rows)], written(tmp_path))
    loaded = load_table(bills(), places, columns_needed={"金额"})
    assert {row.code for row in loaded.rejected} == {"退费和原单合计不为零"} and not loaded.rows


def test_the_embedded_database_does_the_same(tmp_path):
    places = open_places([delivery(tmp_path, ROWS)], written(tmp_path))
    loaded = load_table(bills(), places)
    with memory_connection() as connection:
        staged = stage_table(connection, bills(), places)
        assert_same(staged, loaded, connection)
        check(staged)


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize("needed", [None, frozenset(("金额",))])
@pytest.mark.parametrize("kind", ["text", "char(3)"])
def test_a_database_does_the_same_where_the_rows_are(tmp_path, needed, kind):
    spec = [("id", "text"), ("total", "text"), ("fund", "numeric(12,2)"), ("flag", kind), ("of", "text")]
    make("bills", spec, [[cell or None for cell in row.split(",")] for row in ROWS])
    staged = agree_in_database(bills(), open_places([place()], written(tmp_path)), columns_needed=needed)
    assert staged.count == len(KEPT)
    check(staged)


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_numbers_of_a_database_are_compared_as_numbers(tmp_path):
    spec = [("id", "bigint"), ("total", "numeric(12,2)"), ("fund", "int"), ("flag", "boolean"), ("of", "numeric")]
    rows = [["1", "5", "1", "false", None], ["2", "-5", "-1", "true", "1.0"], ["3", "9", "1", None, None]]
    make("bills", spec, rows)
    mapping = written(tmp_path, MAPPING.replace("[1, 是]", '"true"').replace("原单号: of", "原单号: of, 单号: id"))
    staged = agree_in_database(bills(), open_places([place()], mapping))
    assert (staged.count, [row.key_text for row in staged.cancelled]) == (1, ["1", "2"])


def test_the_original_may_stand_in_an_earlier_delivery(tmp_path):
    first = delivery(tmp_path, ["a,100,60,0,", "b,50,20,0,"], "first")
    second = delivery(tmp_path, ["b-,-50,-20,1,b", "c,7,7,0,"], "second")
    mapping = written(tmp_path)
    both = load_table(bills(), open_places([first, second], mapping))
    assert [row["编号"] for row in both.rows] == ["a", "c"]
    assert [(row.key_text, row.origin) for row in both.cancelled] == [
        ("b", str(first / "bills.csv")),
        ("b-", str(second / "bills.csv")),
    ]
    alone = load_table(bills(), open_places([second], mapping))
    assert [(row.key_text, row.code) for row in alone.rejected] == [("b-", "退费的原单不在数据里")]


def test_a_corrected_settlement_cancels_by_what_it_was_corrected_to(tmp_path):
    wrong = delivery(tmp_path, ["b,55,20,0,", "b-,-50,-20,1,b"], "wrong")
    uneven = load_table(bills(), open_places([wrong], written(tmp_path)))
    assert [row.code for row in uneven.rejected] == ["退费和原单合计不为零"] * 2
    places = [wrong, delivery(tmp_path, ["b,50,20,0,"], "right")]
    loaded = load_table(bills(), open_places(places, written(tmp_path)))
    assert not loaded.rows and [row.key_text for row in loaded.cancelled] == ["b", "b-", "b"]


@pytest.mark.parametrize("number", ["原单号: of", "原单号: of, 单号: id"])
def test_what_a_result_says_of_a_cancelled_settlement_goes_with_it(tmp_path, number):
    fills = [{"statement": "表", "table": "账单", "file": "statements/表.csv"}]
    out = result_folder(tmp_path / "out", fills, **{"表.csv": "编号,金额,基金\nb,50,20\nz,1,1\n"})
    first = delivery(tmp_path, ["b,50,20,0,", "b-,-50,-20,1,b"])
    loaded = load_table(bills(), open_places([first, out], written(tmp_path, MAPPING.replace("原单号: of", number))))
    assert [row["编号"] for row in loaded.rows] == ["z"]
    assert [row.key_text for row in loaded.cancelled] == ["b", "b-", "b"]


def test_a_key_of_two_fields_needs_the_column_with_the_number(tmp_path):
    two = table(
        "账单", "院,编号", 院=TEXT, 编号=TEXT, 金额=number("元"), 基金=Field("基金", number("元"), nullable=True)
    )
    rows = ["甲,b,50,20,0,", "甲,b-,-50,-20,1,b"]
    places = [delivery(tmp_path, rows, header=f"院,{HEADER}")]
    mapping = written(tmp_path)
    with pytest.raises(RulebookError, match="主键有几个字段（院、编号）"):
        mapping.refuse_strangers({"账单": two})
    with pytest.raises(DataError, match="映射.yaml:5:3：表“账单”的主键有几个字段"):
        load_table(two, open_places(places, mapping))
    mapping = written(tmp_path, MAPPING.replace("原单号: of", "原单号: of, 单号: id"))
    mapping.refuse_strangers({"账单": two})
    assert [row.key_text for row in load_table(two, open_places(places, mapping)).cancelled] == ["甲,b", "甲,b-"]


@pytest.mark.parametrize(
    ("said", "why"),
    [("退费: {标志: flag, 值: 1}", "原单号"), ("退费: {标志: flag, 原单号: of}", "值"), ("退费: 是", "退费"),
     ("退费: {标志: flag, 值: 1, 原单号: of, 金额: a}", "金额")],
)  # fmt: skip
def test_what_is_missing_of_refunds_is_told(tmp_path, said, why):
    with pytest.raises(RulebookError, match=why):
        written(tmp_path, f"账单:\n  {said}\n")


def test_a_column_for_refunds_that_is_not_there_is_told_with_one_like_it(tmp_path):
    mapping = written(tmp_path, MAPPING.replace("标志: flag", "标志: flog"))
    with pytest.raises(DataError, match="映射.yaml:5:3：.*没有列 flog") as wrong:
        load_table(bills(), open_places([delivery(tmp_path, ROWS)], mapping))
    assert wrong.value.hint == "是不是 flag？"
