"""Rules, tables and examples that are written and not saved yet: what the workbench keeps, and saves in one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.rulebook.locate import locate

if TYPE_CHECKING:
    from engine.drafts import Draft, Drafts, Saved
    from engine.excel.new_example import NewExample
    from engine.rulebook.problems import Problem


def drafts(region: str | Path) -> Drafts:
    """What ``casemix drafts`` lists. ``all()``: each a :class:`Draft` with ``file``, ``text``, ``was``, ``revision``;
    ``of(file)``; ``keep(file, text, revision)``, refused where another window was quicker; ``drop(file)``.

    Raises ``RulebookError`` where there is no region, ``RunStopped`` where a draft cannot be read.
    """
    from engine.drafts import Drafts

    return Drafts(locate(str(region)).folder)


def keep(region: str | Path, file: str, text: str) -> Draft | None:
    """What ``casemix drafts --keep`` does: the whole text of a file as its draft, in the place of what was drafted;
    ``None`` where that is what the file says. ``file``: its path in the region, which may be a new one. It is kept as
    the file is written: encoding, line breaks.

    Raises ``ValueError`` for a path that leaves the region, ``KeptMeanwhile``, ``RunStopped``, ``OSError``.
    """
    return drafts(region).put(file, text)


def differences(draft: Draft) -> list[str]:
    """What a draft says that its file does not, entry by entry or row by row, as ``casemix drafts`` tells it; in lines
    where it cannot be read.
    """
    from engine.drafts.words import in_lines, in_words

    told = in_words(draft.file, draft.was, draft.text)
    return in_lines(draft.was, draft.text, draft.file) if told is None else [str(one) for one in told]


def save(region: str | Path, files: Sequence[str] | None = None) -> Saved:
    """What ``casemix drafts --save`` does: all drafts (or those of ``files``) into the region's files, or none.

    Raises ``ChangedMeanwhile`` where a file says something else than its draft began from, ``OSError``.
    """
    from engine.drafts import save as save_all

    there = drafts(region)
    return save_all(there, None if files is None else [one for one in there.all() if one.file in files])


def undo(region: str | Path) -> Saved | None:
    """What ``casemix drafts --undo`` does: the files as they were before they were saved last; ``None`` where nothing
    was saved. Raises as :func:`save` does.
    """
    from engine.drafts import undo as undo_last

    return undo_last(drafts(region))


def change_table(
    region: str | Path, table: str, row: int | None = None, cells: Mapping[str, str] | None = None, *,
    remove: bool = False, file: str = "",
) -> list[Problem]:  # fmt: skip
    """What ``casemix drafts --table`` does, as the grids of the workbench: cells of a row (from 1) by column, a row
    more where none is said, or (``remove``) one less, of a decision table or a table whose rows stand in a CSV file; as
    a draft. What is told of the table then. ``file``: which, where it stands in several.

    Raises ``Refused`` for what cannot stand there, ``KeptMeanwhile``, ``RulebookError``.
    """
    from engine.excel.drafted import change_row
    from engine.session import Session

    return list(change_row(Session(str(region)), drafts(region), table, row, cells or {}, remove, file))


def change_example(
    region: str | Path, example: str, cells: Mapping[str, str] | None = None, *, part: str = "分情形",
    row: int | None = None, remove: bool = False, file: str = "",
) -> str:  # fmt: skip
    """What ``casemix drafts --example`` does: cells of a grid of an example, a row more (else like the last), or one
    less, as a draft; the file whose draft has it. ``part``: 分情形, 已知 or 应得, the last two with the name of a
    table or grain behind them where rows are meant; ``row`` from 1.

    Raises ``Refused``, ``KeptMeanwhile``.
    """
    from engine.excel.example_files import change_example as changed

    return changed(drafts(region), example, cells or {}, part=part, row=row, remove=remove, file=file)


def change_note(region: str | Path, example: str, note: str, file: str = "") -> str:
    """What ``casemix drafts --example --note`` does: the note of an example (说明) becomes another, an empty one goes,
    as a draft; the file whose draft has it. Raises ``Refused``, ``KeptMeanwhile``.
    """
    from engine.excel.example_notes import change_note as changed

    return changed(drafts(region), example, note, file)


def keep_example(region: str | Path, example: NewExample, file: str = "") -> str:
    """A new example (:class:`NewExample`, or what :func:`as_example` gives) behind those of ``file``, as a draft; its
    name there: another where that is taken.

    Raises ``Refused`` for a value that cannot stand in an example, ``KeptMeanwhile``, ``OSError``.
    """
    from engine.excel.example_files import keep_example as kept
    from engine.pricing.as_example import FILE

    return kept(drafts(region), example, file or FILE)
