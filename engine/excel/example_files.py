"""The files of examples of a region as they stand now, drafts too; what is changed in them is kept as drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.drafts import Drafts, is_rules
from engine.excel.drafted import keep_changes, text_as_drafted
from engine.excel.example_grid import Grid
from engine.excel.examples_apart import CASES, Apart, examples_apart
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.excel.new_example import NewExample, with_example
from engine.excel.outdated_notes import outdated_since
from engine.files.named_files import DISK
from engine.rulebook.layers import yaml_below
from engine.rulebook.unread_files import is_example


@dataclass
class ExampleFile:
    """``revision``: of the draft that the text is (0: the file's own). ``drafts``: of files that have rows of examples.
    ``unread``: why there are no examples. ``outdated``: by example the figures that its note says and that a draft took
    out of its cells.
    """

    name: str
    text: TextFile
    revision: int
    examples: list[Apart] = field(default_factory=list)
    unread: str = ""
    drafts: list[str] = field(default_factory=list)
    outdated: dict[str, list[str]] = field(default_factory=dict)

    def changed(self, change: Change) -> str:
        return self.text.changed([change]).decode("utf-8")

    def example(self, name: str) -> Apart | None:
        return next((one for one in self.examples if one.name == name), None)


def example_file(drafts: Drafts, name: str) -> ExampleFile:
    """One file of examples, by its path in the region."""
    text, revision = text_as_drafted(drafts, name)
    found = ExampleFile(name, text, revision)

    def beside(path: str) -> TextFile:
        file = _inside(drafts, path)
        other, drafted = text_as_drafted(drafts, file)
        if not drafted and not other.path.is_file():
            raise Refused("没有这个文件")
        if drafted:
            found.drafts.append(file)
        return other

    try:
        found.examples = examples_apart(found.text, beside)
    except Refused as refused:
        found.unread = str(refused)
        return found
    if revision or found.drafts:
        found.outdated = _outdated(drafts, found)
    return found


def _inside(drafts: Drafts, path: str) -> str:
    try:
        return drafts.inside(path).relative_to(drafts.folder).as_posix()
    except ValueError:
        raise Refused("不是这个地区的文件") from None


def _outdated(drafts: Drafts, file: ExampleFile) -> dict[str, list[str]]:
    """Held against the examples as they were when the drafts began."""

    def before(name: str) -> TextFile:
        draft = drafts.of(name)
        data = draft.was.encode(draft.encoding) if draft is not None else drafts.stands(name).data
        return TextFile(drafts.folder / name, name, data)

    try:
        were = examples_apart(before(file.name), lambda path: before(_inside(drafts, path)))
    except Refused:
        return {}
    found = {was.name: outdated_since(was, now) for was in were if (now := file.example(was.name)) is not None}
    return {name: figures for name, figures in found.items() if figures}


def example_files(drafts: Drafts) -> list[ExampleFile]:
    """Every file of examples of the region and its notices, by name; those that are only a draft yet, too."""
    found = {path.relative_to(drafts.folder).as_posix() for path in yaml_below(drafts.folder, DISK)}
    found |= {one.file for one in drafts.all() if is_rules(one.file)}
    own = sorted(name for name in found if is_example(drafts.folder / name, drafts.folder))
    return [example_file(drafts, name) for name in own]


def change_example(
    drafts: Drafts, example: str, texts: Mapping[str, str], *, part: str = CASES, row: int | None = None,
    remove: bool = False, file: str = "",
) -> str:  # fmt: skip
    """Changes a grid of an example as a draft; the file whose draft has the change now (it may be the one with its
    rows). ``part``: 分情形, 已知, 应得, or one of the last two with a table or grain behind it. ``texts``: cells by
    column, of ``row`` (from 1), or of one more row that is else like the last; ``remove``: the row goes.

    Raises ``Refused``, ``KeptMeanwhile``, and what drafts raise.
    """
    grid = _grid(file_of(drafts, example, file), example, part)
    unknown = [title for title in texts if title not in grid.titles]
    if unknown:
        raise Refused(f"{part} 没有列 {unknown[0]}：列是 {'、'.join(grid.titles)}")
    if row is not None and not 1 <= row <= len(grid.rows):
        raise Refused(f"没有第 {row} 行：一共 {len(grid.rows)} 行")
    if row is None:
        changes = [grid.one_more(dict(texts))]
    elif remove:
        changes = [grid.without(row - 1)]
    else:
        changes = [grid.change(row - 1, grid.titles.index(title), text) for title, text in texts.items()]
    changed = changes[0][0]
    keep_changes(drafts, changed, [change for _, change in changes])
    return changed.name


def keep_example(drafts: Drafts, new: NewExample, file: str) -> str:
    """The example behind those of the draft of a file (or of the file, where there is none); its name there.

    Raises ``Refused`` for a value that cannot stand in an example, ``KeptMeanwhile``, ``OSError``.
    """
    stands, revision = drafts.now(file)
    made, name = with_example(stands.text.removeprefix("\ufeff").replace("\r\n", "\n"), new)
    drafts.keep(file, made, revision)
    return name


def file_of(drafts: Drafts, example: str, file: str) -> ExampleFile:
    """The file that has an example; ``file`` where several have. Raises ``Refused``."""
    found = [one for one in example_files(drafts) if one.example(example) is not None and file in ("", one.name)]
    if not found:
        raise Refused(f"{file or '这个地区'} 里没有例子“{example}”")
    if len(found) > 1:
        raise Refused(f"例子“{example}”在几个文件里都有（{'、'.join(one.name for one in found)}）：写明哪一个")
    return found[0]


def _grid(file: ExampleFile, example: str, part: str) -> Grid:
    apart = file.example(example)
    assert apart is not None
    grid = apart.grid(part)
    if grid is None:
        there = "、".join(one.part for one in apart.grids) or "没有能排成格的"
        raise Refused(f"例子“{example}”没有 {part}：有 {there}")
    return grid
