"""Line breaks inside quoted cells of a CSV: rows, values, refusals and their lines are those of the Python reader."""

from __future__ import annotations

import csv
import io
import random

import pytest
from fields import HEADER, visits
from staging_help import agree

from engine.data.duckdb_files import memory_connection
from engine.data.staging import csv_plain
from engine.data.staging.csv_quotes import LinesOfRows, last_end
from engine.data.staging.delivery import FileDelivery
from engine.data.staging.stage import stage_table
from engine.databases.places import open_places

pytestmark = pytest.mark.slow

TITLES = HEADER.strip().split(",")
BREAKS = ["\n", "\r\n", "\r"]
NOTES = ["", "顺", "说：“慢”", 'a"b', '"', '""', ",", ",,,,,,,", '","', "A,2025-03-01,1,甲级,,,3"]


def _note(rng: random.Random) -> str:
    """A text with line breaks, marks, and what looks like cells and rows."""
    parts = [rng.choice([*NOTES, *BREAKS, *BREAKS]) for _ in range(rng.randint(0, 6))]
    return "".join(parts)


def _file(rng: random.Random) -> bytes:
    titles = [*TITLES, rng.choice(["备注", "备\n注", "备\r\n注", "备注\n", '"', "备\r注"])]
    rows = []
    for number in range(rng.choice([0, 1, 5, 30])):
        row = [
            f"A{number:03d}", "2025-03-01", f"{number}.50", "甲级", rng.choice(["", "1"]), rng.choice(["是", ""]),
            "3", _note(rng) if rng.random() < 0.5 else "",
        ]  # fmt: skip
        if rng.random() < 0.2:  # in a column that is read
            place = rng.randrange(len(TITLES))
            row[place] = rng.choice([f"{row[place]}\n", f"\r\n{row[place]}", "坏\r话", "\n", f"{row[place]}x\n\ny"])
        if rng.random() < 0.05:
            row[0] = "A000"
        if rng.random() < 0.02:
            row.append("多")
        rows.append(row)
    text = io.StringIO()
    end = rng.choice(["\n", "\r\n", "\n", "\r\n", "\r"])
    csv.writer(text, quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), lineterminator=end).writerows(
        [titles, *rows]
    )
    whole = text.getvalue()
    odd = rng.random()
    if odd < 0.15:
        whole = whole[: -len(end)]
    elif odd < 0.25:
        whole += end * rng.randint(1, 2)
    elif odd < 0.4:
        at = rng.randrange(len(whole))
        whole = whole[:at] + rng.choice(['"', "\n", "\r", '"\n"']) + whole[at:]
    return whole.encode(rng.choice(["utf-8", "utf-8-sig"]))


@pytest.mark.parametrize("seed", range(60))
def test_line_breaks_inside_cells_are_read_as_python_reads_them(tmp_path, monkeypatch, seed):
    rng = random.Random(seed)
    monkeypatch.setattr(csv_plain, "BLOCK", rng.choice([7, 40, 300, 1 << 22]))
    (tmp_path / "就诊.csv").write_bytes(_file(rng))
    agree(visits(), [tmp_path])


def lines_of_rows(folder) -> list[int]:
    """The lines of all rows of the file."""
    with memory_connection() as connection:
        staged = stage_table(connection, visits(), open_places([folder]))
        return sorted(line for _, line in staged.delivery.sources(range(9)).values())


@pytest.mark.parametrize("inside", BREAKS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_row_below_a_line_break_is_refused_at_its_line_of_the_file(tmp_path, end, inside):
    rows = [
        '编号,日期,金额,级别,备用,新,天数,"备""注"', f'A,2025-03-01,1,甲级,,,3,"一{inside}二{inside}三"',
        "B,2025-03-01,坏,甲级,,,3,", f'C,2025-03-01,1,甲级,,,3,"{inside}"', "D,2025-03-01,坏,甲级,,,3,",
        f'E,2025-03-01,坏,甲级,,,3,"{inside}',
    ]  # fmt: skip
    (tmp_path / "就诊.csv").write_bytes((end.join(rows) + '"' + end).encode())
    staged = agree(visits(), [tmp_path])
    assert isinstance(staged.delivery, FileDelivery)
    assert [(row.key_text, row.line) for row in staged.rejected] == [("B", 5), ("D", 8), ("E", 9)]
    assert lines_of_rows(tmp_path) == [2, 5, 6, 8, 9]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_break_in_the_heading_moves_every_row(tmp_path, end):
    text = end.join([f'编号,日期,金额,级别,备用,新,天数,"备{end}注"', "A,2025-03-01,坏,甲级,,,3,", ""])
    (tmp_path / "就诊.csv").write_bytes(text.encode())
    staged = agree(visits(), [tmp_path])
    assert isinstance(staged.delivery, FileDelivery) and staged.rejected[0].line == 3
    assert staged.unknown_columns == (f"备{end}注",)


def test_a_piece_ends_where_a_row_ends():
    assert last_end(b'a\n"b\nc"\n"d\n') == 8
    assert last_end(b'"a\n","\n') == 0
    assert last_end(b'"a""\n"\nb') == 7
    assert last_end(b"a\r\nb") == 3
    assert last_end(b'x\n"""\n') == 2
    assert last_end(b"") == last_end(b'"') == last_end(b"\n") - 1 == 0


def test_lines_below_rows_of_several_lines():
    lines = LinesOfRows()
    lines.add(1, 1)
    lines.add(3, 2)
    lines.add(3, 1)
    assert [lines.line(row) for row in (1, 2, 3, 4, 9)] == [1, 3, 4, 8, 13]
    assert LinesOfRows().line(7) == 7
