"""A program over a period: looked over before, run, and run twice to see what a change does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.checked import load as load_book
from engine.execute.period import parse_periods
from engine.watching.cancel import Cancel
from engine.watching.event import Watcher
from engine.watching.watching import Watching

if TYPE_CHECKING:
    from engine.looked_over import Looked
    from engine.simulate.simulate import Simulation

Places = str | Path | Sequence[str | Path]


def look_over(
    region: str | Path, program: str, period: str, data: Places, out: str | Path = "", *,
    previous: str | Path | None = None, mapping: str | Path | None = None,
) -> dict[str, Looked]:  # fmt: skip
    """What ``casemix run --check`` says of a delivery, by period: every table is read as a run will read it, and
    nothing is worked out or written. ``Looked.tables``: of each table rows, refused rows and why, columns that did not
    come; ``missing``: tables without which the program cannot run. ``out``: where the run is to write, if that is to be
    checked, too. ``previous`` and ``mapping`` as the options of the command have it.

    Raises what :func:`run` raises by then.
    """
    from engine.looked_over import look_over_each

    before, names = (None if one is None else Path(one) for one in (previous, mapping))
    found = look_over_each(
        load_book(str(region)), program, parse_periods(str(period)), _places(data), out, previous=before, mapping=names
    )
    return {str(one): looked for one, looked in found}


def map_columns(mapping: str | Path, columns: Mapping[str, Mapping[str, str]]) -> None:
    """Says in a mapping file which columns of the data are which fields, as ``casemix run --check --map`` does:
    ``columns`` by table the column of the data by the field. The file is made where there is none; what it says
    already stays. What raises leaves it as it was: ``DataError``, ``RulebookError``, ``OSError``.
    """
    from engine.data.mapped_columns import map_columns as added

    added(Path(mapping), columns)


def run(
    region: str | Path,
    program: str,
    period: str,
    data: Places,
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

    watching = Watching(watcher or (lambda event: None), cancel or Cancel())
    return run_periods(
        load_book(str(region)), program, parse_periods(str(period)), _places(data), out, watching, **options
    )


def simulate(
    region: str | Path,
    program: str,
    period: str,
    data: Places,
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

    watching = Watching(watcher or (lambda event: None), cancel or Cancel())
    other = str(against)
    after = saved(other) if other else with_drafts(str(region))
    return both_run(
        saved(str(region)), after, program, one_period(str(period)), _places(data), Path(out), against=other,
        watching=watching, **options,
    )  # fmt: skip


def _places(data: Places) -> list[str | Path]:
    return [data] if isinstance(data, str | Path) else list(data)
