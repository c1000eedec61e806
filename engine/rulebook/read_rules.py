"""Parameters, rules and checks as written to entries of the model."""

from __future__ import annotations

from dataclasses import replace

from engine.language import tree
from engine.language.types import NUMBER, Kind
from engine.language.values import HALF_AWAY
from engine.rulebook.class_words import NO_WORDS
from engine.rulebook.constants import read_type
from engine.rulebook.in_force import start_of
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import (
    REQUIRED,
    STOPS,
    Body,
    Branch,
    Cases,
    Check,
    Formula,
    Parameter,
    Required,
    Rounding,
    Rule,
)  # fmt: skip
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.old_value import first_old_value, hidden_name, with_old_value
from engine.rulebook.read_decision_table import read_decision_table
from engine.rulebook.read_open_reading import open_reading
from engine.rulebook.reading import Reading
from engine.rulebook.stack import Stacked
from engine.rulebook.written import MOST_DATES, count_of, text_of, words_of

CHECK_KINDS = ("拒收", "提醒", "必须", "筛查")


def read_parameter(at: Reading, name: str, raw: RawEntry, stacked: Stacked) -> Parameter:
    """Type, 限 and the dated values (取值), earliest first."""
    body = raw.body
    read = read_type(body.get("类型"))
    type_ = at.declared_type(body) or NUMBER
    values = []
    dated = body.get("取值")
    entries = dated.entries if isinstance(dated, Mapping) else ()
    for day, value in entries if len(entries) <= MOST_DATES else entries[:1]:
        start = start_of(day, raw)
        if type_.kind is Kind.TEXT and isinstance(value, Scalar) and not type_.many:
            formula: Formula | None = Formula(value.text, tree.Text(value.text), value.place, value)
        else:
            formula = at.formula(value, cell=type_.many, classes=frozenset(type_.classes))
        if start is not None and formula is not None:
            values.append((start, formula))
    limit = at.formula(body.get("限"), cell=True, classes=frozenset(type_.classes))
    dated_values = tuple(sorted(values, key=lambda item: item[0]))
    refers = read[1] if read else None
    return Parameter(name, type_, dated_values, limit, refers, at.provenance(raw), open_reading(at, stacked))


def read_rule(at: Reading, name: str, raw: RawEntry, stacked: Stacked) -> Rule | None:
    """粒度 and one of 公式, 分情形, 表; 待定 where none of them stands."""
    body = raw.body
    if "粒度" not in body:
        hint = "写明它是谁的值：粒度: 一张表、一个粒度或一个键的名字"
        at.add("E312", raw.place, f"规则 {name} 没有写 粒度", hint)
        return None
    made: Body | None
    given = at.words.of.get(name, NO_WORDS)
    if "公式" in body:
        made = at.formula(body.get("公式"), classes=given)
    elif "分情形" in body:
        made = _cases(at, raw, body, given)
    elif "表" in body and text_of(body.get("表")) != REQUIRED:
        made = read_decision_table(at, name, raw, body, given)
    else:
        made = Required(tuple(words_of(body.get("列"))))
    if made is None:
        return None
    rule = Rule(
        name,
        text_of(body.get("粒度")),
        made,
        at.declared_type(body),
        _rounding(body.get("舍入")),
        text_of(body.get("交来")),
        at.provenance(raw),
        open_reading(at, stacked),
    )
    if stacked.previous is not None:
        rule = replace(rule, body=with_old_value(made, hidden_name(name, stacked.previous)))
    else:
        _refuse_old_value(at, name, made)
    return rule


def _refuse_old_value(at: Reading, name: str, body: Body) -> None:
    """原规定 has a meaning only where a rule replaces another."""
    found = first_old_value(body)
    if found is not None:
        formula, node = found
        message = f"{name} 用了 原规定，但下层没有 {name} 的规定"
        at.add("E210", formula.at(node), message, "原规定 只写在 替换 下面；新的规则把原来的写全")


def _cases(at: Reading, raw: RawEntry, body: Mapping, given: frozenset[str]) -> Cases | None:
    """``given``: the classes that the rule may give."""
    cases = body.get("分情形")
    by = at.formula(body.get("按")) if "按" in body else None
    chosen_by = NO_WORDS if by is None else at.words.of.get(by.text, NO_WORDS)
    branches = []
    broken = "按" in body and by is None
    for key, value in cases.entries if isinstance(cases, Mapping) else ():
        about = value if isinstance(value, Mapping) else Mapping((), key.place)
        then = about.get("则") if isinstance(value, Mapping) else value
        condition = None if key.text == "否则" else at.formula(key, by is not None, chosen_by)
        required = isinstance(then, Scalar) and then.text == REQUIRED
        formula = None if required else at.formula(then, classes=given)
        if (condition is None and key.text != "否则") or (formula is None and not required):
            broken = True
            continue
        provenance = at.provenance(raw, about, key.place)
        branches.append(Branch(condition, formula, replace(provenance, status=REQUIRED) if required else provenance))
    return None if broken else Cases(tuple(branches), by)


def _rounding(node: Yaml | None) -> Rounding | None:
    digits = count_of(node)
    if digits is not None:
        return Rounding(digits)
    digits = count_of(node.get("位数")) if isinstance(node, Mapping) else None
    if digits is None or not isinstance(node, Mapping):
        return None
    return Rounding(digits, text_of(node.get("方式")) or HALF_AWAY)


def read_check(at: Reading, name: str, raw: RawEntry, stacked: Stacked) -> Check | None:
    """粒度 and 拒收, 提醒, 必须 or 筛查 with one formula or several graded ones."""
    body = raw.body
    kind = next(word for word in CHECK_KINDS if word in body)
    given = body.get(kind)
    if "粒度" not in body:
        return None
    if isinstance(given, Mapping):
        grades = [(key.text, at.formula(value)) for key, value in given.entries]
    else:
        grades = [("命中" if kind == "筛查" else kind, at.formula(given))]
    sound = tuple((grade, formula) for grade, formula in grades if formula is not None)
    if len(sound) < len(grades):
        return None
    otherwise = text_of(body.get("不成立时")) or STOPS
    return Check(name, text_of(body.get("粒度")), kind, sound, otherwise, at.provenance(raw))
