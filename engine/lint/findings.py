"""The kinds of finding, one table; each can be switched off beside the entry by its word (不提示)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rulebook.nodes import Mapping
from engine.rulebook.problems import Place
from engine.rulebook.written import scalars_of

OFF = "不提示"
LONG, DEEP, MIXED = "公式太长", "嵌套太深", "且或混写"
UNNAMED, ROUNDABOUT, REPEATED = "数没有名字", "说得绕", "写了三遍"
BADLY_NAMED, MISNAMED = "名字不说明", "名不副实"
NOT_IN_TEXT, TWICE, TESTS_NOTHING = "条款里没有", "算法重复", "例子不检验"
CODES = {
    LONG: "L101",
    DEEP: "L102",
    MIXED: "L103",
    UNNAMED: "L104",
    ROUNDABOUT: "L105",
    REPEATED: "L106",
    BADLY_NAMED: "L201",
    MISNAMED: "L202",
    NOT_IN_TEXT: "L301",
    TWICE: "L401",
    TESTS_NOTHING: "L501",
}
"""Each kind by its word, with its code; ``docs/lint.md`` has an entry for each."""


@dataclass(frozen=True)
class Finding:
    """``kind`` of :data:`CODES` about the entry or example ``name``; ``better``: what to do."""

    kind: str
    place: Place
    name: str
    message: str
    better: str

    @property
    def code(self) -> str:
        return CODES[self.kind]


def switched_off(body: Mapping) -> set[str]:
    """The kinds that an entry or example does not want to be told."""
    return {scalar.text.strip() for scalar in scalars_of(body.get(OFF))}
