"""Of what is told, the causes: not what an entry seems to lack or suffer only because of something told already."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.check.entry_lines import EntryLines
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.parts import names_of
from engine.rulebook.problems import Problem

_WRITTEN_WRONG = ("E106", "E107", "E110", "E115", "E116", "E120", "E121")
_OF_WHAT_IS_MISSING = ("E122", "E128", "E209", "E312", "E313", "E320")
_MAY_BE_ABSENT = ("E601", "E602", "E603", "E604")
_WHY_ABSENT = re.compile(r"可能没有值（(.*)）")


def causes_only(problems: list[Problem], book: Book) -> list[Problem]:
    """Without a missing keyword of an entry in which one is ill written, without the warning of a figure that a bound
    refuses, and without absence that comes from another entry where it is told.
    """
    lines = EntryLines(book)
    wrong = {found.place for p in problems if p.code in _WRITTEN_WRONG and (found := lines.at(p.place))}
    out_of_bounds = {p.place for p in problems if p.code == "E706"}
    kept = [
        p
        for p in problems
        if not (p.code in _OF_WHAT_IS_MISSING and (found := lines.at(p.place)) and found.place in wrong)
        and not (p.code == "W405" and p.place in out_of_bounds)
    ]
    return _absent_where_it_begins(kept, book, lines)


def _absent_where_it_begins(problems: list[Problem], book: Book, lines: EntryLines) -> list[Problem]:
    """A value may be absent because one that it reads may be, for the same reason: the latter is told, with how many
    more there are.
    """
    absent: dict[str, list[tuple[str, Problem]]] = {}
    for problem in dict.fromkeys(problems):
        why = _WHY_ABSENT.search(problem.message) if problem.code in _MAY_BE_ABSENT else None
        if why and (found := lines.at(problem.place)):
            absent.setdefault(why[1], []).append((found.name, problem))
    followers: set[Problem] = set()
    noted: dict[Problem, Problem] = {}
    for those in absent.values():
        if len(those) < 2:
            continue
        snapshot = book.at(book.epochs[-1])
        names = {name for name, _ in those}
        following = [problem for name, problem in those if _rests_on_any(name, names - {name}, snapshot)]
        first = [problem for _, problem in those if problem not in following]
        if first and following:
            followers.update(following)
            more = f"；读它的还有 {len(following)} 处也因此没有值，先改这里"
            noted[first[0]] = replace(first[0], hint=first[0].hint + more)
    return [noted.get(problem, problem) for problem in problems if problem not in followers]


def _rests_on_any(name: str, others: set[str], snapshot: Snapshot) -> bool:
    """Whether the entry reads one of ``others``, through any number of rules, and none of them reads it."""
    below = _below(name, snapshot)
    return any(other in below and name not in _below(other, snapshot) for other in others)


def _below(name: str, snapshot: Snapshot) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        entry = snapshot.entries.get(waiting.pop())
        new = names_of(entry) - seen if entry is not None else set()
        seen |= new
        waiting += new
    return seen
