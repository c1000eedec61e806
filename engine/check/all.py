"""All checks in order; later ones look only at formulas that the earlier ones found sound."""

from __future__ import annotations

from engine.check import absence, branches, cycles, expressions, limits, literals, provenance, references, rounding, tables
from engine.check.context import contexts
from engine.rulebook.book import Book
from engine.rulebook.problems import Problem

CHECKS = (
    references.entries_refer_to_what_exists,
    provenance.entries_cite_a_known_document,
    cycles.rules_do_not_depend_on_themselves,
    expressions.formulas_have_meaning,
    absence.values_that_may_be_absent_are_guarded,
    tables.decision_tables_are_complete,
    branches.branches_can_be_reached,
    limits.parameters_keep_their_limits,
    rounding.results_say_how_they_are_rounded,
    literals.numbers_in_formulas_are_parameters,
)


def check_book(book: Book) -> list[Problem]:
    """Every problem of every file of the region, in the order of files and lines; the same one only once."""
    problems: list[Problem] = []
    for day in book.epochs:
        book.at(day)
    problems.extend(book.problems)
    for context in contexts(book, problems):
        for check in CHECKS:
            check(context)
    unique = {(p.code, p.place, p.message): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.place, p.code))
