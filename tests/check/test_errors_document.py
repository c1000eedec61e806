"""docs/errors.md has an entry for every code and no other; what it says to avoid is refused, the rest is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.codes import CODES

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "errors.md").read_text("utf-8")
SECTIONS = re.findall(r"^## ([EWI]\d{3}) (.*?)\n(.*?)(?=^#{1,2} |\Z)", DOCUMENT, re.M | re.S)
REGION = "名称: 例市\n施行: 2025-01-01\n文件:\n  办法: {题名: 例市交通补助办法}\n"
TABLES = re.search(r"接在这两张表后面：\n\n```\n(.*?)```", DOCUMENT, re.S)[1]


def _codes(folder: Path, rules: str) -> set[str]:
    folder.mkdir(exist_ok=True)
    (folder / "region.yaml").write_text(REGION, "utf-8")
    (folder / "rules.yaml").write_text(TABLES + rules, "utf-8")
    return {problem.code for problem in check_book(load(folder))}


def test_every_code_has_an_entry_with_its_title_and_no_other_is_there():
    assert [(code, title) for code, title, _ in SECTIONS if CODES.get(code, ("", ""))[1] != title] == []
    assert sorted(code for code, _, _ in SECTIONS) == sorted(CODES)


@pytest.mark.parametrize("code, title, body", SECTIONS, ids=[code for code, _, _ in SECTIONS])
def test_an_entry_says_what_to_avoid_what_to_write_and_why(code, title, body):
    assert re.search("避免.+应写.+为什么.+", body, re.S)


@pytest.mark.parametrize(
    "code, title, body", [s for s in SECTIONS if s[0] >= "E2"], ids=[s[0] for s in SECTIONS if s[0] >= "E2"]
)
def test_the_examples_are_right(code, title, body, tmp_path):
    avoid, write = body.split("应写", 1)
    for snippet in re.findall(r"```yaml\n(.*?)```", avoid, re.S):
        assert _codes(tmp_path / "a", snippet) == {code}, snippet
    for snippet in re.findall(r"```yaml\n(.*?)```", write, re.S):
        assert _codes(tmp_path / "b", snippet) == set(), snippet
