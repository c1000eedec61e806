"""What is offered for a problem: what may mend it, tried on the text; only what leaves nothing worse is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from engine.assist.fixes.absence import default, guard
from engine.assist.fixes.blocks import indentation, one_document, under_another
from engine.assist.fixes.entries import (
    classes,
    for_the_record,
    grain_of_field,
    in_effect,
    not_wanted,
    otherwise_last,
    out_of_replace,
    same_twice,
    source,
    under_replace,
)
from engine.assist.fixes.figures import date, from_the_start, half_width, money, percent, turned, whole_number
from engine.assist.fixes.fix import Case, Fix, Fixer, offset_of
from engine.assist.fixes.marks import (
    blank,
    brackets_of_formula,
    chained,
    closing_bracket,
    colon_in_name,
    doubled,
    full_width,
    invisible,
    sign_at_end,
    tab,
)
from engine.assist.fixes.quotes import (
    classes_in_one,
    curly,
    cut_by_comma,
    list_as_interval,
    lost,
    quotes,
    straight,
    tagged,
    text_with_colon,
)
from engine.assist.fixes.words import (
    as_told,
    bound,
    choices,
    codes,
    documents,
    either,
    family,
    meant,
    without_blanks,
)
from engine.rulebook.book import Book
from engine.rulebook.problems import Problem

HIDING = frozenset(
    ("E104", "E105", "E106", "E107", "E108", "E109", "E110", "E113", "E115", "E116", "E117", "E118", "E119")
)
"""What keeps a file from being read, so that the rest of it is not looked at."""
_COLON_IN_NAME = "含全角的“：”"
"""YAML took the whole line up to the next colon for a name."""
BY_CODE: dict[str, tuple[Fixer, ...]] = {
    "E102": (same_twice,),
    "E104": (meant, straight, as_told),
    "E105": (tab,),
    "E106": (full_width,),
    "E107": (blank,),
    "E108": (meant, straight, as_told, lost),
    "E109": (indentation,),
    "E110": (as_told, cut_by_comma),
    "E113": (invisible,),
    "E115": (meant, straight, as_told, quotes),
    "E116": (closing_bracket, text_with_colon),
    "E117": (tagged,),
    "E118": (one_document,),
    "E121": (meant, as_told, under_another),
    "E123": (meant, as_told, list_as_interval, from_the_start),
    "E124": (meant, choices),
    "E125": (whole_number,),
    "E126": (date,),
    "E127": (as_told, classes_in_one, without_blanks, colon_in_name),
    "E205": (same_twice,),
    "E206": (under_replace,),
    "E207": (meant, as_told, out_of_replace),
    "E215": (in_effect,),
    "E216": (not_wanted,),
    "E301": (
        sign_at_end,
        doubled,
        chained,
        brackets_of_formula,
        half_width,
        money,
        family,
        meant,
        as_told,
        bound,
        curly,
    ),
    "E303": (meant, as_told, curly, bound, classes),
    "E304": (meant, as_told, either),
    "E306": (curly, meant, as_told, grain_of_field),
    "E310": (source,),
    "E311": (meant, as_told, documents),
    "E401": (curly, not_wanted),
    "E403": (curly, meant),
    "E405": (percent, meant, turned, money),
    "E601": (default,),
    "E602": (guard, default),
    "E603": (guard, default),
    "E703": (otherwise_last,),
    "E706": (percent,),
    "W316": (codes,),
    "W322": (for_the_record,),
    "W405": (percent,),
    "W703": (not_wanted,),
}
ELSE: tuple[Fixer, ...] = (meant, as_told)
"""Of every other code: what the problem itself says is to be written."""


def fixes(book: Book | None, problem: Problem, text: str, again: Callable[[str], Sequence[Problem]]) -> list[Fix]:
    """What mends ``problem`` in the file that it is about, whose text is ``text``; most likely first.

    ``again``: the problems of the region with another text of that file. Offered is only what takes the problem away
    and brings no error that there was not; where a file could not be read, others may come to light: the offers after
    which there are fewest.
    """
    maybe = tried(book, problem, text)
    before = again(text) if maybe else ()
    found: list[tuple[int, Fix]] = []
    for fix in maybe:
        mended = fix.applied(text)
        after = again(mended)
        if not _is_gone(problem, fix, mended, before, after):
            continue
        if hides(problem):
            found.append((sum(errors_by_code(after).values()), fix))
        elif not errors_by_code(after) - errors_by_code(before):
            found.append((0, fix))
    fewest = min((count for count, _ in found), default=0)
    return [fix for count, fix in found if count == fewest]


def tried(book: Book | None, problem: Problem, text: str) -> list[Fix]:
    """What may mend it."""
    at = offset_of(text, problem)
    if at is None:
        return []
    found: list[Fix] = []
    for fixer in BY_CODE.get(problem.code, ELSE):
        found += fixer(Case(book, problem, text, at))
    return list(dict.fromkeys(found))


def _is_gone(problem: Problem, fix: Fix, mended: str, before: Sequence[Problem], after: Sequence[Problem]) -> bool:
    """There are fewer of the kind in the file, or the next ones are told, which stand elsewhere than the change.

    Of what could not be read more may come to light than was mended.
    """
    were, are = _alike(before, problem), _alike(after, problem)
    if len(are) < len(were):
        return True
    told = {(one.message, one.place) for one in were}
    new = [one for one in are if (one.message, one.place) not in told]
    is_left = hides(problem) and (problem.message, problem.place) in {(one.message, one.place) for one in are}
    if not new or is_left or (len(are) > len(were) and not hides(problem)):
        return False
    first = min(fix.edits, key=lambda edit: edit.start)
    touched = range(first.start, first.start + len(first.new) + 1)
    return all(offset_of(mended, one) not in touched for one in new)


def _alike(problems: Sequence[Problem], problem: Problem) -> list[Problem]:
    return [one for one in problems if (one.code, one.place.file) == (problem.code, problem.place.file)]


def hides(problem: Problem) -> bool:
    """Whether it keeps a file, or an entry, from being read."""
    return problem.code in HIDING or _COLON_IN_NAME in problem.message


def errors_by_code(problems: Sequence[Problem]) -> Counter[str]:
    return Counter(one.code for one in problems if one.is_error)
