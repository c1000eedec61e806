"""The steps of an explanation as data; printing is somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, field

UNKNOWN = "无法确定："
TRUTHS = ("是", "否")
SEEN = "见上"
"""The remark of a value that was explained before."""


@dataclass(frozen=True)
class Tried:
    """A branch or table row that was tried: its condition, the same with numbers, and whether it applied.

    ``instead``: of one value, whose absence or contrary was asked for in vain, what it is.
    """

    condition: str
    numbers: str
    applied: bool
    instead: str = ""

    @property
    def why_not(self) -> str:
        """Of one that did not apply: its condition with numbers does not hold, or cannot be known; else nothing."""
        if self.applied or self.numbers in ("", self.condition):
            return ""
        if self.numbers.startswith(UNKNOWN):
            return self.numbers
        if self.instead:
            return self.instead
        return f"它是 {self.numbers}" if self.numbers in TRUTHS else f"“{self.numbers}”不成立"

    @property
    def said(self) -> str:
        """As a sentence that claims nothing which is not so."""
        if self.applied:
            told = f"（{self.numbers}）" if self.numbers not in ("", self.condition) else ""
            return f"适用：{self.condition}{told}"
        return "；".join(filter(None, (f"不适用：要求 {self.condition}", self.why_not)))


@dataclass
class Step:
    """One value; ``grain`` and ``key`` say what it is of.

    ``kind``: rule, parameter, field, key, period, check; call (a part of a formula that looks beyond the row), row and
    band (one of those a call runs over); out (why a row was not settled). ``written``: a parameter as in the rules.
    ``more``: what to write on the command line to see more of it; ``of_result``: the folder of an earlier result that
    has it, with the grain and the key of the row there.
    """

    name: str
    kind: str
    grain: str
    key: str
    value: str
    unit: str = ""
    written: str = ""
    formula: str = ""
    numbers: str = ""
    rounding: str = ""
    cite: str = ""
    status: str = ""
    note: str = ""
    place: str = ""
    layer: str = ""
    retroactive: str = ""
    remark: str = ""
    more: str = ""
    of_result: tuple[str, str, str] | None = None
    example: bool = False
    tried: list[Tried] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def as_dict(self) -> dict:
        """For JSON: without empty fields."""
        found = {k: v for k, v in vars(self).items() if v and k not in ("tried", "steps")}
        if self.tried:
            found["tried"] = [{k: v for k, v in vars(item).items() if v or k != "instead"} for item in self.tried]
        if self.steps:
            found["steps"] = [step.as_dict() for step in self.steps]
        return found
