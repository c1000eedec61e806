"""Names, types, units and grains of every formula."""

from __future__ import annotations

import re

from engine.check.context import Context
from engine.check.cycles import depends_on
from engine.language import tree
from engine.language.functions import OLD_VALUE, PERIOD_NAMES
from engine.language.syntax_help import in_signs
from engine.language.types import Kind
from engine.rulebook.bind import BindError
from engine.rulebook.chains import in_order
from engine.rulebook.class_words import ClassWords, must_be_quoted
from engine.rulebook.model import Formula, Rule
from engine.rulebook.nearest import nearest, says_yes_or_no
from engine.rulebook.parts import Part, parts, values_of


def formulas_have_meaning(context: Context) -> None:
    """Refuses every part of an entry that cannot be bound, at its node, and the other unknown names beside it."""
    _types_first(context)
    for entry in context.entries():
        if isinstance(entry, Rule) and not context.scope.as_rule(entry.name):
            continue
        if entry.name in context.broken or context.rests_on_broken_grain(entry):
            continue
        if isinstance(entry, Rule) and _gives_words_without_classes(context, entry):
            context.broken.add(entry.name)
            continue
        if isinstance(entry, Rule) and entry.rounding is not None:
            _rounds_a_number(context, entry)
        failed_choice = failed_cell = False
        for part in parts(entry):
            if part.grain and not context.scope.is_grain(part.grain):
                continue
            if part.role == "condition" and failed_choice:
                continue
            if failed_cell and isinstance(part.formula.tree, tree.Member) and part.formula.tree.negated:
                continue  # 其余: what it is not stands in the cells that are wrong
            try:
                if context.try_bind(part) is None:
                    context.binder.bind(part.formula, part.grain, part.expected, rooted=part.rooted)  # why not
                if isinstance(entry, Rule) and part.role == "value" and part.expected is None:
                    _is_like_the_others(context, entry, part)
            except BindError as error:
                context.broken.add(entry.name)
                failed_choice = failed_choice or part.role == "by"
                failed_cell = failed_cell or part.role == "cell"
                _tell(context, entry.name, part.formula, error)


def _is_like_the_others(context: Context, rule: Rule, value: Part) -> None:
    """Raises where a case or row gives another type or unit than the first, in a rule that declares none."""
    if isinstance(rule.body, Formula):
        return
    try:
        first = context.binder.rule_type(rule.name)
    except BindError:
        return  # told at the value that has none
    try:
        context.binder.bind(value.formula, value.grain, first, rooted=value.rooted)
    except BindError as error:
        told = f"几种情形给出的不是同一种：有的给出 {first}，这里却是别的：{error.message}"
        hint = "一条规则的值只有一种：改这一种情形，或另写一条规则"
        if error.code == "E307":
            hint = "类别各有不同的，用 类别: [ … ] 写出这条规则所有的类别"
        raise BindError(error.code, told, hint, error.node) from None


def _gives_words_without_classes(context: Context, rule: Rule) -> bool:
    """A rule whose values are bare words and that has no 类别: told once, not for each word."""
    if rule.type is not None:
        return False
    values = [(value, value.tree.id) for value in values_of(rule.body) if isinstance(value.tree, tree.Name)]
    words = list(dict.fromkeys(word for _, word in values if _is_unknown(context, word)))
    if len(words) < 2 or any(says_yes_or_no(word) for word in words):
        return False
    first = next(value for value, word in values if word == words[0])
    hint = f"要给出类别，写 类别: [{', '.join(words[:8])}]"
    context.add("E303", first.at(first.tree), f"{rule.name}：没有 {'、'.join(words[:8])} 这些名字", hint)
    return True


def _rounds_a_number(context: Context, rule: Rule) -> None:
    try:
        type_ = context.binder.rule_type(rule.name)
    except BindError:
        return
    if type_.kind not in (Kind.NUMBER, Kind.ABSENT):
        place = context.written(rule.name, "舍入")
        context.add("E401", place, f"{rule.name} 的值是 {type_}，不是数，不能写 舍入", "删去 舍入")


def _tell(context: Context, name: str, formula: Formula, error: BindError) -> None:
    if not error.code:
        return
    bare = ClassWords({"": context.class_words}).unquoted(formula.text)
    if bare and error.code in ("E303", "E304", "E307"):
        context.add(error.code, formula.at(error.node), f"{name}：{error.message}", must_be_quoted(bare))
        return
    if error.code not in ("E303", "E307"):
        hint = '“ ” 里是文字：公式不放在 “ ” 里；要引号时用半角的 "' if _is_quoted_formula(formula) else error.hint
        context.add(error.code, formula.at(error.node), f"{name}：{error.message}", hint)
        return
    first = error.node.id if isinstance(error.node, tree.Name) else ""
    if first != OLD_VALUE and first not in context.ill_written:
        hint = (
            in_signs(first, ())
            or _number_with_unit(first)
            or _deleted(context, first, name)
            or error.hint
            or "检查写法；它要是字段、参数或规则的名字"
        )
        if re.fullmatch(r"\s*“[^“”]*”\s*", formula.text):
            hint = f'“ ” 里是文字：删去 “ ”，或换成半角引号："{formula.text.strip()[1:-1].strip()}"'
        context.add(error.code, formula.at(error.node), f"{name}：{error.message}", hint)
    for node in formula.tree.walk():
        if isinstance(node, tree.Name) and node.id != first and _is_unknown(context, node.id):
            context.add(
                "E303",
                formula.at(node),
                f"{name}：没有 {node.id} 这个名字",
                in_signs(node.id, ()) or _number_with_unit(node.id) or nearest(node.id, context.snapshot.known_names),
            )


def _deleted(context: Context, name: str, reader: str) -> str:
    """The hint for a name that the region or a notice deleted."""
    places = [scalar.place for layer in context.book.layers for scalar in layer.deleted if scalar.text == name]
    if not places:
        return ""
    where = f"{places[-1].file} 第 {places[-1].line} 行"
    return f"{name} 在 {where} 删除了：不要删除它；真的不用它，就把读它的 {reader} 改写或一起删除"


def _is_quoted_formula(formula: Formula) -> bool:
    return isinstance(formula.tree, tree.Text) and re.search(r"[+−×÷*/=<>≤≥(（]", formula.tree.value) is not None


def _number_with_unit(name: str) -> str:
    found = re.match(r"[0-9.]+", name)
    return f"数字后面不写单位：写成 {found[0]}，单位写在“单位:”里" if found else ""


def _is_unknown(context: Context, name: str) -> bool:
    book = context.snapshot
    known = (
        name in book.entries
        or name in book.columns
        or name in (*PERIOD_NAMES, OLD_VALUE)
        or name in context.ill_written
    )
    return not known and name not in context.class_words


def _types_first(context: Context) -> None:
    """Work out the types of rules from the ground up, so that a long chain of rules is no deep recursion."""
    wanted = {rule.name for rule in context.rules()}
    for name in in_order(wanted, lambda n: depends_on(context, n)):
        entry = context.snapshot.entries.get(name)
        if isinstance(entry, Rule) and context.scope.as_rule(name) and entry.name not in context.broken:
            try:
                context.binder.rule_type(name)
            except BindError:
                continue
