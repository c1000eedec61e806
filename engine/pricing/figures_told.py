"""What the figures of a case are, for whoever shows them: their types, and which come first."""

from __future__ import annotations

from engine.language.types import BOOL, NUMBER, Kind, Type
from engine.pricing.prepare import Prepared
from engine.rulebook.bind import Binder
from engine.rulebook.bind_errors import BindError
from engine.rulebook.scope import Scope


def types_of(made: Prepared) -> dict[str, Type]:
    """The type of each value that is priced, with its unit or classes; a check is a 是否 or its grades."""
    now = made.cases.now
    binder = Binder(Scope(now, made.program, made.period.kind))
    found: dict[str, Type] = {}
    for name in made.names:
        fields = [table.fields[name] for table in now.tables.values() if name in table.fields]
        if name in now.rules:
            try:
                found[name] = binder.rule_type(name)
            except BindError:
                found[name] = now.rules[name].type or NUMBER
        elif name in now.parameters:
            found[name] = now.parameters[name].type
        elif name in now.checks:
            grades = tuple(grade for grade, _ in now.checks[name].grades)
            found[name] = Type(Kind.CLASS, classes=grades) if len(grades) > 1 else BOOL
        elif fields:
            found[name] = made.main.fields[name].type if name in made.main.fields else fields[0].type
    return found


def first_of(made: Prepared, types: dict[str, Type]) -> tuple[str, ...]:
    """All values, those first that a reader looks at first: 首要 of the program's statements, what the program needs,
    classes, and then the others in the order of the statements.
    """
    now, scope = made.cases.now, Scope(made.cases.now, made.program, made.period.kind)
    said: list[str] = []
    for name in made.program.statements:
        statement = now.statements[name]
        if scope.base(statement.grain) == made.cases.main:
            said += statement.first
    needed = made.program.need.get(made.cases.main, ())
    classes = [name for name in made.names if name in types and types[name].kind is Kind.CLASS]
    return tuple(name for name in dict.fromkeys([*said, *needed, *classes, *made.names]) if name in made.names)
