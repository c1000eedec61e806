"""The READMEs: their YAML stands in the region, their output is what comes out, and what they link to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import BLOCK, ROOT, commands, dead_links

FILES = ("README.md", "README.zh.md")


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


@pytest.mark.slow
def test_every_line_of_output_comes_out_in_this_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = (text for _, text in BLOCK.findall((ROOT / "README.md").read_text("utf-8")) if text.startswith("$ "))
    found = commands(shown)
    assert len(found) == 5
    for command in found:
        code, printed = command.printed(monkeypatch, out=str(tmp_path / "out"))
        assert code == 0, printed
        assert command.not_printed(printed) == [], command.line


@pytest.mark.parametrize("name", FILES)
def test_the_case_is_priced_as_its_python_says(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = (text for kind, text in BLOCK.findall((ROOT / name).read_text("utf-8")) if kind == "python")
    exec(compile(shown, name, "exec"), {})
    assert capsys.readouterr().out.split() == shown.rpartition("#")[2].split()


@pytest.mark.parametrize("name", FILES)
def test_every_target_of_make_is_there(name: str) -> None:
    shown = re.findall(r"^make ([\w-]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    assert shown == ["demo", "demo-month", "workbench", "test", "wheels"]
    assert set(shown) <= set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize(
    "name", [*FILES, *(f"docs/{page}.md" for page in ("language", "command-line", "architecture", "trials"))]
)
def test_links_lead_somewhere(name: str) -> None:
    assert dead_links(ROOT / name) == []
