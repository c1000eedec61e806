"""A remark on rules that ask for an exact code no row has, while rows have longer ones: 属于 F20 where the data say
F20.000.
"""

from __future__ import annotations

from engine.execute.reference.outcome import Outcome
from engine.language import tree
from engine.language.types import Kind
from engine.rulebook.code_shapes import shape_of
from engine.rulebook.parts import parts
from engine.rulebook.scope import Unreachable

Asked = dict[tuple[str, str], list[str]]
"""Table and field to the codes that rules compare it with."""


def notes_of_short_codes(execution: Outcome) -> list[str]:
    """A sentence for each exact code of a wanted rule that no row has, and with which codes of rows begin."""
    found = []
    for (table, field), codes in sorted(exact_codes(execution).items()):
        for code, (exact, longer) in zip(codes, execution.rows_with_codes(table, field, codes), strict=True):
            if longer and not exact:
                found.append(
                    f"{field} 属于 {code}：数据里没有 {code} 这个编码，以它开头的有 {longer} 行，都没有算在内；"
                    f"要这一类都算，写 {code} 开头"
                )
    return found


def exact_codes(execution: Outcome) -> Asked:
    """What the rules and checks of the run compare fields of delivered tables with."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    scope = execution.scope(execution.closing)
    for name in sorted(execution.wanted):
        entry = scope.book.entries.get(name)
        for part in parts(entry) if entry is not None else ():
            for node in part.formula.tree.walk():
                codes = _codes_of(node)
                if not codes or not isinstance(node, tree.Member) or not isinstance(node.operand, tree.Name):
                    continue
                try:
                    access = scope.reach(part.grain, node.operand.id)
                except Unreachable:
                    continue
                stored = execution.selection.tables.get(access.grain)
                is_text = access.kind == "field" and scope.field_type(access.grain, access.name).kind is Kind.TEXT
                if is_text and stored is not None and stored.delivered:
                    found.setdefault((access.grain, access.name), {}).update(dict.fromkeys(codes))
    return {place: list(codes) for place, codes in found.items()}


def _codes_of(node: tree.Node) -> list[str]:
    """Codes that stand there without quotes: in quotes they mean just that one."""
    items = node.items if isinstance(node, tree.Member) else ()
    words = [item for item in items if isinstance(item, tree.Word) and not item.quoted]
    return [word.text for word in words if shape_of(word.text) is not None]
