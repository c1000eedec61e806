"""The formulas of one view of the rules as they are understood: each is bound once, whichever check asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.language import tree
from engine.language.types import Type
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.model import Formula

MOST_TREES = 50_000
"""Among what is kept while a region stays open are trees of texts that stand nowhere any more."""


@dataclass
class Understood:
    """``_trees``: as written and bound (``None``: it has no meaning), by the former, grain and type."""

    binder: Binder
    _trees: dict[tuple, tuple[tree.Node, tree.Node | None]] = field(default_factory=dict)

    def tree(self, formula: Formula, grain: str, expected: Type | None, *, rooted: bool = False) -> tree.Node | None:
        """A formula bound as :meth:`Binder.bind` does; ``None`` if it does not bind."""
        written = formula.tree
        key = (id(written), grain, expected, rooted)
        if key not in self._trees:
            try:
                made = self.binder.bind(formula, grain, expected, rooted=rooted).tree
            except BindError:
                made = None
            self._trees[key] = (written, made)
        return self._trees[key][1]

    def forget(self, names: set[str]) -> None:
        """What was understood of formulas that mention these entries."""
        if len(self._trees) >= MOST_TREES:
            self._trees.clear()
        for key in [key for key, (written, _) in self._trees.items() if not written.names.isdisjoint(names)]:
            del self._trees[key]
