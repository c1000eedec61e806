"""Single cells of all shipped regions, changed at random: only their lines change, and to what was typed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.excel.files import TextFile
from engine.excel.grid import Cell, Refused, Sheet
from engine.excel.listing import sheets_of
from engine.rulebook.book import load

ROOT = Path(__file__).parents[2]
REGIONS = sorted(path.parent.name for path in (ROOT / "regions").glob("*/region.yaml"))
TYPED = st.one_of(
    st.sampled_from(
        ["40%", "0.1", "≤ 200", "(200, 300]", "> 5", "三级、二级", "2025-07-01", "no", "~", "null", "1:2", "=1"]
    ),
    st.text("甲乙1.%,:#'\"{}[]()&*!|>-+=@?` \\“”、≤<", min_size=1, max_size=12).map(str.strip).filter(bool),
)
Where = tuple[Sheet, int, str]


@cache
def cells() -> list[tuple[str, str, int, str]]:
    """Region, sheet, row and title of every cell that may be changed."""
    return [
        (region, sheet.title, number, title)
        for region in REGIONS
        for sheet in sheets(region)
        for number, row in enumerate(sheet.rows)
        for title, cell in row.cells.items()
        if cell.slot is not None
    ]


@cache
def sheets(region: str) -> list[Sheet]:
    return sheets_of(load(ROOT / "regions" / region))


def texts(listed: list[Sheet]) -> dict[tuple[str, int, str], str]:
    return {
        (sheet.title, number, title): cell.text
        for sheet in listed
        for number, row in enumerate(sheet.rows)
        for title, cell in row.cells.items()
        if title != "文件"
    }


def relisted(sheet: Sheet, file: TextFile, data: bytes) -> list[Sheet]:
    """The sheets that come of the changed file, read alone as the listing reads it."""
    from engine.excel import examples, tables
    from engine.rulebook.spans import written

    new = TextFile(file.path, file.name, data)
    if file.name.endswith(".csv"):
        made = tables.csv_sheet(sheet.title, new, sheet.title, _snapshot())
        return [made] if made else []
    root = written(new.text)
    assert root is not None
    if sheet.title == examples.TITLE:
        return [examples.example_sheet([(new, root)])]
    return _of_rules(new, root)


def _of_rules(file: TextFile, root: object) -> list[Sheet]:
    from engine.excel import parameters, tables
    from engine.rulebook.spans import Written

    assert isinstance(root, Written)
    entries = [
        (name, body)
        for key, value in root.entries
        for name, body in (value.entries if key.value == "替换" and value.kind == "mapping" else [(key, value)])
        if body.kind == "mapping"
    ]
    found = [
        parameters.parameter_sheet([(file, name, body) for name, body in entries if body.get("取值")], _snapshot())
    ]
    for name, body in entries:
        rows = body.get("表")
        if rows is not None and rows.kind == "list":
            made = tables.decision_sheet(name.value, file, name, rows, _snapshot())
            found += [made] if made else []
    return found


@cache
def _snapshot():  # noqa: ANN202
    book = load(ROOT / "regions" / REGIONS[0])
    return book.at(book.epochs[-1])


def alone(sheet: Sheet, file: TextFile) -> list[Sheet]:
    return relisted(sheet, file, file.data)


@pytest.mark.slow
@settings(max_examples=250, deadline=None)
@given(st.data(), TYPED)
def test_a_random_edit_of_a_cell_changes_its_lines_only_and_to_what_was_typed(data: st.DataObject, typed: str) -> None:
    region, title, number, column = data.draw(st.sampled_from(cells()))
    sheet = next(sheet for sheet in sheets(region) if sheet.title == title)
    row = sheet.rows[number]
    cell: Cell = row.cells[column]
    assert cell.slot is not None
    try:
        change = cell.slot.change(typed)
    except Refused:
        assert "|" in typed or typed.startswith("#")
        return
    after = row.file.changed([change]).decode(row.file.encoding).removeprefix("\ufeff")
    before = row.file.text.removeprefix("\ufeff")
    first = before.count("\n", 0, change.start)
    last = before.count("\n", 0, max(change.end - 1, change.start))
    old, new = before.split("\n"), after.split("\n")
    assert (old[:first], old[last + 1 :]) == (new[:first], new[len(new) - (len(old) - last - 1) :])
    was = texts(alone(sheet, row.file))
    now = texts(relisted(sheet, row.file, row.file.changed([change])))
    different = {place: text for place, text in now.items() if was.get(place, "") != text}
    gone = {place for place, text in was.items() if text and place not in now}
    assert gone == set() or column == "起始日期"
    if typed != cell.text:
        assert set(different.values()) == {typed}
        assert {place[2] for place in different} == {column}
        assert len(different) == 1
    else:
        assert different == {}
