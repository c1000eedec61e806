"""What the checks have found, with an index: whether a thing is told already is asked for every finding."""

from __future__ import annotations

from engine.rulebook.problems import Place, Problem


class Gathered:
    """Problems in the order of finding, told apart by code, place and message."""

    def __init__(self, problems: list[Problem]) -> None:
        """Goes on filling ``problems``; what stands in it is told already."""
        self.problems = problems
        self._told = {(p.code, p.place, p.message) for p in problems}
        self._places = {(p.code, p.place) for p in problems}

    def has(self, code: str, place: Place, message: str) -> bool:
        return (code, place, message) in self._told

    def has_at(self, code: str, place: Place) -> bool:
        """Whether something of this code is told of this place, whatever the message."""
        return (code, place) in self._places

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)
        self._told.add((problem.code, problem.place, problem.message))
        self._places.add((problem.code, problem.place))
