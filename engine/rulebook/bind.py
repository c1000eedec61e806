"""Give every name of a formula its meaning and every node its type and unit.

A bare number may supply one unit a formula: ``费用 ÷ 均费 × 100`` becomes 点 where 点 is asked for, because 100 supplies it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from engine.language import tree
from engine.language.functions import FUNCTIONS, RESERVED_WORDS, ROOTS
from engine.language.types import (
    ABSENT_TYPE, BOOL, DATE, INTERVAL, MONTH, NUMBER, PURE, TEXT, Kind, Type, Unit,
)  # fmt: skip
from engine.rulebook.model import Cases, DecisionTable, Formula, Rule
from engine.rulebook.scope import PERIOD_TYPES, Scope, Unreachable
from engine.rulebook.stack import nearest

DAY = Unit((("天", 1),))
COUNT = Unit((), "个")


class BindError(Exception):
    """What is wrong with a formula: code, sentence, hint, and the node where it stands."""

    def __init__(self, code: str, message: str, hint: str = "", node: tree.Node | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.node = code, message, hint, node


class UnitClash(BindError):
    """Two units that should be the same and are not; a bare number may still mend it."""

    def __init__(self, left: Unit, right: Unit, message: str, node: tree.Node | None = None) -> None:
        super().__init__("E402", message, "单位不同的数不能这样用；检查公式，或改“单位”", node)
        self.left, self.right = left, right


@dataclass(frozen=True)
class Bound:
    """A formula understood: its tree with classes marked, its type, and the bare numbers that supplied a unit."""

    tree: tree.Node
    type: Type
    supplied: tuple[tuple[str, Unit], ...] = ()


@dataclass
class Binder:
    """Binds the formulas of one scope; types of rules are worked out once."""

    scope: Scope
    _rule_types: dict[str, Type] = field(default_factory=dict)
    _in_progress: set[str] = field(default_factory=set)

    def bind(
        self, formula: Formula, grain: str, expected: Type | None = None, *, rooted: bool = False, exact: bool = True
    ) -> Bound:
        """``formula`` as read from a row of ``grain``; with ``exact`` its unit must be ``expected``'s.

        ``rooted``: a deviation may stand here (whole formula of a rule with 舍入). Raises :class:`BindError`.
        """
        node = formula.tree
        try:
            return self._attempt(node, grain, expected, {}, rooted, exact)
        except UnitClash as clash:
            found = self._supplied(node, grain, expected, clash, rooted, exact)
            if found is None:
                raise
            return found

    def _supplied(
        self, node: tree.Node, grain: str, expected: Type | None, clash: UnitClash, rooted: bool, exact: bool
    ) -> Bound | None:
        numbers = [n for n in node.walk() if isinstance(n, tree.Number) and n.value != 0]
        units = [clash.left / clash.right, clash.right / clash.left, clash.left, clash.right]
        for number in reversed(numbers):
            for unit in units:
                if not unit.powers:
                    continue
                try:
                    return self._attempt(node, grain, expected, {number.span: unit}, rooted, exact)
                except UnitClash:
                    continue
        return None

    def _attempt(
        self, node: tree.Node, grain: str, expected: Type | None, given: dict, rooted: bool, exact: bool
    ) -> Bound:
        pass_ = _Pass(self, grain, given, rooted)
        made, type_ = pass_.visit(node, expected)
        if expected is not None and exact:
            made, type_ = pass_.assign(made, type_, expected)
        supplied = [(number, unit) for number, unit in pass_.supplied if unit.powers]
        if len({unit.powers for _, unit in supplied}) > 1:
            raise BindError(
                "E408", "公式里有几个裸数字，要补的单位各不相同：" + "、".join(f"{n}（{u}）" for n, u in supplied),
                "把其中的数定成参数，写明单位", node,
            )  # fmt: skip
        return Bound(made, type_, tuple(dict.fromkeys(supplied)))

    # -- types of rules ------------------------------------------------------------------------------------------

    def rule_type(self, name: str) -> Type:
        """The declared type of a rule, or the one that follows from its formula. Raises :class:`BindError`."""
        if name not in self._rule_types:
            rule = self.scope.book.rules[name]
            if rule.type is not None:
                self._rule_types[name] = rule.type
            elif name in self._in_progress:
                raise BindError("E407", f"{name} 的单位要靠它自己才能推出", f"在 {name} 里写明 单位")
            else:
                self._in_progress.add(name)
                try:
                    self._rule_types[name] = self._follows(rule)
                finally:
                    self._in_progress.discard(name)
        return self._rule_types[name]

    def _follows(self, rule: Rule) -> Type:
        if isinstance(rule.body, Formula):
            return self.bind(rule.body, rule.grain, rooted=rule.rounding is not None).type
        if isinstance(rule.body, Cases):
            values = [branch.value for branch in rule.body.branches if branch.value is not None]
        elif isinstance(rule.body, DecisionTable):
            values = [row.value for row in rule.body.rows if row.value is not None]
        else:
            values = []
        for value in values:
            if isinstance(value.tree, (tree.Number, tree.Unary)) and len(values) > 1:
                continue
            type_ = self.bind(value, rule.grain, rooted=rule.rounding is not None).type
            if type_.kind is not Kind.ABSENT:
                return type_
        return self.bind(values[0], rule.grain).type if values else NUMBER


class _Pass:
    """One walk over a tree; ``given`` fixes the unit of a bare number by its place."""

    def __init__(self, binder: Binder, grain: str, given: dict, rooted: bool) -> None:
        self.binder, self.scope, self.grain, self.given, self.rooted = binder, binder.scope, grain, given, rooted
        self.supplied: list[tuple[str, Unit]] = []
        self.depth = 0

    def visit(self, node: tree.Node, expected: Type | None = None) -> tuple[tree.Node, Type]:
        self.depth += 1
        try:
            return _VISIT[type(node)](self, node, expected)
        finally:
            self.depth -= 1

    # -- leaves --------------------------------------------------------------------------------------------------

    def number(self, node: tree.Number, expected: Type | None) -> tuple[tree.Node, Type]:
        unit = self.given.get(node.span, PURE)
        if unit.powers:
            self.supplied.append((node.text, unit))
        return node, NUMBER.with_unit(unit)

    def leaf(self, node: tree.Node, expected: Type | None) -> tuple[tree.Node, Type]:
        return node, {tree.Text: TEXT, tree.Date: DATE, tree.Truth: BOOL}[type(node)]

    def class_(self, node: tree.Class, expected: Type | None) -> tuple[tree.Node, Type]:
        return node, expected or TEXT

    def name(self, node: tree.Name, expected: Type | None) -> tuple[tree.Node, Type]:
        if expected is not None and expected.kind is Kind.CLASS and node.id in expected.classes:
            return tree.Class(node.id, span=node.span), expected
        try:
            access = self.scope.reach(self.grain, node.id)
        except Unreachable as error:
            hint = error.hint
            if error.code == "E303" and expected is not None and expected.kind is Kind.CLASS:
                raise BindError(
                    "E307", f"{node.id} 不是类别 {'、'.join(expected.classes)} 中的一个，也不是名字",
                    nearest(node.id, expected.classes) or hint, node,
                ) from None  # fmt: skip
            raise BindError(error.code, error.message, hint, node) from None
        return node, self.type_of(node.id, access.kind, access.grain, node)

    def type_of(self, name: str, kind: str, home: str, node: tree.Node) -> Type:
        if kind == "period":
            return PERIOD_TYPES[name]
        if kind == "parameter":
            return self.scope.book.parameters[name].type
        if kind == "check":
            grades = tuple(grade for grade, _ in self.scope.book.checks[name].grades)
            return Type(Kind.CLASS, classes=(*grades, "未命中", "不适用"))
        if kind == "field":
            return self.scope.field_type(home, name)
        if kind == "key" and (type_ := self.scope.dimension_type(name)) is not None:
            return type_
        try:
            return self.binder.rule_type(name)
        except BindError as error:
            if error.code == "E407":
                raise
            raise BindError("E409", f"{name} 自己的公式有错，见那里", "", node) from None

    # -- operators -----------------------------------------------------------------------------------------------

    def unary(self, node: tree.Unary, expected: Type | None) -> tuple[tree.Node, Type]:
        if node.op == "-":
            operand, type_ = self.visit(node.operand, expected)
            self.need(type_, Kind.NUMBER, operand)
            return replace(node, operand=operand), type_
        if node.op == "非":
            operand, type_ = self.visit(node.operand)
            self.need(type_, Kind.BOOL, operand)
            return replace(node, operand=operand), BOOL
        operand, _ = self.visit(node.operand)
        return replace(node, operand=operand), BOOL

    def binary(self, node: tree.Binary, expected: Type | None) -> tuple[tree.Node, Type]:
        if node.op in ("且", "或"):
            left, left_type = self.visit(node.left)
            right, right_type = self.visit(node.right)
            self.need(left_type, Kind.BOOL, left)
            self.need(right_type, Kind.BOOL, right)
            return replace(node, left=left, right=right), BOOL
        if node.op in ("=", "!=", "<", "<=", ">", ">="):
            return self.comparison(node)
        left, left_type = self.visit(node.left, expected if node.op in "+-" else None)
        right, right_type = self.visit(node.right, expected if node.op in "+-" else None)
        self.need(left_type, Kind.NUMBER, left)
        self.need(right_type, Kind.NUMBER, right)
        made = replace(node, left=left, right=right)
        if node.op == "*":
            return made, NUMBER.with_unit(_product(left_type.unit, right_type.unit))
        if node.op == "/":
            return made, NUMBER.with_unit(_quotient(left_type.unit, right_type.unit))
        return made, self.same(left, left_type, right, right_type, "相加减", node)

    def comparison(self, node: tree.Binary) -> tuple[tree.Node, Type]:
        try:
            left, left_type = self.visit(node.left)
            right, right_type = self.visit(node.right, left_type)
        except BindError as error:
            if error.code not in ("E303", "E307") or not isinstance(node.left, tree.Name):
                raise
            right, right_type = self.visit(node.right)
            if right_type.kind is not Kind.CLASS:
                raise
            left, left_type = self.visit(node.left, right_type)
        kinds = {left_type.kind, right_type.kind}
        if kinds == {Kind.CLASS, Kind.TEXT} and isinstance(right, tree.Text):
            raise BindError("E401", f"{right.value} 要和类别比较，不用加引号", "", right)
        if kinds == {Kind.CLASS, Kind.TEXT}:
            kinds = {Kind.TEXT}
        if len(kinds) > 1 and Kind.ABSENT not in kinds:
            raise BindError("E401", f"{left_type} 不能和 {right_type} 比较", "", node)
        if node.op not in ("=", "!=") and kinds & {Kind.BOOL, Kind.CLASS, Kind.TEXT, Kind.INTERVAL}:
            raise BindError("E401", f"{left_type} 没有大小，只能用 = 或 ≠ 比较", "", node)
        if left_type.kind is Kind.CLASS and right_type.kind is Kind.CLASS and not isinstance(right, tree.Class):
            if not set(left_type.classes) & set(right_type.classes):
                raise BindError("E401", f"{left_type} 和 {right_type} 没有相同的取值", "", node)
        if left_type.kind is Kind.NUMBER:
            self.same(left, left_type, right, right_type, "比较", node)
        return replace(node, left=left, right=right), BOOL

    def same(
        self, left: tree.Node, left_type: Type, right: tree.Node, right_type: Type, doing: str, node: tree.Node
    ) -> Type:
        """The common type of two numbers or dates; a bare number takes the other's unit, 无法确定 fits any."""
        if Kind.ABSENT in (left_type.kind, right_type.kind):
            return right_type if left_type.kind is Kind.ABSENT else left_type
        if left_type.kind is not right_type.kind:
            raise BindError("E401", f"{left_type} 不能和 {right_type} {doing}", "", node)
        if left_type.kind is not Kind.NUMBER or left_type.unit.same(right_type.unit):
            return left_type if left_type.unit.label or not right_type.unit.label else right_type
        for bare, bare_type, other in ((left, left_type, right_type), (right, right_type, left_type)):
            value = _bare(bare)
            if value is not None and not bare_type.unit.powers:
                if value != "0":
                    self.supplied.append((value, other.unit))
                return other
        raise UnitClash(left_type.unit, right_type.unit, f"{left_type.unit} 不能和 {right_type.unit} {doing}", node)

    def member(self, node: tree.Member, expected: Type | None) -> tuple[tree.Node, Type]:
        operand, type_ = self.visit(node.operand)
        items = tuple(self.item(item, operand, type_) for item in node.items)
        return replace(node, operand=operand, items=items), BOOL

    def item(self, item: tree.Node, operand: tree.Node, type_: Type) -> tree.Node:
        if isinstance(item, tree.Between):
            bounds = []
            for bound in (item.low, item.high):
                if bound is None:
                    bounds.append(None)
                    continue
                made, bound_type = self.visit(bound)
                self.same(operand, type_, made, bound_type, "比较", item)
                bounds.append(made)
            if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH):
                raise BindError("E401", f"{type_} 没有大小，不能用区间", "", item)
            return replace(item, low=bounds[0], high=bounds[1])
        if isinstance(item, tree.Range):
            if type_.kind is not Kind.TEXT:
                raise BindError("E401", f"编码范围只用于文本，这里是 {type_}", "数的范围写成区间，如 [1, 5]", item)
            if item.low[: len(item.high)] > item.high:
                raise BindError("E401", f"编码范围 {item.low}–{item.high} 前面的大于后面的", "", item)
            return item
        assert isinstance(item, tree.Word)
        parameter = self.scope.book.parameters.get(item.text)
        if type_.kind is Kind.CLASS and item.text in type_.classes:
            return tree.Class(item.text, span=item.span)
        if parameter is not None and not item.quoted and parameter.type.kind is type_.kind:
            return tree.Name(item.text, span=item.span)
        if type_.kind is Kind.CLASS:
            raise BindError(
                "E307", f"{item.text} 不是类别 {'、'.join(type_.classes)} 中的一个", nearest(item.text, type_.classes), item
            )
        if type_.kind is Kind.NUMBER and item.number is not None:
            self.same(operand, type_, tree.Number(item.text, item.number, span=item.span), NUMBER, "比较", item)
            return tree.Number(item.text, item.number, span=item.span)
        if type_.kind is Kind.BOOL and item.text in ("是", "否"):
            return tree.Truth(item.text == "是", span=item.span)
        if type_.kind is Kind.DATE and item.text[:1].isdigit() and not item.quoted:
            return tree.Date(_date_of(item), span=item.span)
        if type_.kind is Kind.TEXT:
            return item
        made, made_type = self.visit(tree.Name(item.text, span=item.span), type_)
        self.same(operand, type_, made, made_type, "比较", item)
        return made

    # -- calls ---------------------------------------------------------------------------------------------------

    def call(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        function = FUNCTIONS.get(node.function)
        if function is None:
            raise BindError("E304", f"没有 {node.function} 这个函数", nearest(node.function, FUNCTIONS), node)
        count = len(node.args)
        if count < function.least or (function.most is not None and count > function.most):
            raise BindError("E315", f"{node.function} 的写法是 {node.function}({function.arguments})", "", node)
        words = {"where": "当", "source": "自", "per": "每", "by": "按", "descending": "从大到小"}
        for clause, word in words.items():
            value = getattr(node, clause)
            if value not in (None, ()) and clause not in function.clauses:
                raise BindError("E315", f"{node.function} 里不用“{word}”", f"写法是 {node.function}({function.arguments})", node)
        if node.function in ROOTS and not (self.rooted and self.depth == 1):
            raise BindError(
                "E410", f"{node.function} 是无理数，只能单独作一条规则的公式，并写明 舍入",
                f"另立一条规则：公式: {node.function}(…)，舍入: 4", node,
            )  # fmt: skip
        return _CALL[node.function](self, node, expected)

    def greatest(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        made, type_ = self.alike(node, node.args, expected)
        if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH, Kind.ABSENT):
            raise BindError("E401", f"{node.function} 用于数或日期，这里是 {type_}", "", node)
        return replace(node, args=made), type_

    def first(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        made, type_ = self.alike(node, node.args, expected)
        return replace(node, args=made), type_

    def alike(
        self, node: tree.Call, args: tuple[tree.Node, ...], expected: Type | None
    ) -> tuple[tuple[tree.Node, ...], Type]:
        """All ``args`` of one type; what is never a value (无法确定) fits any."""
        common: Type | None = None
        made: list[tree.Node] = []
        lead: tree.Node | None = None
        for arg in args:
            one, type_ = self.visit(arg, expected if expected is not None and expected.kind is Kind.CLASS else common)
            made.append(one)
            if type_.kind is Kind.ABSENT:
                continue
            if common is None or lead is None:
                common, lead = type_, one
            elif common.kind is Kind.CLASS and type_.kind is Kind.CLASS:
                continue
            else:
                common = self.same(lead, common, one, type_, "放在一起", node)
                lead = one if _bare(lead) is not None else lead
        return tuple(made), common or ABSENT_TYPE

    def clamp(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        return self.greatest(node, expected)

    def plain(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        operand, type_ = self.visit(node.args[0], expected)
        self.need(type_, Kind.NUMBER, operand)
        for digits in node.args[1:]:
            if not (isinstance(digits, tree.Number) and digits.value.denominator == 1 and digits.value <= 12):
                raise BindError("E315", f"{node.function} 的位数写 0 到 12 的整数", "", digits)
        return replace(node, args=(operand, *node.args[1:])), type_

    def choose(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        condition, type_ = self.visit(node.args[0])
        self.need(type_, Kind.BOOL, condition)
        made, common = self.alike(node, node.args[1:], expected)
        return replace(node, args=(condition, *made)), common

    def days(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        made = []
        for arg in node.args[:2]:
            one, type_ = self.visit(arg)
            self.need(type_, Kind.DATE, one)
            made.append(one)
        if node.function == "工作日数":
            calendar = node.args[2]
            tables = self.scope.book.columns.get(calendar.id, []) if isinstance(calendar, tree.Name) else []
            ok = len(tables) == 1 and self.scope.field_type(tables[0], calendar.id).kind is Kind.BOOL
            key = self.scope.book.tables[tables[0]].key if ok else ()
            if not ok or len(key) != 1 or self.scope.field_type(tables[0], key[0]).kind is not Kind.DATE:
                raise BindError("E315", "工作日数 的第三项写工作日历里的是否字段，如 工作日", "日历表的主键是一个日期", calendar)
            made.append(calendar)
        return replace(node, args=tuple(made)), NUMBER.with_unit(DAY)

    def part_of_date(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        operand, type_ = self.visit(node.args[0])
        if type_.kind not in (Kind.DATE, Kind.MONTH):
            raise BindError("E401", f"{node.function} 用于日期或年月，这里是 {type_}", "", operand)
        label = {"年": "年", "月": "月", "季": ""}[node.function]
        return replace(node, args=(operand,)), NUMBER.with_unit(Unit((), label))

    def month(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        made = []
        for arg in node.args:
            one, type_ = self.visit(arg)
            self.need(type_, Kind.DATE if len(node.args) == 1 else Kind.NUMBER, one)
            made.append(one)
        return replace(node, args=tuple(made)), MONTH

    def unknown(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        if not isinstance(node.args[0], tree.Text):
            raise BindError("E315", "无法确定 里写引号括起来的原因", "", node)
        return node, ABSENT_TYPE

    def look_up(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        target = node.args[0]
        if not isinstance(target, tree.Name):
            raise BindError("E315", "取 的第一项写一个名字", "", target)
        home = self.scope.home(target.id)
        if home is None:
            known = [*self.scope.book.columns, *self.scope.book.rules]
            raise BindError("E303", f"没有 {target.id} 这个可以取的值", nearest(target.id, known), target)
        keys = self.scope.keys(home)
        given = dict(node.keys)
        for key, value in node.keys:
            if key not in keys:
                raise BindError("E503", f"{target.id} 的键是 {'、'.join(keys)}，没有 {key}", nearest(key, keys), value)
        closure = self.scope.closure(self.grain)
        for key in keys:
            if key not in given and len(closure.get(key, ())) != 1:
                raise BindError("E501", f"取({target.id}) 还缺键 {key}", f"写 {key} = …", node)
        made = []
        for key, value in node.keys:
            type_ = self.key_type(home, key)
            one, found = self.visit(value, type_ if type_.kind is Kind.CLASS else None)
            if type_.kind is Kind.INTERVAL:
                self.need(found, Kind.NUMBER, one)
            elif {type_.kind, found.kind} != {Kind.CLASS, Kind.TEXT} and type_.kind is not found.kind:
                raise BindError("E401", f"键 {key} 是 {type_}，给的是 {found}", "", value)
            made.append((key, one))
        kind = "rule" if self.scope.home(target.id) and self.scope._as_rule(target.id) else "field"
        return replace(node, keys=tuple(made)), self.type_of(target.id, kind, self.scope.base(home), target)

    def key_type(self, home: str, key: str) -> Type:
        table = self.scope.book.tables.get(self.scope.base(home))
        if table is not None and key in table.fields:
            return table.fields[key].type
        type_ = self.scope.dimension_type(key)
        return type_ if type_ is not None else self.binder.rule_type(key)

    def aggregate(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        if node.function == "计数":
            return self.count(node)
        source = self.source(node)
        inner = _Pass(self.binder, source, self.given, False)
        inner.supplied = self.supplied
        operand, type_ = inner.visit(node.args[0], None)
        where = None
        if node.where is not None:
            where, where_type = inner.visit(node.where)
            inner.need(where_type, Kind.BOOL, where)
        args: tuple[tree.Node, ...] = (operand,)
        if node.function == "去重计数":
            type_ = NUMBER.with_unit(COUNT)
        elif node.function in ("最大", "最小"):
            if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH):
                raise BindError("E401", f"{node.function} 用于数或日期，这里是 {type_}", "", operand)
        else:
            self.need(type_, Kind.NUMBER, operand)
        if node.function == "分位数":
            share, share_type = self.visit(node.args[1])
            self.need(share_type, Kind.NUMBER, share)
            if share_type.unit.powers:
                raise BindError("E402", f"分位数的 p 是 0 到 1 的纯数，这里是 {share_type.unit}", "", share)
            args = (operand, share)
        if node.function in ("变异系数", "样本变异系数"):
            type_ = NUMBER
        return replace(node, args=args, where=where, source=source), type_

    def count(self, node: tree.Call) -> tuple[tree.Node, Type]:
        target = node.args[0]
        if not isinstance(target, tree.Name) or not self.scope.is_grain(target.id):
            known = [*self.scope.book.tables, *self.scope.book.grains]
            name = target.id if isinstance(target, tree.Name) else ""
            raise BindError("E306", "计数 里写一个粒度或表的名字", nearest(name, known) or "数有值的行用 当 有 …", target)
        self.check_source(target.id, node)
        where = None
        if node.where is not None:
            inner = _Pass(self.binder, target.id, self.given, False)
            inner.supplied = self.supplied
            where, type_ = inner.visit(node.where)
            inner.need(type_, Kind.BOOL, where)
        return replace(node, where=where, source=target.id), NUMBER.with_unit(COUNT)

    def source(self, node: tree.Call) -> str:
        """The grain an aggregate runs over: 自, or the finest one named in it."""
        if node.source is not None:
            if not self.scope.is_grain(node.source):
                known = [*self.scope.book.tables, *self.scope.book.grains]
                raise BindError("E306", f"没有 {node.source} 这个粒度", nearest(node.source, known), node)
            self.check_source(node.source, node)
            return node.source
        names = [n.id for part in (node.args[0], node.where) if part is not None for n in _outer_names(part)]
        homes = {home for name in names if (home := self.scope.home(name)) is not None}
        if not homes:
            unknown = [n for n in names if self.scope.home(n) is None and n not in self.scope.book.dimensions]
            for name in unknown:
                self.visit(tree.Name(name, span=node.args[0].span))
            raise BindError("E503", f"{node.function} 不知道在哪些行上算", "加 自 …，写明粒度", node)
        finest = [h for h in homes if all(self.below(h, other) for other in homes)]
        if not finest:
            raise BindError(
                "E503", f"{node.function} 里的名字分别属于 {'、'.join(sorted(homes))}，没有一个能走到其余的", "加 自 …，或先各自汇总", node
            )
        deepest = max(finest, key=lambda grain: len(self.scope.chain(grain)))
        rivals = [g for g in finest if len(self.scope.chain(g)) == len(self.scope.chain(deepest)) and g != deepest]
        if rivals:
            raise BindError("E503", f"{node.function} 可以在 {deepest} 也可以在 {rivals[0]} 上算", "加 自 …，写明粒度", node)
        self.check_source(deepest, node)
        return deepest

    def below(self, fine: str, coarse: str) -> bool:
        return self.scope.base(fine) == self.scope.base(coarse) or self.scope.determines(fine, self.scope.keys(coarse))

    def check_source(self, source: str, node: tree.Call) -> None:
        keys = self.scope.keys(self.grain)
        if self.scope.base(source) == self.scope.base(self.grain):
            raise BindError("E503", f"{node.function} 要在比 {self.grain} 更细的行上算，{source} 是同样的行", "", node)
        closure = self.scope.closure(source)
        for key in keys:
            if key not in closure:
                raise BindError(
                    "E501", f"{source} 的一行不知道自己属于哪个 {self.grain}：缺键 {key}", "换一个 自 …，或给表加这个字段", node
                )
            if len(closure[key]) > 1:
                ways = "、".join(way.grain for way in closure[key])
                raise BindError("E502", f"从 {source} 到 {key} 有两条路：{ways}", "", node)

    def window(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        operand, type_ = self.visit(node.args[0])
        where = None
        for key in node.per:
            self.visit(tree.Name(key, span=node.span))
        if node.by is not None:
            self.visit(tree.Name(node.by, span=node.span))
        elif node.function in ("上一条", "累计"):
            raise BindError("E315", f"{node.function} 要写 按 …，说明先后", "", node)
        if node.where is not None:
            where, where_type = self.visit(node.where)
            self.need(where_type, Kind.BOOL, where)
        if node.function == "名次":
            if node.descending is None:
                raise BindError("E315", "名次 要写 从大到小 或 从小到大", "", node)
            if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH):
                raise BindError("E401", f"名次 用于数或日期，这里是 {type_}", "", operand)
            type_ = NUMBER
        if node.function == "累计":
            self.need(type_, Kind.NUMBER, operand)
        return replace(node, args=(operand,), where=where), type_

    def previous(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        target = node.args[0]
        if not isinstance(target, tree.Name):
            raise BindError("E315", "上期 的第一项写一个名字", "要用式子，先给它立一条规则", target)
        made, type_ = self.visit(target)
        args: tuple[tree.Node, ...] = (made,)
        if len(node.args) == 2:
            first, first_type = self.visit(node.args[1], type_)
            self.same(made, type_, first, first_type, "放在一起", node)
            args = (made, first)
        return replace(node, args=args), type_

    def bands(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        rule = self.scope.book.rules.get(node.args[0].id) if isinstance(node.args[0], tree.Name) else None
        variable = node.args[1]
        if rule is None or not isinstance(rule.body, DecisionTable):
            from engine.rulebook.model import Required

            if not (rule is not None and isinstance(rule.body, Required)):
                raise BindError("E315", "逐段 的第一项写一条用 表 写成的规则", "", node.args[0])
        elif not isinstance(variable, tree.Name) or variable.id not in rule.body.columns:
            raise BindError("E315", f"逐段 的第二项写表里的一列：{'、'.join(rule.body.columns)}", "", variable)
        made, length = self.visit(variable)
        self.need(length, Kind.NUMBER, made)
        _, value = self.visit(node.args[0])
        args = [node.args[0], made]
        if len(node.args) == 3:
            start, start_type = self.visit(node.args[2])
            self.same(made, length, start, start_type, "比较", node)
            args.append(start)
        return replace(node, args=tuple(args)), NUMBER.with_unit(_product(value.unit, length.unit))

    def share(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        pool, pool_type = self.visit(node.args[0])
        weight, weight_type = self.visit(node.args[1])
        self.need(pool_type, Kind.NUMBER, pool)
        self.need(weight_type, Kind.NUMBER, weight)
        homes = [self.scope.home(n.id) for n in pool.walk() if isinstance(n, tree.Name)]
        for home in homes:
            if home is not None and self.scope.base(home) == self.scope.base(self.grain):
                raise BindError("E503", f"分摊 的总额要是比 {self.grain} 更粗的值", "", pool)
        return replace(node, args=(pool, weight)), pool_type

    # -- helpers -------------------------------------------------------------------------------------------------

    def need(self, type_: Type, kind: Kind, node: tree.Node) -> None:
        if type_.many:
            raise BindError("E401", "多值的参数只用在 属于 后面", "", node)
        if type_.kind is not kind and type_.kind is not Kind.ABSENT:
            wanted = {"数": "一个数", "是否": "一个条件（是或否）", "日期": "一个日期"}.get(kind.value, kind.value)
            raise BindError("E401", f"这里要{wanted}，给的是 {type_}", "", node)

    def assign(self, node: tree.Node, type_: Type, expected: Type) -> tuple[tree.Node, Type]:
        """``node`` as a value of ``expected``: same kind, class among the classes, same unit."""
        if type_.kind is Kind.ABSENT:
            return node, expected
        if type_.kind is not expected.kind:
            raise BindError("E401", f"这里要 {expected}，公式给出 {type_}", "", node)
        if type_.kind is Kind.CLASS:
            extra = [c for c in type_.classes if c not in expected.classes]
            if extra and not isinstance(node, tree.Class):
                raise BindError("E307", f"公式可能给出 {'、'.join(extra)}，不在类别 {'、'.join(expected.classes)} 里", "", node)
            return node, expected
        if type_.kind is Kind.NUMBER and not type_.unit.same(expected.unit):
            value = _bare(node)
            if value is not None and not type_.unit.powers:
                if value != "0":
                    self.supplied.append((value, expected.unit))
                return node, expected
            raise UnitClash(type_.unit, expected.unit, f"公式的单位是 {type_.unit}，这里要 {expected.unit}", node)
        return node, expected


def _date_of(item: tree.Word) -> datetime.date:
    try:
        return datetime.date.fromisoformat(item.text)
    except ValueError:
        raise BindError("E401", f"这里要日期，给的是 {item.text}", "", item) from None


def _bare(node: tree.Node) -> str | None:
    """The text of a number written out, with its sign; ``None`` for anything else."""
    if isinstance(node, tree.Number):
        return node.text if node.value else "0"
    if isinstance(node, tree.Unary) and node.op == "-":
        inner = _bare(node.operand)
        return None if inner is None else "-" + inner if inner != "0" else "0"
    return None


def _product(left: Unit, right: Unit) -> Unit:
    if not left.powers and not right.powers:
        return Unit((), left.label if left.label == right.label else "")
    return left * right


def _quotient(left: Unit, right: Unit) -> Unit:
    return PURE if not left.powers and not right.powers else left / right


def _outer_names(node: tree.Node) -> list[tree.Name]:
    """Names read on the row itself, not inside a nested aggregate."""
    if isinstance(node, tree.Name):
        return [node]
    if isinstance(node, tree.Call) and node.function in FUNCTIONS and FUNCTIONS[node.function].family == "汇总":
        return []
    return [name for child in node.children() for name in _outer_names(child)]


_Visitor = Callable[[_Pass, tree.Node, Type | None], tuple[tree.Node, Type]]
_VISIT: dict[type, _Visitor] = {
    tree.Number: _Pass.number, tree.Text: _Pass.leaf, tree.Date: _Pass.leaf, tree.Truth: _Pass.leaf,
    tree.Class: _Pass.class_, tree.Name: _Pass.name, tree.Unary: _Pass.unary, tree.Binary: _Pass.binary,
    tree.Member: _Pass.member, tree.Call: _Pass.call,
}  # type: ignore[dict-item]  # fmt: skip
_CALL: dict[str, Callable] = {
    "较大": _Pass.greatest, "较小": _Pass.greatest, "取高": _Pass.greatest, "取低": _Pass.greatest, "缺省": _Pass.first,
    "限定": _Pass.clamp, "绝对值": _Pass.plain, "若": _Pass.choose, "向下取整": _Pass.plain, "向上取整": _Pass.plain,
    "四舍五入": _Pass.plain, "天数": _Pass.days, "工作日数": _Pass.days, "年": _Pass.part_of_date,
    "月": _Pass.part_of_date, "季": _Pass.part_of_date, "年月": _Pass.month, "无法确定": _Pass.unknown,
    "取": _Pass.look_up, "合计": _Pass.aggregate, "均值": _Pass.aggregate, "中位数": _Pass.aggregate,
    "分位数": _Pass.aggregate, "标准差": _Pass.aggregate, "变异系数": _Pass.aggregate, "样本标准差": _Pass.aggregate,
    "样本变异系数": _Pass.aggregate, "计数": _Pass.aggregate, "去重计数": _Pass.aggregate, "最大": _Pass.aggregate,
    "最小": _Pass.aggregate, "名次": _Pass.window, "上一条": _Pass.window, "累计": _Pass.window, "上期": _Pass.previous,
    "逐段": _Pass.bands, "分摊": _Pass.share,
}  # fmt: skip

__all__ = ["Binder", "BindError", "Bound", "UnitClash", "INTERVAL", "RESERVED_WORDS"]
