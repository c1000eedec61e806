"""The steps of an explanation as data; printing is somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tried:
    """A branch or table row that was tried: its condition, the same with numbers, and whether it applied."""

    condition: str
    numbers: str
    applied: bool


@dataclass
class Step:
    """One value. ``kind``: rule, parameter, field, key, period; ``grain`` and ``key`` say what it is of."""

    name: str
    kind: str
    grain: str
    key: str
    value: str
    unit: str = ""
    formula: str = ""
    numbers: str = ""
    rounding: str = ""
    cite: str = ""
    status: str = ""
    note: str = ""
    place: str = ""
    layer: str = ""
    remark: str = ""
    tried: list[Tried] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def as_dict(self) -> dict:
        """For JSON: without empty fields."""
        found = {k: v for k, v in vars(self).items() if v and k not in ("tried", "steps")}
        if self.tried:
            found["tried"] = [vars(item) for item in self.tried]
        if self.steps:
            found["steps"] = [step.as_dict() for step in self.steps]
        return found
