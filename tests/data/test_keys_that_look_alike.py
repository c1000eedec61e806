"""Keys that people take for one another are told, with both; where that would add a row instead of replacing one, all
stops.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from fields import TEXT, number, table
from remote_help import WHY_NOT, make
from staging_help import agree

from engine.data.duckdb_files import memory_connection
from engine.data.load import load_table
from engine.data.staging.likeness import note_of_likeness
from engine.data.staging.stage import stage_table
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.rulebook.model import Field
from engine.rulebook.names import fault_of

KEY = Field("编号", TEXT, identifies=True)
VISITS = table("就诊", "编号", 编号=KEY, 元=number("元"))


def csv(folder, keys):
    folder.mkdir(exist_ok=True)
    (folder / "就诊.csv").write_text("\n".join(["编号,元", *(f"{key},1" for key in keys)]), "utf-8-sig")
    return folder


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("Ａ１", "“Ａ”（U+FF21）是全角字符，看上去同 “A1”"),
        ("А1", "“А”（U+0410）是西里尔或希腊字母，看上去同 “A1”"),
        ("Ο1", "“Ο”（U+039F）是西里尔或希腊字母，看上去同 “O1”"),
        ("A\u31641", "U+3164"),
        ("A1\ufe0f", "U+FE0F"),
        ("A\u200b1", "U+200B"),
    ],
)
def test_a_key_that_only_looks_like_another_is_refused_with_both(tmp_path, key, told):
    csv(tmp_path, [key, "A1", "甲1"])
    agree(VISITS, [tmp_path])
    found = load_table(VISITS, open_places([tmp_path]))
    assert [row["编号"] for row in found.rows] == ["A1", "甲1"]
    assert told in found.rejected[0].reason


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_the_same_in_postgresql():
    from remote_help import agree as agree_there

    keys = ["Ａ１", "А1", "Ο1", "A\u31641", "A1\ufe0f", "A1", "甲1"]
    at = make("就诊", [("编号", "text"), ("元", "text")], [[key, "1"] for key in keys])
    assert agree_there(VISITS, open_places([at])).count == 2


LOOSE = [("H 0", "H0"), ("H\u30000", "H0"), ("H\u00a00", "h 0"), ("H-1", "H－1"), ("H—1", "H-1"), ("H(1)", "H（1）")]


@pytest.mark.parametrize(("first", "second"), [("a1", "A1"), ("0123", "123"), *LOOSE])
def test_rows_whose_keys_differ_in_case_blanks_signs_or_zeros_are_told_and_kept(tmp_path, first, second):
    csv(tmp_path, [first, second, "9", "B7"])
    places = open_places([tmp_path])
    note = note_of_likeness(load_table(VISITS, places))
    assert "有 1 组主键" in note and f"如 “{min(first, second)}” 和 “{max(first, second)}”" in note
    with memory_connection() as connection:
        staged = stage_table(connection, VISITS, places)
        assert staged.count == 4 and note_of_likeness(staged) == note


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_they_are_told_in_postgresql():
    from engine.databases.registry import open_engine
    from tests.databases import postgres_server

    at = make(
        "就诊",
        [("编号", "text"), ("元", "text")],
        [[key, "1"] for key in ("a1", "A1", "0123", "123", "x", "H 0", "H0")],
    )
    places = open_places([at])
    with open_engine(postgres_server.url()) as opened:
        opened.join(places)
        note = note_of_likeness(opened.stage(VISITS, places, None, frozenset(), "t0"))
    assert "有 3 组主键" in note and "“0123” 和 “123”" in note


def test_keys_that_cannot_be_alike_are_not_grouped(tmp_path):
    with memory_connection() as connection:
        staged = stage_table(connection, VISITS, open_places([csv(tmp_path, ["A01", "B02", "C03"])]))
        asked: list = []
        rows = staged.store.rows
        counting = replace(staged, store=type("S", (), {"rows": lambda _, q: asked.append(q) or rows(q)})())
        assert note_of_likeness(counting) == "" and len(asked) == 1


@pytest.mark.parametrize(("old", "new"), [("A1", "a1"), ("0123", "123"), *LOOSE])
def test_a_correction_that_would_add_a_row_stops_and_names_both_keys(tmp_path, old, new):
    places = open_places([csv(tmp_path / "first", [old, "B7"]), csv(tmp_path / "second", [new])])
    with pytest.raises(DataError, match="而不是替换那一行") as told:
        load_table(VISITS, places)
    assert f"“{old}”" in str(told.value) and f"“{new}”" in str(told.value) and "第 2 行" in str(told.value)


def test_a_correction_of_one_of_two_known_keys_replaces_it(tmp_path):
    places = open_places([csv(tmp_path / "first", ["a1", "A1"]), csv(tmp_path / "second", ["A1", "C3"])])
    assert len(load_table(VISITS, places).rows) == 3


def test_names_of_rules_have_no_letters_that_only_look_like_others():
    assert "西里尔" in fault_of("CМI") and "看不见" in fault_of("甲\u3164") and fault_of("CMI") == ""
