"""What may be absent is guarded where it is compared, aggregated, used as a condition or written back."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.absence import Absence, is_condition
from engine.check.absence_atoms import NONE, Atoms, Finding, describe
from engine.check.absence_facts import narrowed
from engine.check.absence_uses import as_condition, findings, used
from engine.check.context import Context
from engine.check.cycles import depends_on
from engine.language import tree
from engine.rulebook.chains import in_order
from engine.rulebook.model import Cases, Check, DecisionTable, Formula, Grain, Rule, Statement
from engine.rulebook.parts import Part, branch_condition, names_in, parts
from engine.rulebook.problems import Place


def values_that_may_be_absent_are_guarded(context: Context) -> None:
    """Refuses what may be absent: compared (E601), aggregated (E602), a condition (E603), written back (E604)."""
    absence = context.absence
    for name in in_order({rule.name for rule in context.rules()}, lambda n: depends_on(context, n)):
        if not context.rests_on_broken(name):
            absence.prepare(name)
    for entry in context.entries():
        if isinstance(entry, Rule) and not context.scope.as_rule(entry.name):
            continue
        if context.rests_on_broken(entry.name):
            continue
        known = _facts_by_part(absence, entry)
        for part, node in context.sound_parts(entry):
            base = absence.facts_at(entry, part.grain) if part.role != "rows" else NONE  # type: ignore[arg-type]
            facts = known.get((part.role, part.formula.place, part.formula.text), base)
            if part.role == "cell" or (
                isinstance(entry, Rule) and is_condition(entry, node) and _left_to_readers(context, entry)
            ):
                continue
            if part.role == "check" and isinstance(entry, Check) and entry.kind == "筛查":
                continue
            for finding in _uses(absence, part, node, facts):
                doing = {"E601": "比较", "E602": "汇总", "E603": "作条件"}[finding.code]
                what = _source_text(part.formula, finding.node)
                context.add(
                    finding.code, context.at(part.formula, finding.node),
                    f"{entry.name}：{what} 可能没有值（{describe(finding.atoms)}），不能直接{doing}",
                    _guard(finding),
                )  # fmt: skip
    _filled_columns(context, absence)


def _uses(absence: Absence, part: Part, node: tree.Node, facts: Atoms) -> Iterator[Finding]:
    """The unguarded uses in a part, as the part itself is used."""
    if part.role in ("condition", "subset", "filter", "rows", "check"):
        return as_condition(absence, node, part.grain, facts)
    if part.role == "by":
        return used(absence, node, part.grain, facts, "E601")
    return findings(absence, node, part.grain, facts)


def _left_to_readers(context: Context, rule: Rule) -> bool:
    """Whether other rules read the condition (their use is checked) and nothing shows or needs it as it is."""
    for entry in context.snapshot.entries.values():
        if isinstance(entry, Statement) and any(column.name == rule.name for column in entry.columns):
            return False
    program = context.program
    if program is not None and any(
        rule.name in names for group in (program.need, program.exclude) for names in group.values()
    ):
        return False
    return any(
        rule.name in names_in(part.formula.tree)
        for entry in context.snapshot.entries.values()
        if isinstance(entry, (Rule, Check, Grain)) and entry.name != rule.name
        for part in parts(entry)
    )


def _facts_by_part(absence: Absence, entry: object) -> dict[tuple[str, Place, str], Atoms]:
    """What is known where each condition and each value of a rule stands, by role, place and text."""
    found: dict[tuple[str, Place, str], Atoms] = {}
    if not isinstance(entry, Rule):
        return found
    if isinstance(entry.body, Cases):
        before = absence.facts_at(entry)
        for place, facts in absence.branches(entry, entry.body):
            branch = entry.body.branches[place]
            if branch.condition is not None:
                found["condition", branch.condition.place, branch.condition.text] = before
                condition = branch_condition(entry.body, branch)
                node = None if condition is None else absence.condition(condition, entry.grain)
                before = narrowed(absence, before | (NONE if node is None else absence.when_false(node, entry.grain)))
            if branch.value is not None:
                found["value", branch.value.place, branch.value.text] = facts
    elif isinstance(entry.body, DecisionTable):
        for value, facts in absence.values(entry):
            found["value", value.place, value.text] = facts
    return found


def _filled_columns(context: Context, absence: Absence) -> None:
    for statement in context.snapshot.statements.values():
        table = context.snapshot.tables.get(statement.fills or "")
        if table is None or statement.name not in context.names:
            continue
        for column in statement.columns:
            field_ = table.fields.get(column.heading)
            access = absence.reach(statement.grain, column.name)
            if field_ is None or access is None or field_.nullable or field_.has_default:
                continue
            facts = absence.facts_at(statement)
            if statement.condition is not None:
                node = absence.condition(statement.condition, statement.grain)
                facts |= NONE if node is None else absence.when_true(node, statement.grain)
            atoms = absence.of(tree.Name(column.name), statement.grain, facts)
            if atoms:
                context.add(
                    "E604", column.place,
                    f"报表 {statement.name} 回填 {table.name}.{column.heading}，它可能没有值（{describe(atoms)}）",
                    f"给报表加 条件: 有 {column.name}，或把字段 {column.heading} 写成 可空: 是",
                )  # fmt: skip


def _guard(finding: Finding) -> str:
    name = finding.node.id if isinstance(finding.node, tree.Name) else ""
    if finding.code == "E602":
        fields = sorted({atom[2] for atom in finding.atoms if atom[0] == "field"})
        filled = f"；或给字段 {fields[0]} 写 默认" if len(fields) == len(finding.atoms) == 1 else ""
        return f"加 当 有 {name or '…'}，只汇总有值的行；或用 缺省({name or '…'}, 0) 说明按多少算{filled}"
    if any(atom[0] == "rows" for atom in finding.atoms) and not name:
        return "先写一条 没有 … 的情形，或先比较同样这些行的 计数"
    name = name or next((atom[2] for atom in sorted(finding.atoms) if atom[0] == "field"), "")
    if name:
        return f"前面先写一条 没有 {name} 的情形，或写 有 {name} 且 …，或用 缺省({name}, …)"
    return "先给可能没有的值立一条规则，再用 有、没有、缺省 处理没有值的情形"


def _source_text(formula: Formula, node: tree.Node) -> str:
    start, stop = node.span
    text = formula.text[start:stop] if 0 <= start < stop <= len(formula.text) else formula.text
    open_brackets = text.count("(") + text.count("（") - text.count(")") - text.count("）")
    return " ".join((text + ")" * max(open_brackets, 0)).split())
