"""Formulas that a person cannot take in: too long, calls in calls, 且 and 或 side by side without brackets."""

from __future__ import annotations

from collections.abc import Iterator

from engine.formatting.formulas import evenly
from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS
from engine.language.parse import half_width
from engine.lint.findings import DEEP, LONG, MIXED, Finding
from engine.rulebook.model import Cases, Check, DecisionTable, Entry, Formula, Grain, Program, Rule, Statement
from engine.rulebook.parts import formulas_of

MOST_SIGNS = 60
"""Signs of a formula without blanks; one chain of short terms may be longer."""
MOST_OF_A_TERM = 16
MOST_DEEP = 2
"""Calls within each other."""
_CHAINS = (("+", "-"), ("*",), ("或",), ("且",))


def unreadable_formulas(entry: Entry) -> Iterator[Finding]:
    """At most one finding of a kind for an entry, at the first formula that it is true of."""
    told: set[str] = set()
    for formula in written_formulas(entry):
        for kind, message, better in _amiss(formula):
            if kind not in told:
                told.add(kind)
                yield Finding(kind, formula.at(), entry.name, message, better)


def written_formulas(entry: Entry) -> list[Formula]:
    """The formulas of an entry as they are written, without cells of a table."""
    if isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        return [row.value for row in entry.body.rows if row.value is not None]
    if isinstance(entry, Rule) and isinstance(entry.body, Cases) and entry.body.by is not None:
        return [branch.value for branch in entry.body.branches if branch.value is not None]
    if isinstance(entry, Rule):
        return formulas_of(entry.body)
    if isinstance(entry, Check):
        return [formula for _, formula in entry.grades]
    if isinstance(entry, Program):
        return list(entry.rows.values())
    if isinstance(entry, (Grain, Statement)) and entry.condition is not None:
        return [entry.condition]
    return []


def _amiss(formula: Formula) -> Iterator[tuple[str, str, str]]:
    signs = len("".join(formula.text.split()))
    if signs > MOST_SIGNS and not _is_plain_chain(formula):
        better = "把其中说得出名字的一段另写成一条规则，这里写它的名字"
        yield LONG, f"公式有 {signs} 个字，读的人记不住前面", better
    deep = _depth(formula.tree)
    if deep > MOST_DEEP:
        better = "从里往外，每一层另写成一条规则，或改成 分情形"
        yield DEEP, f"函数里套函数，套了 {deep} 层：{shown(formula.text)}", better
    elif (choices := _choices(formula.tree)) > 1:
        yield DEEP, f"若里套若，套了 {choices} 层：{shown(formula.text)}", "改成 分情形，一行一种情形"
    if (mixed := _mixed(formula)) is not None:
        yield MIXED, f"“且”和“或”并排，没有括号：{shown(formula.text)}", f"“且”先算；写出括号：({mixed}) 或 …"


def shown(text: str) -> str:
    flat = evenly(" ".join(text.split()))
    return flat if len(flat) <= 50 else flat[:49] + "…"


def _is_plain_chain(formula: Formula) -> bool:
    """a + b + c …, or 甲 或 乙 或 丙 …, with short terms."""
    node = formula.tree
    chain = next((ops for ops in _CHAINS if isinstance(node, tree.Binary) and node.op in ops), None)
    return chain is not None and all(_length(term, formula.text) <= MOST_OF_A_TERM for term in _terms(node, chain))


def _terms(node: tree.Node, ops: tuple[str, ...]) -> Iterator[tree.Node]:
    if isinstance(node, tree.Binary) and node.op in ops:
        yield from _terms(node.left, ops)
        yield from _terms(node.right, ops)
    else:
        yield node


def _length(node: tree.Node, text: str) -> int:
    stop = max(part.span[1] for part in node.walk())
    return len("".join(text[node.span[0] : stop].split()))


def _depth(node: tree.Node) -> int:
    below = max((_depth(child) for child in node.children()), default=0)
    return below + isinstance(node, tree.Call)


def _choices(node: tree.Node) -> int:
    """How many choices lie within each other."""
    below = max((_choices(child) for child in node.children()), default=0)
    return below + (isinstance(node, tree.Call) and FUNCTIONS[node.function].law.takes is Takes.CHOICE)


def _mixed(formula: Formula) -> str | None:
    """A 且 that stands in a 或 without brackets of its own."""
    plain = half_width(formula.text)
    for node in formula.tree.walk():
        for side in (node.left, node.right) if isinstance(node, tree.Binary) and node.op == "或" else ():
            if isinstance(side, tree.Binary) and side.op == "且" and not plain[: side.span[0]].rstrip().endswith("("):
                stop = max(part.span[1] for part in side.walk())
                return shown(formula.text[side.span[0] : stop])
    return None
