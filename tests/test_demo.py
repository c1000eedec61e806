"""``make demo``: every step of a city's year, with few cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import demo


@pytest.mark.slow
def test_the_year_goes_through_from_data_to_explanations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run(["--cases", "2000", "--keep", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    months = [f"2025-{month:02}" for month in range(1, 13)]
    shown = [
        "年度基金池表",
        "各表行数的去向",
        "应结算金额最大的十家",
        "基金运行公开表",
        "病例点数 = ",
        "月度预结算费用 = ",
    ]
    missing = [text for text in (*months, *shown) if text not in printed]
    assert missing == []
    assert printed.count("$ casemix ") == printed.count("用时 ") == 7
    assert printed.count("$ casemix run ") == 4

    record = json.loads((tmp_path / "out" / "清算" / "run.json").read_text("utf-8"))
    assert {Path(folder).name for folder in record["data"]} == {"数据", "基准", *months}
    [cases] = [account for account in record["accounting"] if account["table"] == "病例"]
    assert sum(cases["states"].values()) == 2000
    assert cases["states"]["结算"] > 400


def test_words_of_a_command_are_those_of_a_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(demo, "main", lambda arguments, **_: called.append(arguments))
    steps = [{"say": "a", "command": "run --data={out}/2025-{09..11} --out {out}"}]
    out = str(tmp_path / "with blank")
    assert demo.Demo({"title": "t", "about": [], "steps": steps}, {"out": out}).run() == 0
    assert called == [["run", *(f"--data={out}/2025-{month}" for month in ("09", "10", "11")), "--out", out]]
