"""The table of aims: what counts as reached, and what is said of a process that ended badly or took too long."""

import sys

from benchmarks import aims, processes
from benchmarks.aims import Aim, of_rounds, of_runs
from benchmarks.contenders import SQL
from benchmarks.edited_rules import edited
from benchmarks.processes import Run, timed

AIM = Aim("a month", 1.0, 0.6, "s")


def run(seconds, died=""):
    return Run(seconds, seconds * 2, 1.0, 0.1, died)


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_what_is_reached_stands_beside_what_it_had_to_be():
    shown = ["a month", "0.5 s", "1 s", "0.6 s", "aim", "0.50–0.50", "1.00–1.00", "0.1"]
    assert cells(of_runs(AIM, [run(0.5)])) == shown
    assert cells(of_runs(AIM, [run(0.5), run(0.9), run(2)]))[1:5] == ["0.9 s", "1 s", "0.6 s", "must"]
    assert cells(of_runs(AIM, [run(1.2)]))[4] == "missed"


def test_a_ratio_is_of_the_runs_of_one_round_and_others_stand_below_it():
    found = {"we": [run(2), run(9)], SQL: [run(1), run(3)], "other": [run(0.5), run(1.5)]}
    ours, base, other = map(cells, of_rounds(Aim("a year", 2.2, 1.5, "×"), found, "we"))
    assert ours[1] == "2.5 × (2.00–3.00)" and ours[4] == "missed"
    assert (base[1], other[1]) == ("1 ×", "0.5 ×")


def test_a_process_that_died_or_took_too_long_has_missed_and_says_so():
    assert cells(of_runs(AIM, [run(0.1, "exit 1: 停止")]))[1:5] == ["exit 1: 停止", "1 s", "0.6 s", "missed"]
    assert cells(of_runs(AIM, [run(aims.LONGEST, "ended by SIGKILL")]))[1] == "more than 120 s"


def test_a_process_is_ended_when_its_time_is_up(tmp_path, monkeypatch):
    (tmp_path / "sleeps.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert timed(["sleeps"], tmp_path / "log", 0.2).died == "ended by SIGKILL"


def test_modules_are_compiled_whatever_the_shell_says(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in processes.compiled()
    assert sys.executable


def test_edited_rules_are_checked_again_and_left_as_they_were():
    seconds, cpu = edited("guangdong", 2)
    assert len(seconds) == len(cpu) == 2
