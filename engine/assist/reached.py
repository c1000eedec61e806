"""What the examples of a region say of its entries: which pass, and which branches, rows and bounds they reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.rulebook.book import Book
from engine.testing.coverage import Coverage, Unreached, coverage_of
from engine.testing.runner import Outcome, run_tests

MOST_UNREACHED = 4


@dataclass
class Reached:
    """What came out of the examples of ``book``, as far as they ran."""

    book: Book
    coverage: Coverage
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    """By name of the file as it is told, and of the example."""
    whole: bool = False

    def of(self, name: str) -> tuple[int, list[Unreached]]:
        """Of an entry: how many branches, rows and sides of bounds there are, and those that no example reaches."""
        wanted = {key: item for key, item in self.coverage.wanted.items() if item.name == name}
        missing = {item for key, item in wanted.items() if key not in self.coverage.touched}
        return len(wanted), sorted(missing, key=lambda item: (item.place, item.what))

    def outcome(self, path: Path, name: str) -> Outcome | None:
        """What came out of an example of a file."""
        return self.outcomes.get((path.name, name))

    def lines(self, name: str) -> list[str]:
        """What is told of an entry; nothing where it has no branches, or not all examples ran."""
        count, missing = self.of(name)
        if not count or not self.whole:
            return []
        told = [f"例子走到：情形、表行和界值 {count} 处里的 {count - len(missing)} 处"]
        told += [f"  没有走到：{one.what}" for one in missing[:MOST_UNREACHED]]
        return [*told, f"  …还有 {len(missing) - MOST_UNREACHED} 处"] if len(missing) > MOST_UNREACHED else told


def reaching(book: Book) -> Iterator[Reached]:
    """Runs all examples, one a step, so that others get their turn between; the last step says that it is whole."""
    found = Reached(book, coverage_of(book))
    for outcome in run_tests(book, found.coverage):
        found.outcomes[Path(outcome.place.file).name, outcome.name] = outcome
        yield found
    found.whole = True
    yield found


def reached(book: Book) -> Reached:
    """What all examples of a rulebook without errors reach."""
    *_, last = reaching(book)
    return last
