"""A change of a cell or a row, kept as the draft of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.drafts import Draft, Drafts, KeptMeanwhile
from engine.drafts.laid import laid_over
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused, Sheet
from engine.excel.listing import sheets_of_entry
from engine.excel.marks import problems_of
from engine.rulebook.problems import Problem
from engine.session import Session

Work = Callable[[Sheet], Sequence[tuple[TextFile, Change]]]


def text_as_drafted(drafts: Drafts, file: str) -> tuple[TextFile, int]:
    """What a file says, draft or not, byte for byte, and the draft's revision (0: none)."""
    stands, revision = drafts.now(file)
    return TextFile(drafts.folder / file, file, stands.data), revision


def keep_changes(drafts: Drafts, file: TextFile, changes: Sequence[Change]) -> Draft | None:
    """The file with the changes as its draft; none where that is what the file says.

    Raises :class:`KeptMeanwhile` where it says something else by now than ``file`` does, and what ``Drafts.keep`` does.
    """
    stands, revision = drafts.now(file.name)
    if stands.data != file.data:
        raise KeptMeanwhile(drafts.of(file.name))
    return drafts.keep_unless_same(file.name, file.changed(changes).decode(stands.encoding), revision)


def change_table(session: Session, drafts: Drafts, name: str, file: str, work: Work) -> Sequence[Problem]:
    """Changes the table of an entry, in ``file`` where it stands in several; what is told of it then.

    Raises :class:`Refused`, :class:`RulebookError`, and what :func:`keep_changes` does.
    """
    found, elsewhere = sheets_of_entry(laid_over(session, drafts).book, name)
    own = [one for one in found if one.about is not None and (not file or one.about[0].name == file)]
    if not own:
        where = f"{file} 里没有 {name} 的表" if file else f"{name} 不是这个地区自己的表"
        raise Refused(elsewhere[0] if elsewhere else where)
    if len(own) > 1:
        files = "、".join(one.about[0].name for one in own if one.about is not None)
        raise Refused(f"{name} 在几处各有一张表（{files}）：写明改哪个文件里的")
    changes = work(own[0])
    changed = changes[0][0]
    if keep_changes(drafts, changed, [change for _, change in changes]) is None:
        session.forget(changed.name)
    after = next(one for one in sheets_of_entry(laid_over(session, drafts).book, name)[0] if _is_same(one, own[0]))
    return problems_of(after, session.problems())


def _is_same(one: Sheet, other: Sheet) -> bool:
    return one.about is not None and other.about is not None and one.about[0].name == other.about[0].name


def change_row(
    session: Session, drafts: Drafts, table: str, row: int | None, texts: Mapping[str, str], remove: bool = False,
    file: str = "",
) -> Sequence[Problem]:  # fmt: skip
    """As :func:`change_table`: cells of ``row`` (from 1) by column; a row more where none is said; or one less."""

    def work(sheet: Sheet) -> list[tuple[TextFile, Change]]:
        if row is None:
            return [sheet.new_row(texts)]
        if remove:
            return [sheet.without(row - 1)]
        return [sheet.change(row - 1, title, text) for title, text in texts.items()]

    return change_table(session, drafts, table, file, work)
