"""What results and files are called on pages: by short names that tell them apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.rulebook.locate import shipped
from engine.simulate.simulate import FILE
from engine.workbench.shows.places import short_place
from engine.workbench.workplace import Workplace
from tests.workbench.served import REGION, copied


def result(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"region": "r", "program": "月结", "period": "2025-03"}), "utf-8")


def test_a_result_is_called_by_its_folder_and_by_the_way_to_it_where_another_is_called_so(tmp_path: Path) -> None:
    for name in ("结果/三月", "结果/四月", "旧的/四月"):
        result(tmp_path / name)
    titles = {run.name: run.title for run in Workplace(tmp_path).results()}
    assert titles == {"结果/三月": "三月", "结果/四月": "结果/四月", "旧的/四月": "旧的/四月"}


def test_the_sides_of_a_simulation_are_called_so_and_folders_that_only_bear_their_names_are_not(tmp_path: Path) -> None:
    for name in ("试算/比例/before", "试算/比例/after", "别的/before"):
        result(tmp_path / name)
    (tmp_path / "试算/比例" / FILE).write_text("{}", "utf-8")
    titles = {run.name: run.title for run in Workplace(tmp_path).results()}
    assert titles == {"试算/比例/before": "比例（原来）", "试算/比例/after": "比例（改后）", "别的/before": "before"}


def test_a_region_that_does_not_say_its_name_is_called_by_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(tmp_path, REGION)
    for name, head in (("甲", "施行: 2025-01-01\n"), ("乙", "名称: [\n")):
        (tmp_path / "regions" / name).mkdir()
        (tmp_path / "regions" / name / "region.yaml").write_text(head, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert Workplace(tmp_path).titles() == {REGION: "云溪市（示例）", "甲": "甲", "乙": "乙"}


@pytest.mark.parametrize(
    ("place", "short"),
    [
        ("regions/yunxi-demo/第三章.yaml:31:36", "第三章.yaml 第 31 行"),
        ("rules/drg/通用规则.yaml:7:1", "drg/通用规则.yaml 第 7 行"),
        (f"{shipped('rules')}/drg/通用规则.yaml:7:1", "drg/通用规则.yaml 第 7 行"),
        ("试算/比例/rules/before/regions/a/amendments/b/改.yaml:2:3", "amendments/b/改.yaml 第 2 行"),
        ("/别处/试算/比例/rules/after/rules/drg/通用规则.yaml:7:1", "drg/通用规则.yaml 第 7 行"),
        ("regions/a/示例数据/病例.csv 第 36 行", "示例数据/病例.csv 第 36 行"),
        ("调用时给出", "调用时给出"),
    ],
)
def test_a_place_is_told_by_file_and_line(place: str, short: str) -> None:
    assert short_place(place) == short
