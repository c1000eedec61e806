"""The engine knows no payment term, no table's name and no region: those are the policy's."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_no_term_of_a_policy_stands_in_the_engine() -> None:
    words = re.compile("|".join((*TERMS, *REGIONS, *PINYIN)), re.IGNORECASE)
    found = {str(path): words.findall(path.read_text("utf-8")) for path in FILES}
    assert {path: terms for path, terms in found.items() if terms} == {}


def test_the_schemas_are_looked_at_too() -> None:
    assert any(path.parent.name == "schema" for path in FILES)
    assert any(path.suffix == ".lark" for path in FILES)
