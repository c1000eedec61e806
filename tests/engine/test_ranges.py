"""A range of periods appears whole or not at all, and says what stands."""

import json
import os
import signal

import pytest
from city import city
from click.testing import CliRunner

from engine.cli import main
from engine.data import swap, together
from engine.files import system
from engine.files.errors import DataError
from tests import interruptions

pytestmark = pytest.mark.slow

MONTHLY = """
月费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
结余: {粒度: 车队, 单位: 元, 公式: '上期(结余, 0) + 月费'}
结余表: {粒度: 车队, 列: [结余]}
必须有: {粒度: 车队, 必须: 结余 < 1000}
结算: {期间: 月, 连续: 年, 报表: [结余表]}
"""
HEAD = "行程号,车队号,日期,里程,运费,班次\n"
GOOD = HEAD + "1,东,2025-01-10,1,100.00,\n2,东,2025-02-10,1,200.00,\n3,东,2025-03-10,1,300.00,\n"


def casemix(made, out, *more, period="2025-01..2025-03"):
    words = ("run", made.region, "结算", "--period", period, "--data", made.folder / "data", "--out", made.folder / out)
    return CliRunner().invoke(main, [str(word) for word in (*words, *more)], prog_name="casemix")


def balances(folder):
    """What each month of a range says of 东, and of which range it is."""
    import duckdb

    found = {}
    for month in sorted(folder.iterdir()):
        ((value,),) = duckdb.execute(
            f"SELECT 结余 FROM '{month}/statements/结余表.parquet' WHERE 车队号 = '东'"
        ).fetchall()
        found[month.name] = (int(value), json.loads((month / "run.json").read_text("utf-8"))["range"]["id"])
    return found


@pytest.fixture
def made(tmp_path):
    return city(tmp_path, MONTHLY, 行程=GOOD)


def test_each_month_goes_on_from_the_one_before_and_says_of_which_range_it_is(made):
    done = casemix(made, "out")
    assert done.exit_code == 0, done.output
    found = balances(made.folder / "out")
    assert [value for value, _ in found.values()] == [100, 300, 600] and len(
        {range_ for _, range_ in found.values()}
    ) == 1
    record = json.loads((made.folder / "out/2025-02/run.json").read_text("utf-8"))
    assert record["previous"] == str(made.folder / "out/2025-01")
    assert record["range"]["periods"] == ["2025-01", "2025-02", "2025-03"]
    assert sorted(path.name for path in (made.folder / "out").iterdir()) == ["2025-01", "2025-02", "2025-03"]


def test_a_month_of_a_range_is_explained_like_any_other(made):
    assert casemix(made, "out").exit_code == 0
    from engine.explain import explain

    assert explain(made.folder / "out/2025-03", "车队", "东")[0].value == "600"


def test_a_range_that_stops_midway_leaves_nothing_and_says_so(made):
    made.data(行程=GOOD.replace("300.00", "3000.00"))
    done = casemix(made, "out")
    assert done.exit_code == 1 and "2025-01..2025-03 一期也没有写出" in done.output
    assert "算完了 2025-01、2025-02，没有留下" in done.output
    assert not (made.folder / "out").exists()


def test_a_range_that_stops_midway_leaves_the_former_one_as_it_was(made):
    assert casemix(made, "out").exit_code == 0
    former = balances(made.folder / "out")
    made.data(行程=GOOD.replace("100.00", "101.00").replace("300.00", "3000.00"))
    done = casemix(made, "out", "--replace")
    assert done.exit_code == 1 and "原来的结果没有动：2025-01、2025-02、2025-03" in done.output
    assert balances(made.folder / "out") == former and len(list((made.folder / "out").iterdir())) == 3


