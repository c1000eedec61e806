"""Casemix from Python: load a region with the figures that were published, and price one case at a time.

    from engine.api import load

    region = load(REGION, period="2025-03", data=[FOLDER])
    priced = region.price(record)
    priced.state, priced[NAME], priced.as_dict(), priced.explain(NAME)

    names(REGION, "第十九条")       # every name, or those that a word leads to

What is priced, and what it means, stands in the region's rules; a price is what ``casemix run`` gives for the case
among others. ``docs/python-api.md`` has an example to run.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.execute.period import parse_periods
from engine.names.listing import names_of_book
from engine.names.named import Named
from engine.names.search import search
from engine.pricing.curve import Curve
from engine.pricing.form import Asked
from engine.pricing.opened import open_region
from engine.pricing.priced import Priced, RowBelow
from engine.pricing.problems import CannotPrice, said_once
from engine.pricing.region import Region
from engine.remembered import load as load_book
from engine.rulebook.problems import Problem
from engine.session import Session
from engine.watching.cancel import Cancel, Cancelled
from engine.watching.event import Event, Watcher
from engine.watching.watching import Watching

if TYPE_CHECKING:
    from engine.compare.both_reasons import BothReasons
    from engine.explain.explain import Explanation
    from engine.simulate.simulate import Simulation

__all__ = [
    "Asked", "Cancel", "Cancelled", "CannotPrice", "Curve", "Event", "Named", "Priced", "Region", "RowBelow", "Session",
    "check", "explain", "explain_both", "load", "names", "price", "run", "simulate", "text_of",
]  # fmt: skip


def load(
    region: str | Path,
    period: str,
    data: str | Path | Sequence[str | Path] = (),
    *,
    program: str | None = None,
    of: Sequence[str] | None = None,
    table: str | None = None,
    previous: str | Path | None = None,
    published: str | Path | None = None,
) -> Region:
    """A region ready to price the rows of one table.

    ``region``: a name, a path, or either with ``@2026-01-01``; ``period``: ``2025``, ``2025Q1`` or ``2025-03``;
    ``data``: the places of published tables, as ``casemix run --data`` takes them.

    ``program``: whose rules (what is excluded, what a case needs); left out, the one of this kind of period that says
    what a case needs. ``of``: names to price, of any grain that a case leads to; left out, what the program needs and
    shows of a case. ``table``: whose rows are priced, where several are settled by date.

    ``previous``: the ``--out`` folder of the period before, for rules that look back. ``published``: the ``--out``
    folder of the same program, period and rules, for values that only all cases together give.

    Raises :class:`CannotPrice` where the rules are wrong or not complete, the data cannot be read, or a name asked for
    needs all the cases of the period.
    """
    return open_region(
        region, period, data, program=program, of=of, table=table, previous=previous, published=published
    )


def run(
    region: str | Path,
    program: str,
    period: str,
    data: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    watcher: Watcher | None = None,
    cancel: Cancel | None = None,
    **options: Any,
) -> list[dict[str, Any]]:
    """What ``casemix run`` does: the ``run.json`` of each period of ``period``, in order. The results appear at ``out``
    all together, or nothing does.

    ``options``: ``previous``, ``formats``, ``replace``, ``keep_all``, ``engine``, ``memory``, ``mapping``, as
    :func:`engine.settle.settle` has them. ``watcher`` is called with each step, an :class:`Event`; ``cancel``: a flag
    that another thread may set, which also interrupts the query that runs.

    Raises ``RunStopped``, ``DataError``, ``RulebookError`` with all that is wrong, :class:`Cancelled` where it was
    cancelled, ``ValueError`` for a period that is none.
    """
    from engine.ranges import run_periods

    places = [data] if isinstance(data, str | Path) else list(data)
    watching = Watching(watcher or (lambda event: None), cancel or Cancel())
    return run_periods(load_book(str(region)), program, parse_periods(str(period)), places, out, watching, **options)


def check(region: str | Path) -> list[Problem]:
    """What ``casemix check`` says of a region: each with ``is_error``, code, place, message and hint.

    Raises ``RulebookError`` where nothing can be read at all.
    """
    from engine.check import check_book

    return check_book(load_book(str(region)))


def simulate(
    region: str | Path,
    program: str,
    period: str,
    data: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    against: str | Path = "",
    watcher: Watcher | None = None,
    cancel: Cancel | None = None,
    **options: Any,
) -> Simulation:
    """What ``casemix simulate`` does: the region as saved, and with its drafts (or ``against``, another region or
    folder), each run over the same data for one period. The new folder ``out`` has a result in ``before`` and one in
    ``after``, which ``casemix compare`` and :func:`explain_both` tell apart, and the rules of both.

    ``Simulation.changed``: what the rules say otherwise, file by file. ``options``: ``previous``, ``mapping``,
    ``engine``, ``memory``, as :func:`engine.settle.settle` has them.

    Raises what :func:`run` raises, and ``RunStopped`` where there are no drafts or both sides say the same; ``out`` is
    then not there.
    """
    from engine.simulate.simulate import one_period
    from engine.simulate.simulate import simulate as both_run
    from engine.simulate.variants import saved, with_drafts

    places = [data] if isinstance(data, str | Path) else list(data)
    watching = Watching(watcher or (lambda event: None), cancel or Cancel())
    other = str(against)
    after = saved(other) if other else with_drafts(str(region))
    return both_run(
        saved(str(region)), after, program, one_period(str(period)), places, Path(out), against=other,
        watching=watching, **options,
    )  # fmt: skip


def names(region: str | Path, words: str = "", day: datetime.date | None = None) -> list[Named]:
    """Every name of a region or shared module as ``casemix show --names`` lists it, in order of layers and files; or
    those that have every word of ``words`` in name, other name, article, kind or remark, the best first.

    ``day``: the day whose figures are told, today if left out. ``Named.as_dict()`` is one as JSON has it.

    Raises :class:`CannotPrice` where nothing can be read at all.
    """
    with said_once():
        found = names_of_book(load_book(str(region)), day or datetime.date.today())
    return search(found, words) if words else found


def price(region: Region, record: Mapping[str, Any], /, **below: Sequence[Mapping[str, Any]]) -> Priced:
    """:meth:`Region.price`."""
    return region.price(record, **below)


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
