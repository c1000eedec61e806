"""What a program needs: every name its statements, needs, exclusions and bounds reach."""

from __future__ import annotations

from engine.language import tree
from engine.language.function_laws import Gathering
from engine.language.functions import FUNCTIONS
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Check, Entry, Formula, Grain, Program, Rule
from engine.rulebook.parts import names_in, names_of


def closure(book: Snapshot, names: set[str], computed: frozenset[str] = frozenset()) -> set[str]:
    """``names`` and everything their formulas mention, over and over.

    A name that is a field as well as a rule is followed as a rule only where the program computes it.
    """
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        entry = book.entries.get(name)
        read = name in book.columns and name not in computed
        if isinstance(entry, (Check, Grain)) or (isinstance(entry, Rule) and not read):
            waiting.extend(names_of(entry))
    return found


def reaching(book: Snapshot, names: set[str], computed: frozenset[str] = frozenset()) -> set[str]:
    """``names`` and everything whose :func:`closure` has one of them."""
    users = _users(book, computed) if names else {}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(users.get(name, ()))
    return found


def _users(book: Snapshot, computed: frozenset[str]) -> dict[str, list[str]]:
    """Each name with the rules, checks and grains that mention it; worked out once for a snapshot."""
    if computed not in book.users:
        users: dict[str, list[str]] = {}
        for name, entry in book.entries.items():
            read = name in book.columns and name not in computed
            if isinstance(entry, (Check, Grain)) or (isinstance(entry, Rule) and not read):
                for used in names_of(entry):
                    users.setdefault(used, []).append(name)
        book.users[computed] = users
    return book.users[computed]


def roots(book: Snapshot, program: Program) -> set[str]:
    """The names a program asks for itself."""
    found: set[str] = set(program.statements)
    for name in program.statements:
        statement = book.statements.get(name)
        if statement is not None:
            found |= names_of(statement)
            if statement.total:
                found.add(statement.total)
    for group in (program.exclude, program.need):
        found |= {name for names in group.values() for name in names}
    for table, formula in program.rows.items():
        found |= names_in(formula.tree) | {table}
    return found


def wanted(book: Snapshot, program: Program) -> set[str]:
    """Every name that running ``program`` reaches, without its 必须 checks."""
    return closure(book, roots(book, program), frozenset(program.compute))


def needed_first(book: Snapshot, program: Program) -> set[str]:
    """What 需要 names depend on: their aggregates run over all accepted rows."""
    names = {name for group in program.need.values() for name in group}
    return closure(book, names, frozenset(program.compute))


def assertions(book: Snapshot, program: Program) -> list[Check]:
    """The 必须 checks of a program: those of which every rule named is computed for it anyway, or is worked out of
    such rules, however many sums lie between, without a table that the program does not read.

    Worked out once for each program of a snapshot, and kept beside it.
    """
    kept = vars(book).setdefault("_assertions", {})
    if program.name not in kept or kept[program.name][0] is not program:
        left_out = not_asserted(book, program)
        found = [check for check in book.checks.values() if check.kind == "必须" and check.name not in left_out]
        kept[program.name] = program, tuple(found)
    return list(kept[program.name][1])


def not_asserted(book: Snapshot, program: Program) -> dict[str, list[str]]:
    """The other 必须, each with the rules that the program does not compute; with none if it names no rule at all."""
    reached = wanted(book, program)
    computed = frozenset(program.compute)
    read = {t for name in reached - book.dimensions for t in book.columns.get(name, ())} | (reached & set(book.tables))
    found = {}
    for check in book.checks.values():
        if check.kind == "必须":
            rules = {name for name in names_of(check) if _is_rule(book, name, computed)}
            used, missing = _worked_out_of(book, rules, reached, read, computed)
            if not used or missing:
                found[check.name] = sorted(missing or rules)
    return found


def _worked_out_of(
    book: Snapshot, rules: set[str], reached: set[str], read: set[str], computed: frozenset[str]
) -> tuple[set[str], set[str]]:
    """Which computed rules ``rules`` are worked out of, and which of those between are more than sums of such.

    A rule that reads computed ones directly may be any formula; further down only sums lead on, so that a 必须 of
    another program's results is not worked out here.
    """
    used, missing = rules & reached, set()
    seen, waiting = set(rules), list(rules - reached)
    while waiting:
        name = waiting.pop()
        entry = book.entries[name]
        names = names_of(entry)
        inner = {other for other in names if _is_rule(book, other, computed)}
        used |= inner & reached
        if inner - reached and not _sums(entry):
            missing |= inner - reached
        elif not all(read & set(book.columns[other]) for other in names & set(book.columns)):
            missing.add(name)
        else:
            waiting += inner - reached - seen
            seen |= inner
    return used, missing


def _sums(entry: Entry) -> bool:
    """Whether a rule only adds up values of rows below it."""
    return isinstance(entry, Rule) and isinstance(entry.body, Formula) and _is_sum(entry.body.tree)


def _is_sum(node: tree.Node) -> bool:
    if isinstance(node, tree.Binary) and node.op in "+-":
        return _is_sum(node.left) and _is_sum(node.right)
    function = FUNCTIONS.get(node.function) if isinstance(node, tree.Call) else None  # one that there is not is told
    return function is not None and function.law.gathering is Gathering.ADDED


def _is_rule(book: Snapshot, name: str, computed: frozenset[str]) -> bool:
    return name in book.rules and (name not in book.columns or name in computed)