def test_a_range_replaces_the_former_one_as_a_whole(made):
    assert casemix(made, "out").exit_code == 0
    former = balances(made.folder / "out")
    made.data(行程=GOOD.replace("100.00", "101.00"))
    assert casemix(made, "out", "--replace").exit_code == 0
    found = balances(made.folder / "out")
    assert [value for value, _ in found.values()] == [101, 301, 601] and found["2025-01"][1] != former["2025-01"][1]


def test_one_month_that_is_in_the_way_is_told_before_anything_is_worked_out(made):
    (made.folder / "out" / "2025-03").mkdir(parents=True)
    (made.folder / "out" / "2025-03" / "mine.txt").write_text("mine")
    done = casemix(made, "out")
    assert done.exit_code == 1 and "里有别的文件" in done.output and "算完" not in done.output
    assert [path.name for path in (made.folder / "out").iterdir()] == ["2025-03"]


def test_other_periods_in_the_folder_stay(made):
    assert casemix(made, "out").exit_code == 0
    made.data(行程=GOOD + "4,东,2025-04-10,1,50.00,\n5,东,2025-05-10,1,50.00,\n")
    before = ("--previous", made.folder / "out/2025-03")
    assert casemix(made, "out", *before, period="2025-04..2025-05").exit_code == 0
    assert [value for value, _ in balances(made.folder / "out").values()] == [100, 300, 600, 650, 700]


def test_where_one_cannot_be_put_in_place_those_before_it_go_back(made, monkeypatch):
    assert casemix(made, "out").exit_code == 0
    former = balances(made.folder / "out")
    made.data(行程=GOOD.replace("100.00", "101.00"))
    exchange, calls = system.exchange, []

    def third_fails(one, other):
        calls.append(other)
        if len(calls) == 3:
            raise OSError(5, "Input/output error")
        return exchange(one, other)

    monkeypatch.setattr(system, "exchange", third_fails)
    done = casemix(made, "out", "--replace")
    assert done.exit_code == 1 and "原来的结果没有动" in done.output
    assert balances(made.folder / "out") == former and len(list((made.folder / "out").iterdir())) == 3


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "two renames"])
def test_a_signal_in_the_midst_of_the_renames_waits_until_all_are_done(made, monkeypatch, exchange):
    assert casemix(made, "out").exit_code == 0
    made.data(行程=GOOD.replace("100.00", "101.00"))
    do = swap.Swap.do

    def interrupted(self):
        if self._target.parent == made.folder / "out":  # not while a month is put into the hidden folder
            os.kill(os.getpid(), signal.SIGINT)
        do(self)

    monkeypatch.setattr(swap.Swap, "do", interrupted)
    if not exchange:
        monkeypatch.setattr(system, "exchange", lambda one, other: False)
    with interruptions.obeyed():
        done = casemix(made, "out", "--replace")
    assert done.exit_code == 130 and "的结果已经全部写出" in done.output
    assert [value for value, _ in balances(made.folder / "out").values()] == [101, 301, 601]


def test_a_file_put_among_the_results_while_they_wait_is_not_adopted(tmp_path):
    with together.Together(tmp_path / "out", ["a", "b"]) as results:
        for name in "ab":
            place = results.place(name)
            place.mkdir()
            (place / "theirs.txt").write_text("theirs")
        with pytest.raises(DataError, match="里有别的文件"):
            results.put_in_place()
    assert not (tmp_path / "out" / "a").exists()
    assert len(list(tmp_path.rglob("theirs.txt"))) == 2


def test_what_a_killed_range_left_goes_with_the_next_one_even_of_other_periods(made):
    left = together.Together(made.folder / "out", ["2025-01", "2025-02"])
    left.__enter__()
    left.place("2025-01").mkdir()
    left._building = None  # as if the process were gone
    left._stack.close()
    assert any(path.name.startswith(".2025-01..2025-02.partial-") for path in (made.folder / "out").iterdir())
    assert casemix(made, "out").exit_code == 0
    assert sorted(path.name for path in (made.folder / "out").iterdir()) == ["2025-01", "2025-02", "2025-03"]
