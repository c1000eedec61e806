"""All checks in order; later ones look only at formulas that the earlier ones found sound."""

from __future__ import annotations

from engine.check import (
    assertions,
    branches,
    constants,
    cycles,
    delivered,
    expressions,
    guards,
    limits,
    literals,
    local_cause,
    names,
    notices,
    provenance,
    readings,
    readings_left,
    references,
    rounding,
    row_files,
    rows_before,
    shared_programs,
    short_codes,
    synthesis,
    tables,
)
from engine.check.again import Memory
from engine.check.causes import causes_only
from engine.check.context import contexts
from engine.check.unread import what_the_region_writes_is_read
from engine.check.upgrades import shared_entries_are_as_accepted
from engine.rulebook.book import Book
from engine.rulebook.problems import Place, Problem

CHECKS_OF_ENTRIES = (
    names.names_stand_for_one_thing,
    names.rules_are_not_hidden_by_a_field,
    names.other_names_stand_for_one_thing,
    names.names_differ_by_more_than_case,
    references.entries_refer_to_what_exists,
    provenance.entries_cite_a_known_document,
    constants.parameters_have_figures_of_their_type,
    row_files.files_of_rows_have_the_columns_of_their_table,
    synthesis.hints_are_understood,
    cycles.rules_do_not_depend_on_themselves,
    expressions.formulas_have_meaning,
    guards.values_that_may_be_absent_are_guarded,
    rows_before.rows_before_the_period_are_meant,
)
CHECKS_OF_FIGURES = (
    tables.decision_tables_are_complete,
    branches.branches_can_be_reached,
    limits.parameters_keep_their_limits,
    limits.ranges_name_figures_that_stay,
)
CHECKS_OF_THE_PROMISE = (
    rounding.results_say_how_they_are_rounded,
    literals.numbers_in_formulas_are_parameters,
    short_codes.exact_codes_are_as_long_as_those_in_use,
    assertions.assertions_are_checked_by_a_program,
    delivered.delivered_values_fit_their_rules,
    shared_programs.shared_programs_leave_out_what_the_own_program_does,
)


ENTRY_BY_ENTRY = frozenset(
    (
        cycles.rules_do_not_depend_on_themselves,
        expressions.formulas_have_meaning,
        guards.values_that_may_be_absent_are_guarded,
        rows_before.rows_before_the_period_are_meant,
        tables.decision_tables_are_complete,
        branches.branches_can_be_reached,
        rounding.results_say_how_they_are_rounded,
        literals.numbers_in_formulas_are_parameters,
    )
)
"""What they say of an entry follows from it, from what it reads, and from who reads it: where none of that changed,
they need not look again. All others look at everything each time.
"""


def check_book(book: Book, memory: Memory | None = None) -> list[Problem]:
    """Every problem of every file of the region, in the order of files and lines; the same one only once.

    ``memory``: of a region that stays open, what the last check of it left behind; the problems are the same without.

    Where a file or a layer could not be read, names are missing: then only what reading found is told, that first,
    and that the rest is checked later (I101).
    """
    problems: list[Problem] = []
    for day in book.epochs:
        book.at(day)
    problems.extend(book.problems)
    missing = [place for layer in book.layers for place in layer.unreadable]
    missing += [p.place for p in problems if p.code in ("E201", "E202", "E203")]
    if missing:
        found = _ordered([*problems, _not_checked(missing[0])])
        unread = {place.file for place in missing}
        return sorted(found, key=lambda p: (p.code[0] == "I", p.place.file not in unread))
    problems.extend(notices.notices_stand_in_time(book))
    problems.extend(readings.readings_are_told(book))
    problems.extend(readings_left.rules_go_on_by_the_readings(book))
    memory = memory or Memory()
    for each in contexts(book, problems):
        context, some = memory.narrowed(each)
        for group in CHECKS_OF_ENTRIES, CHECKS_OF_FIGURES, CHECKS_OF_THE_PROMISE:
            if group is CHECKS_OF_FIGURES or not context.figures_only:
                for check in group:
                    check(some if check in ENTRY_BY_ENTRY else context)
                    some.names |= context.broken & context.whole
    memory.done(book)
    if not any(problem.is_error for problem in problems):
        problems.extend(what_the_region_writes_is_read(book))
    problems.extend(shared_entries_are_as_accepted(book))
    return _ordered(local_cause.told_where_it_was_caused(causes_only(problems, book), book))


def _not_checked(place: Place) -> Problem:
    message = "有文件没有读出来，名字不全：名字、单位等内容这次没有检查"
    return Problem("I101", Place(place.file), message, "先改好读不出来的地方，再检查一遍，其余的就会查到")


def _ordered(problems: list[Problem]) -> list[Problem]:
    unique: dict[tuple, Problem] = {}
    for problem in problems:
        unique.setdefault((problem.code, problem.place, problem.message), problem)
    return sorted(unique.values(), key=lambda p: (p.code[0] == "I", p.place, p.code))
