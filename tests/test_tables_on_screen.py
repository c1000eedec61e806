"""A table on the screen: every cell is there, whole, and what belongs together stands below each other."""

import io

from engine.commands.screen import Screen, print_table


def drawn(headings: list[str], rows: list[list[str]], keys: int = 1, width: int = 80) -> str:
    screen = Screen()
    screen.file, screen.width = io.StringIO(), width
    print_table(screen, "", headings, rows, lambda at: at > 0, keys)
    return screen.file.getvalue()


def test_numbers_stand_to_the_right_and_a_long_heading_ends_above_the_line() -> None:
    text = drawn(["机构", "年度预算总额（元）", "病例"], [["中心医院", "12.50", "3"], ["县医院", "1000000.00", "12"]])
    heading, below, line, *rows = text.splitlines()
    assert (heading.strip(), below.split()) == ("年度预算总", ["机构", "额（元）", "病例"])
    assert set(line) <= {"─", "-"} and len(line) == len("县医院") + len(rows[1])  # each of its signs is two cells wide
    assert [row.split() for row in rows] == [["中心医院", "12.50", "3"], ["县医院", "1000000.00", "12"]]
    assert {len(row.encode("gbk")) for row in rows} == {len(line)}


def test_a_cell_of_two_lines_makes_its_row_two_lines_high() -> None:
    assert drawn(["甲", "乙"], [["一\n二", "3"], ["四", "5"]]).splitlines()[2:] == ["一    3", "二     ", "四    5"]


def test_a_table_that_is_too_wide_comes_in_parts_and_no_cell_is_cut() -> None:
    long = "很长的名称" * 9
    text = drawn(["机构", "金额", "病例"], [[long, "1.00", "2"]], width=90)
    assert text.count(long) == 2 and "…" not in text and "1.00" in text


def test_signs_that_a_terminal_would_obey_are_written_out() -> None:
    text = drawn(["机构\x1b[2J", "额"], [["\x1b[31m甲", "[bold]1[/]"]])
    assert "\x1b" not in text and "<U+001B>[31m甲" in text and "[bold]1[/]" in text
