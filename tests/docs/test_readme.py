"""The READMEs: their YAML stands in the region, their output is what comes out, and what they link to is there."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main

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


def test_every_line_of_output_comes_out_in_this_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = (text for _, text in BLOCK.findall((ROOT / "README.md").read_text("utf-8")) if text.startswith("$ "))
    parts = re.findall(r"^\$ casemix (.*)\n((?:(?!\$ ).*\n)*)", shown, re.MULTILINE)
    assert len(parts) == 5
    for command, text in parts:
        monkeypatch.setitem(os.environ, "COLUMNS", "200" if command.startswith("explain") else "80")
        words = [re.sub(r"^out\b", str(tmp_path / "out"), word) for word in shlex.split(command)]
        done = CliRunner().invoke(main, words, prog_name="casemix")
        assert done.exit_code == 0, done.output
        printed = iter([line.rstrip() for line in done.output.splitlines()])
        lines = [line.rstrip() for line in text.splitlines() if line.strip() not in ("", "…")]
        assert [line for line in lines if line not in printed] == [], command


@pytest.mark.parametrize(
    "name", [*FILES, *(f"docs/{page}.md" for page in ("language", "command-line", "architecture", "trials"))]
)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
