"""The lists in the regions' READMEs are what the rules say: made from them, not written."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from engine.cli import main
from tests.docs.pages import ROOT

REGIONS = ("guangdong", "guangxi", "hezhou", "jiyuan", "liuzhou", "meizhou", "xuancheng")


def test_the_lists_are_made_from_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, ["lists", *REGIONS, "--check"])
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_lists_what_it_waits_for_and_what_it_assumes(region: str) -> None:
    text = (ROOT / "regions" / region / "README.md").read_text("utf-8")
    assert [kind for kind in ("待定", "暂定") if f"<!-- casemix lists: {kind} -->" not in text] == []
