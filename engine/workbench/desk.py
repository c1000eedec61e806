"""A region on the desk: its drafts over its files, checked together. One for a region, shared by all windows on it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from engine.assist.complete import complete
from engine.assist.find import Found, definitions, found_in, name_at
from engine.assist.fixes import Fix, Mended, fixes, mended
from engine.assist.hover import Told, hover
from engine.assist.offered import Completion, names_known
from engine.assist.reached import Reached, reached
from engine.assist.rename import Renamed
from engine.assist.rename_drafted import rename_as_drafts
from engine.drafts import Draft, Drafts, Saved, is_rules, save, undo
from engine.excel.drafted import keep_changes, text_as_drafted
from engine.excel.files import Change, TextFile
from engine.excel.grid import Sheet
from engine.excel.listing import parameters_of, sheets_of_entry, tables_in_files
from engine.excel.parameters import NAME
from engine.formatting.lay_out import laid_out
from engine.measure.compared import Articles, articles
from engine.rulebook.book import Book
from engine.rulebook.layers import shown, yaml_below
from engine.rulebook.locate import shipped
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.rulebook.unread_files import is_example
from engine.session import Session

GONE = "地区的文件夹不在了"


@dataclass(frozen=True)
class Looked:
    """The region as its drafts have it. ``book``: ``None`` where nothing can be read."""

    book: Book | None
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Figures:
    """``parameter``: the dated figures of an entry, if it has some. ``elsewhere``: where its other rows are."""

    parameter: Sheet | None = None
    tables: Sequence[Sheet] = ()
    elsewhere: Sequence[str] = ()
    problems: Sequence[Problem] = ()


@dataclass
class Desk:
    """Every method may take a while: none is for the event loop. Texts have plain line breaks, as editors do."""

    folder: Path
    drafts: Drafts
    session: Session
    last: Book | None = None
    tried: Reached | None = None
    laid: dict[str, str] = field(default_factory=dict)
    """The texts of the drafts that the session has: revisions begin anew once a draft was saved or dropped."""
    lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, folder: Path) -> Desk:
        """Raises :class:`RulebookError` where there is no region."""
        return cls(folder, Drafts(folder), Session(folder))

    def files(self) -> list[str]:
        """The region's own rules files, drafts of new ones too: heads, rules, notices, examples."""
        found = {path.relative_to(self.folder).as_posix() for path in yaml_below(self.folder, self.session.files)}
        every = found | {one.file for one in self.drafts.all() if is_rules(one.file)}
        return sorted(every, key=lambda file: (is_example(self.folder / file, self.folder), file))

    def text(self, file: str) -> tuple[str, int]:
        """What a file says, draft or not, and the draft's revision (0: none)."""
        stands, revision = self.drafts.now(file)
        return plain(stands.text), revision

    def text_file(self, file: str) -> tuple[TextFile, int]:
        """What a file says, draft or not, byte for byte, and the draft's revision (0: none)."""
        return text_as_drafted(self.drafts, file)

    def keep(self, file: str, text: str, revision: int) -> Draft | None:
        """The text on the disk as a draft, or no draft where it says what the file says. Raises ``KeptMeanwhile``."""
        return self.drafts.keep_unless_same(file, text, revision)

    def look(self) -> Looked:
        """The region and its problems as they are now; quick where nothing changed."""
        if self.gone():
            self.last = None
            return Looked(None, [Problem("E201", Place(self.folder.name), GONE, "把文件夹放回原处；草稿还在")])
        with self.lock:
            self._lay()
            problems = self.session.problems()
            book = known = None
            with suppress(RulebookError):
                book, known = self.session.book, self.session.known
                names_known(known, datetime.date.today())
            self.last = known  # at once: others look at it meanwhile
            return Looked(book, problems)

    def gone(self) -> bool:
        """Whether somebody took the region away."""
        return not self.folder.is_dir()

    def near(self, line: str) -> str:
        """What is told, with places as they are called in the region, and in what ships."""
        for inside, said in (
            (shown(self.folder), ""), (str(self.folder), ""),
            *((str(shipped(kind)), f"{kind}/") for kind in ("rules", "regions")),
        ):  # fmt: skip
            line = line.replace(f"{inside}/", said)
        return line

    def known(self) -> Book | None:
        """The rules as they were last understood."""
        return self.last if self.last is not None else self.look().book

    # -- what is asked of a place

    def complete(self, file: str, text: str, offset: int) -> list[Completion]:
        book = self.known()
        return complete(book, self.folder / file, text, offset, datetime.date.today()) if book is not None else []

    def hover(self, file: str, text: str, offset: int) -> Told | None:
        book = self.known()
        if book is None:
            return None
        return hover(book, self.folder / file, text, offset, datetime.date.today(), self.reached_now())

    def name(self, file: str, text: str, offset: int) -> str:
        use, book = name_at(text, offset, is_example(self.folder / file, self.folder)), self.known()
        known = book is not None and use is not None and self._is_known(book, use.name)
        return use.name if use is not None and known else ""

    def _is_known(self, book: Book, name: str) -> bool:
        today = datetime.date.today()
        return any(one.name == name or name in one.also_called for one in names_known(book, today))

    def made(self, name: str) -> list[Found]:
        """Where a name is written: the one in force first."""
        book = self.known()
        if book is None:
            return []
        entry = book.at(book.epochs[-1]).entries.get(name)
        at = entry.provenance.place if entry is not None else None
        written = [
            one for one in found_in(book, name)
            if at is not None and one.line == at.line and one.path == Path(at.file).absolute()
        ]  # fmt: skip
        return written or definitions(book, name)

    def rename(self, old: str, new: str) -> Renamed:
        """A name changed everywhere, as drafts. Raises ``NotRenamed``, ``KeptMeanwhile``."""
        with self.lock:
            self._lay()
            revisions = {one.file: one.revision for one in self.drafts.all() if self.laid.get(one.file) == one.text}
            return rename_as_drafts(self.session, self.drafts, revisions, old, new)

    def fixes(self, file: str, problem: Problem, text: str) -> list[Fix]:
        """What would mend a problem, tried; the file is as it was afterwards."""
        with self._trying(file) as (book, again):
            return fixes(book, problem, text, again)

    def mended(self, file: str, text: str) -> Mended:
        """The text with all mistakes mended that can mean nothing else; the file is as it was afterwards."""
        with self._trying(file) as (book, again):
            here = (one.place.file for one in again(text) if Path(one.place.file).absolute() == self.folder / file)
            return mended(book, next(here, ""), text, again)

    @contextmanager
    def _trying(self, file: str) -> Iterator[tuple[Book | None, Callable[[str], Sequence[Problem]]]]:
        """The rules, and what would be wrong with another text of the file."""
        with self.lock:
            book = None
            with suppress(RulebookError):
                book = self.session.book

            def again(other: str) -> Sequence[Problem]:
                self.session.write(file, other)
                return self.session.problems()

            try:
                yield book, again
            finally:
                self.laid.pop(file, None)
                self.session.forget(file)
                self._lay()

    def laid_out(self, text: str) -> str:
        """Raises ``NotLaidOut``."""
        return laid_out(text)

    # -- what is beside the text

    def articles(self) -> Articles | None:
        book = self.known()
        return articles(book) if book is not None else None

    def figures(self, name: str) -> Figures:
        """What can be changed of an entry without its text, as the drafts have it."""
        looked = self.look()
        if looked.book is None:
            return Figures()
        tables, elsewhere = sheets_of_entry(looked.book, name)
        sheet = parameters_of(looked.book)
        rows = [row for row in sheet.rows if row.cells[NAME].text == name]
        return Figures(replace(sheet, rows=rows) if rows else None, tables, elsewhere, looked.problems)

    def tables(self) -> dict[str, list[str]]:
        """CSV files of the region that have rows of tables, and the entries whose rows they are."""
        book = self.known()
        return tables_in_files(book) if book is not None else {}

    def put(self, file: TextFile, changes: Sequence[Change]) -> Draft | None:
        """Changes of a file, as its draft. Raises ``KeptMeanwhile`` where it says something else than ``file``."""
        return keep_changes(self.drafts, file, changes)

    def reached_now(self) -> Reached | None:
        """What the examples reached, if they ran on the rules as they are now."""
        return self.tried if self.tried is not None and self.tried.book is self.last else None

    def run_examples(self) -> Reached | None:
        """All examples on the rules as they are now; ``None`` where these have errors."""
        looked = self.look()
        if looked.book is None or any(one.is_error for one in looked.problems):
            return None
        if self.reached_now() is None:
            self.tried = reached(looked.book)
        return self.tried

    # -- to the region and back

    def save(self, shown: Sequence[Draft]) -> Saved:
        """The drafts as they were shown. Raises ``ChangedMeanwhile``, ``OSError``."""
        return save(self.drafts, shown)

    def undo(self, shown: Saved) -> Saved | None:
        """What was saved last, as it was shown. Raises ``ChangedMeanwhile``, ``OSError``."""
        return undo(self.drafts, shown)

    def drop(self, file: str) -> None:
        self.drafts.drop(file)

    def _lay(self) -> None:
        """The drafts of the disk over the files: another program may have saved or dropped some."""
        drafts = {one.file: one for one in self.drafts.all()}
        for file in set(self.laid) - set(drafts):
            self.session.forget(file)
            del self.laid[file]
        for file, one in drafts.items():
            if self.laid.get(file) != one.text:
                self.session.write(file, one.data)
                self.laid[file] = one.text


def plain(text: str) -> str:
    """As an editor has it: no mark at the beginning, plain line breaks."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


_OPEN: dict[Path, Desk] = {}
_OPENING = Lock()


def desk_of(folder: Path) -> Desk:
    """The desk of a region, opened once. Raises :class:`RulebookError` where there is no region."""
    with _OPENING:
        if folder not in _OPEN:
            _OPEN[folder] = Desk.of(folder)
        return _OPEN[folder]
