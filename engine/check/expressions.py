"""Names, types, units and grains of every formula."""

from __future__ import annotations

from engine.check.context import Context
from engine.rulebook.bind import BindError
from engine.rulebook.model import Rule
from engine.rulebook.parts import parts


def formulas_have_meaning(context: Context) -> None:
    """Binds every part of every entry; what cannot be bound is a problem at its node."""
    for entry in context.entries():
        if isinstance(entry, Rule) and not context.scope._as_rule(entry.name):
            continue
        if entry.name in context.broken:
            continue
        for part in parts(entry):
            if part.grain and not context.scope.is_grain(part.grain):
                continue
            try:
                context.binder.bind(part.formula, part.grain, part.expected, rooted=part.rooted)
            except BindError as error:
                context.broken.add(entry.name)
                if error.code != "E409":
                    place = context.at(part.formula, error.node)
                    context.add(error.code, place, f"{entry.name}：{error.message}", error.hint)
