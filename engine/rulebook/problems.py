"""What is wrong with a rulebook: one problem, its stable code, its place, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Place:
    """Where in a file: the path as shown to people, line and column from 1; 0 where there is none."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


LONGEST = 500
"""Characters of a message: a name or a figure that it quotes may be as long as a file."""


@dataclass(frozen=True)
class Problem:
    """One finding. ``code`` is stable (an entry each in ``docs/errors.md``); E an error, W a warning, I a remark."""

    code: str
    place: Place
    message: str
    hint: str = ""
    excerpt: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for part in ("message", "hint"):
            if len(getattr(self, part)) > LONGEST:
                object.__setattr__(self, part, getattr(self, part)[: LONGEST - 1] + "…")

    @property
    def is_error(self) -> bool:
        return self.code[0] == "E"


class RulebookError(Exception):
    """Raised where work cannot go on because the rulebook is wrong; carries all problems found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(f"{p.place} {p.code} {p.message}" for p in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[RulebookError], tuple[list[Problem]]]:
        return type(self), (self.problems,)
