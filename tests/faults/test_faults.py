"""Some of each fault, on a small place; ``python -m tests.faults`` does it with a city and many times more often."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.faults import bad_rows, changes, disk, memory, ranges, server, signals, together
from tests.faults.city import City
from tests.faults.judge import Outcome, attempt_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(tmp_path_factory.mktemp("faults"), 3000, town=True)


def assert_right(outcome: Outcome) -> None:
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.attempts and outcome.wrong == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_killed_run_leaves_nothing_or_a_whole_result(town, number):
    assert_right(signals.killed(town, 6, number))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=lambda number: number.name)
def test_a_range_that_is_ended_leaves_months_of_one_range_only(town, number):
    assert_right(ranges.interrupted(town, 3, number))


@pytest.mark.parametrize("fault", [disk.full_out, disk.full_temporary], ids=["out", "tmp"])
def test_a_full_disk_is_told_and_leaves_nothing(town, fault):
    assert_right(fault(town, 4))


def test_places_that_cannot_be_written_or_read_are_told(town):
    assert_right(disk.places(town, 1))


@pytest.mark.parametrize("fault", [memory.small_memory, memory.limited_memory], ids=["--memory", "addresses"])
def test_too_little_memory_is_told_and_leaves_nothing(town, fault):
    assert_right(fault(town, 4))


@pytest.mark.parametrize("kind", changes.FORMATS)
def test_a_file_cut_short_is_refused_or_told(town, kind):
    assert_right(changes.cut_before(town, 6, kind))


@pytest.mark.parametrize("kind", changes.FORMATS)
def test_a_file_that_changes_while_it_is_read_makes_no_mixture(town, kind):
    assert_right(changes.changed_during(town, 5, kind))


def test_rules_that_change_during_the_run_make_no_mixture(town):
    assert_right(changes.rules_changed(town, 6))


def test_of_two_runs_into_one_folder_one_is_told(town):
    assert_right(together.two_at_once(town, 2))


@pytest.mark.parametrize("kind", bad_rows.TOWN_KINDS)
def test_bad_rows_are_all_counted(town, kind):
    assert_right(bad_rows.bad_rows(town, kind))


def test_a_connection_that_is_cut_leaves_nothing(town):
    assert_right(server.cut(town, 4))


def test_the_judge_sees_what_is_not_allowed(tmp_path: Path):
    (tmp_path / "out").mkdir()
    assert attempt_of("half", 1, "停止", tmp_path / "out", []).wrong.startswith("run.json")
    assert "traceback" in attempt_of("crash", 1, "Traceback\nx", tmp_path / "none", []).wrong
    assert attempt_of("nothing", 0, "", tmp_path / "none", []).wrong == "exit code 0 without a result"
    assert "without a sentence" in attempt_of("English", 1, "no space", tmp_path / "none", []).wrong
