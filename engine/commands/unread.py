"""What of a region could not be read: a command that shows the rest says so, and its exit code does."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.markup import escape

from engine.commands.screen import errors, print_problem
from engine.rulebook.book import Book
from engine.rulebook.problems import Problem

MOST = 3
"""Problems that are printed; ``check`` lists all."""


def unread(book: Book) -> list[Problem]:
    """Errors for which an entry, or a part of one, is missing from ``book`` in one of its states."""
    for day in book.epochs:
        book.at(day)
    return [problem for problem in dict.fromkeys(book.problems) if problem.is_error]


def tell_unread(books: Book | Iterable[Book]) -> None:
    """Says what the books lack, on the standard error; then the end with exit code 1, if there is any."""
    screen, found = errors(), 0
    for book in [books] if isinstance(books, Book) else books:
        problems = unread(book)
        if not problems:
            continue
        found += len(problems)
        screen.print(f"\n[red]✗[/] {escape(book.title)} 有 {len(problems)} 处没有读懂，上面没有它们的内容：")
        for problem in problems[:MOST]:
            print_problem(screen, problem)
        screen.print("    → casemix check 列出全部问题")
    if found:
        sys.exit(1)
