"""What the judge of one case keeps: values of the case's own rows go with the case, values of published rows stay for
all cases after it.

:class:`Apart` is a dictionary that puts each value where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.execute.reference.phases import Phase, Phases
from engine.rulebook.scope import Scope

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Apart(dict[K, V]):
    """Entries of a case; those of which ``shared`` holds are read from ``published`` and put there."""

    def __init__(self, published: dict[K, V], shared: Callable[[K], bool]) -> None:
        super().__init__()
        self.published, self.shared = published, shared

    def __missing__(self, key: K) -> V:
        return self.published[key]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self.published

    def get(self, key: K, default: Any = None) -> Any:
        return super().get(key, self.published.get(key, default))

    def __setitem__(self, key: K, value: V) -> None:
        if self.shared(key):
            self.published[key] = value
        else:
            super().__setitem__(key, value)


@dataclass(frozen=True)
class Tables:
    """``of_case``: the table of the case and those below it."""

    of_case: frozenset[str]
    scope: Scope

    def is_published(self, grain: str) -> bool:
        """Whether ``grain`` has the rows of a published table: a grain of keys has those that are seen on cases."""
        base = self.scope.base(grain)
        return base in self.scope.book.tables and base not in self.of_case


class PhaseOfCase(Phase):
    """A phase of one case, over what is known of ``published`` rows."""

    def __init__(self, published: Phase, tables: Tables) -> None:
        super().__init__(
            Apart(published.known, lambda key: key[1] not in tables.of_case),
            Apart(published.lists, lambda key: tables.is_published(key[0])),
            Apart(published.groups, lambda key: tables.is_published(key[0])),
            Apart(published.windows, lambda key: tables.is_published(key[1])),
        )
        self.published, self.tables = published, tables

    def begun_anew(self) -> Phase:
        return PhaseOfCase(self.published, self.tables)


def phases_of_case(published: Phases, tables: Tables) -> Phases:
    """The same phases, for one case."""
    accepted = None if published.accepted is None else PhaseOfCase(published.accepted, tables)
    return Phases(PhaseOfCase(published.now, tables), accepted, published.first_names)
