"""The rules of a region: what is wrong with them, what they call things, what their examples say, a name changed.

``drafts``: with what was written and not saved yet laid over the region, as the workbench has it.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.checked import load as load_book
from engine.names.listing import names_of_book
from engine.names.named import Named
from engine.names.search import search
from engine.pricing.problems import said_once
from engine.rulebook.problems import Problem, RulebookError

if TYPE_CHECKING:
    from engine.assist.mend import MendedFile
    from engine.assist.new_rows import NewRow
    from engine.assist.reached import Reached
    from engine.assist.rename import Renamed
    from engine.excel.computed import Taken
    from engine.explain.steps import Step
    from engine.lint.cited import Comparison
    from engine.lint.findings import Finding
    from engine.measure.compared import Articles
    from engine.rulebook.book import Book
    from engine.testing.coverage import Unreached


def check(region: str | Path, *, drafts: bool = False) -> list[Problem]:
    """What ``casemix check`` says of a region: each with ``is_error``, code, place, message and hint.

    Raises ``RulebookError`` where nothing can be read at all.
    """
    from engine.check import check_book
    from engine.drafts.laid import with_drafts

    return with_drafts(str(region)).problems() if drafts else check_book(load_book(str(region)))


def names(region: str | Path, words: str = "", day: datetime.date | None = None) -> list[Named]:
    """Every name of a region or shared module as ``casemix show --names`` lists it, in order of layers and files; or
    those that have every word of ``words`` in name, other name, article, kind or remark, the best first.

    ``day``: the day whose figures are told, today if left out. ``Named.as_dict()`` is one as JSON has it.

    Raises :class:`CannotPrice` where nothing can be read at all.
    """
    with said_once():
        found = names_of_book(load_book(str(region)), day or datetime.date.today())
    return search(found, words) if words else found


def lint(region: str | Path, *, drafts: bool = False) -> list[Finding]:
    """What ``casemix lint`` says of a region without errors: each with code, kind, place, name, message and ``better``.

    Raises ``RulebookError`` with the errors of one that has some.
    """
    from engine.lint.all import lint as found_in

    return found_in(_sound(region, drafts))


def compared_figures(region: str | Path, *, drafts: bool = False) -> Comparison:
    """How many figures of a region are 正式 (``official``), how many of them ``lint`` held against the text that they
    cite (``compared``), and for what reason it could not do so with others (``without``: how many for each).

    Raises as :func:`lint` does.
    """
    from engine.lint.all import linted

    return linted(_sound(region, drafts)).figures


def articles(region: str | Path, *, drafts: bool = False) -> Articles:
    """What ``casemix articles`` says: of each document of the region its articles (``compared``, ``units``), with what
    states them or why nothing does; what is ``amiss``: citations that lead nowhere, wordings that changed.

    Raises ``RulebookError``, ``DataError``.
    """
    from engine.measure.compared import articles as of_book

    return of_book(_read(region, drafts))


def test(region: str | Path, *, drafts: bool = False) -> Reached:
    """What ``casemix test`` does: runs all examples of a region. ``outcomes``: by name of the file and of the example,
    each with ``passed``, ``failures`` and ``cells``, the values that were compared (``wanted``, ``got``, ``right``);
    ``coverage.unreached()``: branches, rows and sides of bounds that no example reaches.

    Raises ``RulebookError`` with the errors of a region that has some.
    """
    from engine.assist.reached import reached

    return reached(_sound(region, drafts))


def reasons(
    region: str | Path, file: str, example: str, name: str, grain: str = "", row: int = 0, *, drafts: bool = False
) -> Step | None:
    """Why a value of an example is what it is, as ``casemix test --why`` prints it: a tree of steps as :func:`explain`
    has them. ``file``: path in the region; ``name``, ``grain`` and ``row`` as a cell of :func:`test` has them. ``None``
    where the example compares no such value, or there is nothing to take apart.

    Raises as :func:`test` does.
    """
    from engine.assist.reasons import reasons as of_example

    book = _sound(region, drafts)
    return of_example(book, book.folder / file, example, name, grain, row)


def take_computed(region: str | Path, example: str, file: str = "") -> list[Taken]:
    """What ``casemix drafts --example NAME --computed`` does: runs the example on the drafts, and what came out
    otherwise becomes what must come out, as a draft; what cannot be known, or has no end, stays. Each with its place,
    ``was`` and ``now``. ``file``: which, where several have an example of that name.

    Raises as :func:`test` does, ``Refused``, ``KeptMeanwhile``.
    """
    from engine.drafts import Drafts
    from engine.excel.computed import take_computed as taken

    book = _sound(region, drafts=True)
    return taken(Drafts(book.folder), book, example, file)


def new_rows(
    region: str | Path, name: str = "", *, drafts: bool = False, keep: bool = False, file: str = ""
) -> list[tuple[Unreached, NewRow | None]]:
    """What ``casemix test --new-rows`` finds: for each place that no example reaches (of the entry ``name``, or of all)
    a row that reaches it, found by trying; where ``reaches`` is not, one to fill in; ``None`` where nothing can be
    given. Takes some seconds at most for each.

    ``keep``: with the drafts laid over the region, and what reaches goes into them; ``file``: where an example goes
    that is in no file yet. What must come out is what comes out now: for a person to judge.

    Raises as :func:`test` does; ``Refused``, ``KeptMeanwhile`` for a row that cannot be kept.
    """
    from engine.assist.new_rows import new_row
    from engine.assist.new_rows_kept import FILE, keep_row
    from engine.drafts import Drafts

    reach = test(region, drafts=drafts or keep)
    missing = [one for one in reach.coverage.unreached() if name in ("", one.name)]
    found = [(one, new_row(reach.book, reach.coverage, one)) for one in missing]
    for _, row in found if keep else ():
        if row is not None and row.reaches:
            keep_row(Drafts(reach.book.folder), row, file or FILE)
    return found


def rename(region: str | Path, old: str, new: str, *, drafts: bool = False, write: bool = True) -> Renamed:
    """What ``casemix rename`` does: a name changed in rules, notices, examples, headings of CSV files, and in the
    regions that build on this one. ``edits``: what was changed where; ``left``: texts for people that go on saying it.

    ``drafts``: in the drafts, and as drafts; ``write=False``: nothing is written, only told.

    Raises ``NotRenamed`` with the reason where that cannot be, or would change what the rules say; nothing is written
    then. ``KeptMeanwhile`` where a draft changed meanwhile, ``OSError``.
    """
    from engine.assist.rename import rename as renamed
    from engine.assist.rename_drafted import rename_in_drafts
    from engine.drafts import Drafts
    from engine.drafts.laid import with_drafts
    from engine.session import Session

    if drafts and write:
        session = Session(str(region))
        return rename_in_drafts(session, Drafts(session.folder), old, new)
    made = renamed(with_drafts(region) if drafts else Session(str(region)), old, new)
    if write:
        made.write()
    return made


def mend(region: str | Path, *, code: str = "", write: bool = False) -> list[MendedFile]:
    """What ``casemix check --fix`` does: every mistake mended that can mean nothing else (marks in full width, dates as
    2025年1月1日), in each file of the region that has some. ``mended`` of each: before, after, what was done how often.

    ``code``: mistakes of that kind only. ``write``: into the files, all or none; raises ``RunStopped`` where one
    changed meanwhile, ``OSError``.
    """
    from engine.assist.mend import mend as of_region
    from engine.assist.mend import write as write_all

    made = of_region(region, code)
    if write and made:
        write_all(made)
    return made


def laid_out(text: str) -> str:
    """The text of a file of rules as ``casemix format`` lays it out. Raises ``NotLaidOut`` where it cannot be read."""
    from engine.formatting.lay_out import laid_out as of_text

    return of_text(text)


def _read(region: str | Path, drafts: bool) -> Book:
    from engine.drafts.laid import with_drafts

    return with_drafts(str(region)).book if drafts else load_book(str(region))


def _sound(region: str | Path, drafts: bool) -> Book:
    from engine.check import check_book

    book = _read(region, drafts)
    errors = [one for one in check_book(book) if one.is_error]
    if errors:
        raise RulebookError(errors)
    return book
