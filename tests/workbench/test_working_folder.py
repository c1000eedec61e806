"""Which folder the workbench works in."""

from __future__ import annotations

from pathlib import Path

from engine.commands.workbench import working_folder


def test_regions_or_a_region_named_in_the_place_of_the_folder_is_not_taken_for_a_folder_without_regions(tmp_path: Path):
    region = tmp_path / "regions" / "甲市"
    region.mkdir(parents=True)
    assert [working_folder(one) for one in (tmp_path, tmp_path / "regions", region)] == [tmp_path] * 3


def test_a_folder_without_regions_stays_as_it_is(tmp_path: Path):
    assert working_folder(tmp_path) == tmp_path
