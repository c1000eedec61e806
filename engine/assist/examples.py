"""The examples that touch an entry, and what comes out when they are run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.assist.lines import line_at
from engine.assist.spot import entries_of
from engine.assist.uses import uses_in
from engine.rulebook.book import Book
from engine.testing.runner import Outcome, run_tests, test_files


@dataclass(frozen=True)
class Example:
    """An example that mentions a name, and whether it compares it (else it only gives it)."""

    path: Path
    name: str
    line: int
    compares: bool


def examples_of(book: Book, name: str) -> list[Example]:
    """Those of the region and its notices that give or compare ``name``."""
    return [one for found in all_examples(book).values() for one in found.get(name, ())]


def all_examples(book: Book) -> dict[Path, dict[str, list[Example]]]:
    """For each file of examples the names that they mention, with the examples."""
    return {path: _in_file(path, book.files.read(path).decode("utf-8", "replace")) for _, path in test_files(book)}


@lru_cache(maxsize=200)
def _in_file(path: Path, text: str) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for name, begun, end in _examples(text):
        compared = text.find("应得", begun, end)
        bars = text.find("||", begun, end)
        after = min(at for at in (compared, bars, end) if at >= 0)
        mentioned: dict[str, bool] = {}
        for use in uses_in(text[begun:end], is_example=True):
            mentioned[use.name] = mentioned.get(use.name, False) or begun + use.start >= after
        for other, compares in mentioned.items():
            line = line_at(text, begun)
            found.setdefault(other, []).append(Example(path, name, line, compares))
    return found


def _examples(text: str) -> Iterator[tuple[str, int, int]]:
    """Each example by its name, with where its text begins and ends."""
    starts = list(entries_of(text))
    ends = [at for _, at in starts[1:]] + [len(text)]
    for (name, begun), end in zip(starts, ends, strict=True):
        yield name, begun, end


def run(book: Book, examples: list[Example]) -> list[Outcome]:
    """The outcome of each, in the order of files and lines."""
    wanted = {(one.path, one.name) for one in examples}
    return list(run_tests(book, wanted=lambda path, name: (path, name) in wanted))
