"""The READMEs: their YAML stands in the region, the two show the same, and what they link to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("README.md", "README.zh.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", FILES)
def test_every_line_of_yaml_stands_in_the_region(name: str) -> None:
    written = (ROOT / "regions" / "jiyuan" / "第四章 病组支付.yaml").read_text("utf-8").splitlines()
    shown = [text for kind, text in BLOCK.findall((ROOT / name).read_text("utf-8")) if kind == "yaml"]
    assert shown
    assert [line for text in shown for line in text.splitlines() if line.strip() != "…" and line not in written] == []


def test_both_show_the_same_policy_and_the_same_output() -> None:
    blocks = [BLOCK.findall((ROOT / name).read_text("utf-8")) for name in FILES]
    same = [[text for _, text in found if text.startswith(("低倍率", "$ "))] for found in blocks]
    assert len(same[0]) == 2
    assert same[0] == same[1]


@pytest.mark.parametrize(
    "name", [*FILES, *(f"docs/{page}.md" for page in ("language", "command-line", "architecture"))]
)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
