"""Columns that are matched on a page are written into the text of a mapping, and what stood in it stays."""

from __future__ import annotations

import pytest

from engine import api
from engine.data.mapped_columns import with_columns
from engine.data.mapping import read_mapping
from engine.files.errors import DataError
from engine.rulebook.problems import RulebookError


def columns_in(tmp_path, text, table="行程"):
    (tmp_path / "映射.yaml").write_text(text, "utf-8")
    own = read_mapping(tmp_path / "映射.yaml").tables[table]
    return own.origin, {taken.field: taken.columns[0] for taken in own.taken}


@pytest.mark.parametrize(
    ("text", "origin", "before"),
    [
        ("", "行程", {}),
        ("# 三月\n司机: {来自: 人员}\n", "行程", {}),
        ("行程:\n  来自: 运单\n", "运单", {}),
        ("行程:\n  来自: 运单\n  列:\n    班次: 班\n\n司机: {来自: 人员}", "运单", {"班次": "班"}),
        ("行程:\n    列:\n        班次: 班\n    来自: 运单\n", "运单", {"班次": "班"}),
        ("行程:\n  列:\n    # 早晚\n    班次: {列: 班, 空值: 无}\n", "行程", {"班次": "班"}),
    ],
)
def test_columns_are_added_where_they_belong_and_the_rest_stays(tmp_path, text, origin, before):
    added = {"运费": "运非", "里程": "里程（公里）"}
    made = with_columns(text, "映射.yaml", "行程", added)
    assert columns_in(tmp_path, made) == (origin, {**before, **added})
    assert [line for line in text.splitlines() if line not in made.splitlines()] == []


@pytest.mark.parametrize("column", ["a: b", "#1", "'", "否 ", "null", "12", '引"号', "- x"])
def test_a_column_of_any_name_is_read_as_it_was_written(tmp_path, column):
    made = with_columns("", "映射.yaml", "行程", {"运费": column})
    assert columns_in(tmp_path, made) == ("行程", {"运费": column})


def test_a_table_that_is_written_in_one_line_is_left_to_the_person_with_what_to_write():
    with pytest.raises(DataError, match="写在一行里") as told:
        with_columns("行程: {列: {班次: 班}}\n", "映射.yaml", "行程", {"运费": "运非"})
    assert "运费: 运非" in told.value.hint


def test_a_text_that_is_no_yaml_is_told():
    with pytest.raises(RulebookError):
        with_columns("行程: {列", "映射.yaml", "行程", {"运费": "运非"})


def test_a_mapping_file_is_made_and_added_to_and_what_cannot_be_added_leaves_it_as_it_was(tmp_path):
    file = tmp_path / "新的/映射.yaml"
    with pytest.raises(DataError, match="甲 选了两次"):
        api.map_columns(file, {"行程": {"运费": "甲", "里程": "甲"}})
    assert not file.exists()
    api.map_columns(file, {"行程": {"运费": "甲"}, "司机": {"姓名": "甲"}})
    api.map_columns(file, {"行程": {"里程": "乙"}})
    before = file.read_text("utf-8")
    assert columns_in(tmp_path, before) == ("行程", {"里程": "乙", "运费": "甲"})
    with pytest.raises(RulebookError):
        api.map_columns(file, {"行程": {"里程": "丙"}})
    assert file.read_text("utf-8") == before
