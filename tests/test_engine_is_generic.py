"""The engine knows no payment term, no table's name and no region: those are the policy's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[1] / "engine"
FILES = sorted(
    path for suffix in ("py", "lark", "json") for path in ENGINE.rglob(f"*.{suffix}") if "shipped" not in path.parts
)
TERMS = ("点数", "倍率", "病组", "病种", "病例", "医疗机构")
REGIONS = ("济源", "宣城", "广东", "广西")
PINYIN = (
    "dianshu",
    "beilv",
    "bingzu",
    "bingzhong",
    "bingli",
    "yiliaojigou",
    "jiyuan",
    "xuancheng",
    "guangdong",
    "guangxi",
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ENGINE)))
def test_no_term_of_a_policy_stands_in_the_engine(path: Path) -> None:
    text = path.read_text("utf-8")
    found = re.findall("|".join((*TERMS, *REGIONS)), text) + re.findall("|".join(PINYIN), text.lower())
    assert found == []


def test_the_schemas_are_looked_at_too() -> None:
    assert any(path.parent.name == "schema" for path in FILES)
    assert any(path.suffix == ".lark" for path in FILES)
