"""Casemix from Python: load a region with the figures that were published, and price one case at a time.

    from engine.api import load

    region = load(REGION, period="2025-03", data=[FOLDER])
    priced = region.price(record)
    priced.state, priced[NAME], priced.as_dict(), priced.explain(NAME)

    names(REGION, "第十九条")       # every name, or those that a word leads to

Everything that the workbench does is here and on the command line, under the same name: ``cases`` prices, ``runs``
settles and simulates, ``results`` reads and compares, ``rules`` checks and tests, ``drafting`` changes.

What is priced, and what it means, stands in the region's rules; a price is what ``casemix run`` gives for the case
among others. ``docs/python-api.md`` has an example to run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.api.cases import as_example, find_case, load, price
from engine.api.drafting import (
    change_example,
    change_note,
    change_table,
    differences,
    drafts,
    keep,
    keep_example,
    save,
    undo,
)
from engine.api.results import compare, explain, explain_both, rows, tables, text_of, write_rows
from engine.api.rules import (
    articles,
    check,
    compared_figures,
    laid_out,
    lint,
    mend,
    names,
    new_rows,
    reasons,
    rename,
    take_computed,
    test,
)
from engine.api.runs import look_over, map_columns, run, simulate
from engine.api.writing import completions, definitions, fixes, hover, outline, references
from engine.names.named import Named
from engine.pricing.curve import Curve
from engine.pricing.form import Asked
from engine.pricing.priced import Priced, RowBelow
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.session import Session
from engine.watching.cancel import Cancel, Cancelled
from engine.watching.event import Event

if TYPE_CHECKING:
    from engine.excel.new_example import NewExample
    from engine.jobs.queue import Jobs

__all__ = [
    "Asked", "Cancel", "Cancelled", "CannotPrice", "Curve", "Event", "Jobs", "Named", "NewExample", "Priced",
    "Region", "RowBelow", "Session", "articles", "as_example", "change_example", "change_note", "change_table",
    "check", "compare", "compared_figures", "completions", "definitions", "differences", "drafts", "explain",
    "explain_both", "find_case", "fixes", "hover", "keep", "keep_example", "laid_out", "lint", "load", "look_over",
    "map_columns", "mend", "names", "new_rows", "outline", "price", "reasons", "references", "rename", "rows",
    "run", "save", "simulate", "tables", "take_computed", "test", "text_of", "undo", "write_rows",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """What a hospital that prices a case does not need is imported when it is asked for."""
    if name == "NewExample":
        from engine.excel.new_example import NewExample

        return NewExample
    if name == "Jobs":
        from engine.jobs.queue import Jobs

        return Jobs
    raise AttributeError(name)
