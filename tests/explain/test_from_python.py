"""An explanation for other programs: a tree of plain data, the same as the command gives."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from engine import api
from engine.cli import main
from tests.engine.city import city

RULES = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 1}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""


def test_a_result_is_explained_from_python_as_the_command_does(tmp_path: Path) -> None:
    out = city(tmp_path, RULES).run().out
    found = api.explain(out, "行程", "4", rows=1).as_dict()
    told = CliRunner().invoke(main, ["explain", str(out), "行程", "4", "--rows", "1", "--json"])
    assert found["steps"] == json.loads(told.output) and not found["left_out"]
    (step,) = found["steps"]
    assert (step["value"], step["unit"], step["cite"]) == ("800", "元", "章程 第一条")
    assert step["place"].endswith("规则.yaml:3:32") and step["steps"][0]["kind"] == "field"
    assert api.text_of(api.explain(out, "行程", "4")).startswith("补贴 = 800 元 〔行程 4〕")
