"""What lint says of the regions that are open: looked for when typing has paused and no error is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.lint.all import lint
from engine.lint.findings import Finding
from engine.rulebook.book import Book

PAUSE = 0.6


@dataclass(frozen=True)
class Hint:
    """``line``: as it was when lint looked."""

    finding: Finding
    line: str


Ask = Callable[[Callable[[], dict[Path, list[Hint]]]], Awaitable[dict[Path, list[Hint]]]]


class Hints:
    """``tell`` is called with each file of which something else is to be told than before."""

    def __init__(self, ask: Ask, tell: Callable[[Path], None]) -> None:
        self.wanted = True
        self._ask, self._tell = ask, tell
        self._found: dict[Path, dict[Path, list[Hint]]] = {}
        self._looking: dict[Path, asyncio.Task[None]] = {}

    def stop(self, folder: Path) -> None:
        looking = self._looking.pop(folder, None)
        if looking is not None:
            looking.cancel()

    def look_soon(self, folder: Path, book: Callable[[], Book | None]) -> None:
        """After a pause what lint says of the region, if ``book`` has rules."""
        self.stop(folder)
        if self.wanted:
            self._looking[folder] = asyncio.create_task(self._look(folder, book))

    def switch(self, wanted: bool) -> None:
        """Whether any are told; those on the screen go."""
        self.wanted = wanted
        if not wanted:
            for folder in list(self._looking):
                self.stop(folder)
            before, self._found = self._found, {}
            for file in {file for found in before.values() for file in found}:
                self._tell(file)

    def of(self, file: Path, text: str) -> Iterator[Finding]:
        """Of a file whose text is ``text``: those whose line is still as it was."""
        lines = text.split("\n")
        once = dict.fromkeys(hint for found in self._found.values() for hint in found.get(file, ()))
        for hint in once:
            number = hint.finding.place.line
            if number <= len(lines) and lines[number - 1].rstrip("\r") == hint.line:
                yield hint.finding

    async def _look(self, folder: Path, wanted: Callable[[], Book | None]) -> None:
        await asyncio.sleep(PAUSE)
        book = wanted()
        if book is None:
            return
        found = await self._ask(lambda: _hints(book))
        before = self._found.get(folder, {})
        self._found[folder] = found
        for file in {*before, *found}:
            self._tell(file)


def _hints(book: Book) -> dict[Path, list[Hint]]:
    found: dict[Path, list[Hint]] = {}
    for finding in lint(book):
        path = Path(finding.place.file).absolute()
        lines = book.files.read(path).decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
        line = lines[finding.place.line - 1] if 0 < finding.place.line <= len(lines) else ""
        found.setdefault(path, []).append(Hint(finding, line.rstrip("\r")))
    return found
