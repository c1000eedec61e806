"""Shipped rules, typed as untidily as YAML allows, are laid out the same way again; no comment leaves its entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.formatting.formulas import evenly
from engine.formatting.lay_out import laid_out
from engine.formatting.remarks import NotLaidOut, remarks_of
from engine.rulebook.source import read_text
from engine.rulebook.spans import written
from tests.formatting.ugly import ugly

ROOT = Path(__file__).parents[2]
MOST = 6000
SHIPPED = [
    path
    for folder in ("rules", "regions")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
    if 0 < len(path.read_text("utf-8")) < MOST
]
_REMARK = re.compile(r"(?P<kind>附|尾) (?P<path>.*) (?P<number>\d+)$")


def _case(seed: int) -> str:
    return SHIPPED[seed % len(SHIPPED)].read_text("utf-8")


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_of(line: str, own: str) -> bool:
    """Whether a line begins with a name, or with an item of a list."""
    said = re.sub(r"^[-\[{ ]+", "", line)
    return any(re.match(rf"{re.escape(word)}(?=[:,\]}}]|  #|$)", said) for word in (own, evenly(own)))


def _astray(out: str) -> list[str]:
    """Comments that stand neither above nor beside their entry, nor at the end of their block."""
    lines = out.split("\n")
    found = []
    for place, line in enumerate(lines):
        match = _REMARK.search(line)
        if match is None:
            continue
        own = match["path"].split("/", 1)[-1]
        alone = line.lstrip().startswith("#")
        if match["kind"] == "附":
            about = next((one for one in lines[place + 1 :] if one.strip() and not one.lstrip().startswith("#")), "")
            if not alone and "[" not in line and "]  #" in line:  # the end of a list that takes several lines
                about = next(one for one in reversed(lines[:place]) if _column(one) < _column(line))
                alone = True
            right = _is_of(about if alone else line, own)
        else:
            heads = (one for one in reversed(lines[:place]) if one.strip() and _column(one) < _column(line))
            right = alone and _is_of(next(heads, ""), own)
        if not right:
            found.append(f"{place + 1} {line.strip()}")
    return found


def _check(seed: int) -> None:
    text = _case(seed)
    typed = ugly(text, seed)
    problems: list = []
    read_text(typed, "甲", problems)
    assert problems == [], "the test typed something that cannot be read"
    as_typed = (typed, typed, typed.replace("\n", "\r\n"), "\ufeff" + typed)[seed % 4]
    out = laid_out(as_typed)
    assert laid_out(out) == out
    assert ("\r\n" in out) == (seed % 4 == 2)
    plain = out.replace("\r\n", "\n")
    assert "\r" not in plain and not plain.startswith("\ufeff")
    assert all(line == line.rstrip() for line in plain.split("\n"))
    assert "\n\n\n" not in plain and plain.endswith("\n")
    said = sorted(one.text for one in remarks_of(typed, written(typed)))
    assert sorted(one.text for one in remarks_of(plain, written(plain))) == said
    assert _astray(plain) == []


@pytest.mark.parametrize("seed", range(40))
def test_an_untidy_file_is_laid_out_and_every_comment_stays_with_its_entry(seed):
    _check(seed)


@pytest.mark.slow
def test_many_untidy_files_are_laid_out():
    for seed in range(1000, 1800):
        try:
            _check(seed)
        except (AssertionError, NotLaidOut) as error:
            raise AssertionError(f"seed {seed}, {SHIPPED[seed % len(SHIPPED)]}") from error


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_two_who_typed_the_same_get_the_same_file(seed):
    text = _case(seed)
    assert laid_out(ugly(text, seed, remarks=False)) == laid_out(ugly(text, seed + 1, remarks=False))
