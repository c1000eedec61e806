"""What goes wrong in the midst of a page is said in words that its reader understands."""

from __future__ import annotations

import errno

from engine.drafts import KeptMeanwhile
from engine.files.errors import DataError
from engine.rulebook.locate import shipped
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.workbench.shows.troubles import MISTAKE, words_of


def test_each_is_a_sentence_with_its_place_and_its_cure():
    assert words_of(DataError("没有数据 甲", "再选一次")) == "没有数据 甲（再选一次）"
    assert words_of(KeptMeanwhile(None)) == "这个文件在另一个窗口里改过"
    assert words_of(PermissionError(errno.EACCES, "Permission denied", "规则.yaml")) == "规则.yaml：没有权限"
    problem = Problem("E108", Place("规则.yaml", 3, 1), "引号没有闭合")
    assert words_of(RulebookError([problem])) == "规则有错：规则.yaml 第 3 行 引号没有闭合"


def test_files_in_the_working_folder_are_called_as_they_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = f"{tmp_path}/交来/病例.csv：缺少列 甲"
    assert (
        words_of(DataError(said, f"看 {shipped('rules')}/drg/一.yaml"))
        == "交来/病例.csv：缺少列 甲（看 rules/drg/一.yaml）"
    )
    other = f"{tmp_path}2/病例.csv：缺少列 甲"
    assert words_of(DataError(other, "")) == other


def test_a_mistake_of_the_program_is_told_as_one_and_shows_nothing_of_what_it_held():
    assert words_of(KeyError("身份证 11010119900101")) == MISTAKE
