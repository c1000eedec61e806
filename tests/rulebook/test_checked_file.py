"""A text that was read before is not worked out again; a file that changed, by whoever, is."""

import pytest

from engine.rulebook import checked_file
from engine.rulebook.checked_file import read_checked

WRONG = "应付: {粒度: 人, 公试: 费用}\n"


def told(path):
    problems = []
    root = read_checked(path, path.name, "rules", problems)
    return root, [(problem.code, problem.place.line) for problem in problems]


def test_what_is_wrong_is_told_each_time_and_no_longer_once_it_is_mended(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(WRONG, "utf-8")
    root, first = told(path)
    again, second = told(path)
    assert again is root and second == first == [("E120", 1)]
    path.write_text(WRONG.replace("公试", "公式"), "utf-8")
    assert told(path)[1] == []
    path.write_text("# 说明\n" + WRONG, "utf-8")
    assert told(path)[1] == [("E120", 2)]


def test_the_same_text_in_another_file_has_its_own_places(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(WRONG, "utf-8")
        problems = []
        read_checked(tmp_path / name, name, "rules", problems)
        assert [problem.place.file for problem in problems] == [name]


@pytest.mark.parametrize("kind", ["region", "test"])
def test_the_same_text_as_something_else_is_checked_as_that(tmp_path, kind):
    (tmp_path / "a.yaml").write_text(WRONG, "utf-8")
    problems = []
    read_checked(tmp_path / "a.yaml", "a.yaml", kind, problems)
    assert problems and "公试" not in problems[0].message


def test_long_texts_are_not_kept(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text("#" * checked_file.MOST_CHARACTERS + "\n" + WRONG, "utf-8")
    first, again = told(path), told(path)
    assert again[0] is not first[0] and again == first
