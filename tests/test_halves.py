"""Tests that are long are begun first, by one worker each, and none is lost."""

from pathlib import Path

from tests.halves import BROWSER, SPARK, in_halves

ROOT = Path(__file__).parents[1]
SHORT = [f"tests/a/test_{number}.py" for number in range(20)]


def test_spark_begins_the_first_half_and_the_browser_the_second():
    names = [
        *SHORT[:10],
        "tests/schemes/test_a.py",
        *SHORT[10:],
        "tests/workbench/test_b.py",
        "tests/workbench/test_c.py",
    ]
    assert len(names) == 23
    found = in_halves(names, names)
    assert sorted(found) == sorted(names)
    assert found[0] == "tests/schemes/test_a.py" and found[23 // 2] == "tests/workbench/test_b.py"
    assert [name for name in found if name in SHORT] == SHORT


def test_where_spark_is_more_than_half_the_browser_follows_it():
    names = ["tests/workbench/test_b.py", *[f"tests/schemes/test_{number}.py" for number in range(5)], *SHORT[:1]]
    assert in_halves(names, names) == [*names[1:6], names[0], SHORT[0]]


def test_what_is_begun_first_is_there():
    assert [name for name in (*SPARK, *BROWSER) if not (ROOT / name).exists()] == []
