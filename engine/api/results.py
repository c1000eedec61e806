"""Results that there are: rows a page at a time, the reasons of a row, two results side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.compare.both_reasons import BothReasons
    from engine.compare.compared import Comparison
    from engine.explain.explain import Explanation
    from engine.results.conditions import Condition
    from engine.results.opened import OpenResult, Page
    from engine.results.tables import Table


def tables(out: str | Path) -> list[Table]:
    """What ``casemix rows DIR`` lists of the result ``out``: statements, refused, cancelled and held rows; each with
    ``title``, ``rows`` and ``columns`` (heading, kind, decimals, whether a key, whether a total means anything).

    Raises ``DataError`` for a folder that is no result.
    """
    return _opened(out).tables


def rows(
    out: str | Path, title: str, where: Sequence[str] = (), sort: Sequence[str] = (), start: int = 0, count: int = 100
) -> Page:
    """What ``casemix rows DIR TITLE`` shows: rows of a table of the result ``out``, from ``start`` (0 is the first) at
    most ``count`` of them (100 000 at most); a page of a million rows is read as quickly as one of few.

    ``where``: ``列=值`` each, with = != < <= > >= ~ (has) !~ ^ (begins with); ``sort``: headings, with ``-`` before one
    whose greatest come first. ``Page.rows`` are exact values, ``texts`` what people read, ``sums`` of all rows that
    meet the conditions, ``matching`` how many these are.

    Raises ``DataError`` for what is no result, table, column or condition.
    """
    result = _opened(out)
    try:
        return result.page(title, *_wanted(result, title, where, sort), start, count)
    finally:
        result.close()


def write_rows(
    out: str | Path, title: str, file: str | Path, where: Sequence[str] = (), sort: Sequence[str] = ()
) -> int:
    """What ``casemix rows DIR TITLE --out FILE`` does: all rows that meet the conditions into a new ``.csv`` or
    ``.xlsx``; how many these are. Raises as :func:`rows` does, and ``DataError`` where the file is there already.
    """
    from engine.files.errors import DataError
    from engine.results.files import write_rows as written

    path = Path(file)
    if path.exists():
        raise DataError(f"{path} 已经有了", "换一个文件名")
    result = _opened(out)
    try:
        return written(result, title, path, *_wanted(result, title, where, sort))
    finally:
        result.close()


def compare(
    one: str | Path, other: str | Path, by: str = "", of: str | None = None, *, rows: int = 100,
    first: Mapping[str, Sequence[str]] | None = None, names: Mapping[str, Mapping[str, str]] | None = None,
) -> Comparison:  # fmt: skip
    """What ``casemix compare ONE OTHER --json`` tells of two results: statements that differ (``found``), with totals
    before and after, moves between classes, who gains and loses, the cells that differ; rows that ended elsewhere.

    ``by``: the column by whose values gains are told (the key that most statements have, if left out); ``of``: only
    rows with this value of it are listed, those that change most first; ``rows``: of how many rows of each statement;
    ``first``: by statement, the headings that come first among the gains; ``names``: by statement, of a heading that
    beside which stands what its values are called. Figures are texts with every decimal that the result has, in the
    unit of their column. ``effect`` is what it comes to: the total that is looked at first, who gains and loses most,
    how many rows change. ``as_dict()`` is it as JSON has it.

    Raises ``DataError`` for a folder that is no result.
    """
    from engine.compare.compared import compared

    return compared(str(one), str(other), by, of, first or {}, rows, names)


def explain(
    out: str | Path,
    grain: str,
    key: str = "",
    value: str | None = None,
    *,
    rows: int | None = None,
    data: str | Path | Sequence[str | Path] = (),
    engine: str = "",
    previous: str | Path | None = None,
    verify: bool = False,
) -> Explanation:
    """What ``casemix explain`` shows of a row of the result ``out``: a tree of steps, each with value, unit, formula,
    numbers, article, file and line, and the steps below it; ``as_dict()`` as JSON has it, :func:`text_of` for people.

    ``key``: the row's key, its parts between commas; ``value``: only this one; ``rows``: how many rows of a sum to
    list. ``data``, ``engine``, ``previous``: where these are now; ``verify``: every file is hashed.

    Raises ``RunStopped`` where rules, data or kept values are not what they were, or there is no such row.
    """
    from engine.explain.explain import explanation
    from engine.explain.reopened import Given

    places = [data] if isinstance(data, str | Path) else list(data)
    before = None if previous is None else Path(previous)
    return explanation(Path(out), grain, key, value, rows, Given(places, engine, before, verify))


def explain_both(
    one: str | Path, other: str | Path, grain: str, key: str = "", value: str | None = None, *, rows: int | None = None
) -> BothReasons:
    """What ``casemix explain ONE … --against OTHER`` shows: the trees of one row in two results side by side.

    ``pairs``: step beside step, with what ``differs`` of each (值, 公式, 情形, 适用的情形, 舍入, 单位, 依据, 只在一边);
    ``beginnings``: where the differences begin; ``one`` and ``other``: the explanations by themselves.

    Raises what :func:`explain` raises; that there is no such row only where neither result has it.
    """
    from engine.compare.both_reasons import both_reasons

    return both_reasons(Path(one), Path(other), grain, key, value, rows)


def text_of(explanation: Explanation, width: int = 120) -> str:
    """An explanation as ``casemix explain`` prints it, in lines of ``width`` cells."""
    from io import StringIO

    from rich.console import Console

    from engine.commands.explain import show

    written = StringIO()
    show(Console(file=written, width=width, highlight=False, emoji=False), explanation)
    return written.getvalue()


def _opened(out: str | Path) -> OpenResult:
    from engine.results.opened import open_result

    return open_result(Path(out))


def _wanted(
    result: OpenResult, title: str, where: Sequence[str], sort: Sequence[str]
) -> tuple[list[Condition], list[tuple[str, bool]]]:
    from engine.results.conditions import parse_condition, parse_order

    headings = [column.heading for column in result.table(title).columns]
    return [parse_condition(one, headings) for one in where], [parse_order(one, headings) for one in sort]
