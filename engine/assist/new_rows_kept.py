"""A row that reaches what no example reaches, in the text of its file, for a draft."""

from __future__ import annotations

from dataclasses import dataclass

from engine.assist.new_rows import NewRow
from engine.drafts import Drafts
from engine.excel.example_files import example_file
from engine.excel.examples_apart import CASES
from engine.excel.grid import Refused
from engine.excel.new_example import with_example
from engine.rulebook.unread_files import EXAMPLES

FILE = f"{EXAMPLES}/走到的例子.yaml"
"""Where an example goes that is in no file yet, unless another is said."""


@dataclass(frozen=True)
class WithRow:
    """``text``: of the file with the row in its example; ``revision``: of the draft that it goes on from."""

    file: str
    example: str
    text: str
    revision: int


def text_with(drafts: Drafts, row: NewRow, file: str) -> WithRow:
    """``file``: where an example of its own goes. Raises ``Refused``."""
    if row.new is not None:
        stands, revision = drafts.now(file)
        made, name = with_example(stands.text.removeprefix("\ufeff").replace("\r\n", "\n"), row.new)
        return WithRow(file, name, made, revision)
    if not row.path.is_relative_to(drafts.folder):
        raise Refused("那个例子不在这个地区的文件里")
    read = example_file(drafts, row.path.relative_to(drafts.folder).as_posix())
    example = read.example(row.example)
    grid = example.grid(CASES) if example is not None else None
    if grid is None:
        raise Refused("例子刚刚改过，再试一次")
    return WithRow(read.name, row.example, read.changed(grid.one_more(row.cells)[1]), read.revision)


def keep_row(drafts: Drafts, row: NewRow, file: str) -> WithRow:
    """The row as a draft. Raises ``Refused``, ``KeptMeanwhile``, ``OSError``."""
    made = text_with(drafts, row, file)
    drafts.keep_unless_same(made.file, made.text, made.revision)
    return made
