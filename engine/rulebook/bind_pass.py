"""One walk over a formula that finds the meaning of names and the type and unit of every node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS
from engine.language.other_words import OTHER_WORDS
from engine.language.types import ABSENT_TYPE, BOOL, DATE, NUMBER, PURE, TEXT, Kind, Type, Unit
from engine.rulebook.bind_along import ALONG_CALLS
from engine.rulebook.bind_errors import BindError, UnitClash
from engine.rulebook.bind_members import member
from engine.rulebook.bind_operators import binary, unary
from engine.rulebook.bind_rows import ROW_CALLS
from engine.rulebook.bind_scalars import SCALAR_CALLS
from engine.rulebook.bind_units import bare
from engine.rulebook.nearest import nearest
from engine.rulebook.scope import PERIOD_TYPES, Scope, Unreachable

_CALLS: dict[Takes, Callable] = {**SCALAR_CALLS, **ROW_CALLS, **ALONG_CALLS}


class Pass:
    """One walk over a tree; ``given`` fixes the unit of a bare number by its place; ``rule_type`` knows the types of
    rules.
    """

    def __init__(self, scope: Scope, rule_type: Callable[[str], Type], grain: str, given: dict, rooted: bool) -> None:
        self.scope, self.rule_type = scope, rule_type
        self.grain, self.given, self.rooted = grain, given, rooted
        self.supplied: list[tuple[str, Unit]] = []
        self.depth = 0
        self.is_along = False
        self.before: Type | None = None

    def inside(self, grain: str) -> Pass:
        """A pass over what an aggregate reads on rows of ``grain``; bare numbers count together."""
        inner = Pass(self.scope, self.rule_type, grain, self.given, False)
        inner.supplied = self.supplied
        return inner

    def along(self, before: Type | None) -> Pass:
        """A pass over 首行, or over 后行, where 前值 is of the type ``before``."""
        inner = self.inside(self.grain)
        inner.is_along, inner.before = True, before
        return inner

    def value_before(self, node: tree.ValueBefore, expected: Type | None) -> tuple[tree.Node, Type]:
        if self.before is None:
            raise BindError("E317", *_NO_VALUE_BEFORE[self.is_along], node)
        return node, self.before

    def visit(self, node: tree.Node, expected: Type | None = None) -> tuple[tree.Node, Type]:
        self.depth += 1
        try:
            return _VISIT[type(node)](self, node, expected)
        finally:
            self.depth -= 1

    def number(self, node: tree.Number, expected: Type | None) -> tuple[tree.Node, Type]:
        if _is_class(node.text, expected):
            return tree.Class(node.text, span=node.span), expected  # type: ignore[return-value]
        unit = self.given.get(node.span, PURE)
        if unit.powers:
            self.supplied.append((node.text, unit))
        return node, NUMBER.with_unit(unit)

    def leaf(self, node: tree.Node, expected: Type | None) -> tuple[tree.Node, Type]:
        word = node.value if isinstance(node, tree.Text) else ""
        if isinstance(node, tree.Truth):
            word = "是" if node.value else "否"
        if _is_class(word, expected):
            return tree.Class(word, span=node.span), expected  # type: ignore[return-value]
        if isinstance(node, tree.Text) and expected is not None and expected.kind is Kind.CLASS:
            classes = "、".join(expected.classes)
            raise BindError(
                "E307", f"“{word}” 不是类别 {classes} 中的一个", nearest(word, expected.classes), node
            )  # fmt: skip
        return node, {tree.Text: TEXT, tree.Date: DATE, tree.Truth: BOOL, tree.Nothing: ABSENT_TYPE}[type(node)]

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
            return self.rule_type(name)
        except BindError as error:
            if error.code == "E407":
                raise
            raise BindError("", f"{name} 自己的公式有错，见那里", "", node) from None

    def same(
        self,
        left: tree.Node,
        left_type: Type,
        right: tree.Node,
        right_type: Type,
        doing: str,
        node: tree.Node,
    ) -> Type:
        """The common type of two values; a bare number takes the other's unit, 无法确定 fits any."""
        if Kind.ABSENT in (left_type.kind, right_type.kind):
            return right_type if left_type.kind is Kind.ABSENT else left_type
        if left_type.kind is not right_type.kind:
            raise BindError("E401", f"{left_type} 不能和 {right_type} {doing}", "", node)
        if left_type.kind is not Kind.NUMBER or left_type.unit.same(right_type.unit):
            return left_type if left_type.unit.label or not right_type.unit.label else right_type
        for number, number_type, other in ((left, left_type, right_type), (right, right_type, left_type)):
            value = bare(number)
            if value is not None and not number_type.unit.powers:
                if value != "0":
                    self.supplied.append((value, other.unit))
                return other
        raise UnitClash(left_type.unit, right_type.unit, f"{left_type.unit} 不能和 {right_type.unit} {doing}", node)

    def call(self, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
        function = FUNCTIONS.get(node.function)
        if function is None:
            other = OTHER_WORDS.get(node.function.upper())
            hint = f"写 {other}" if other else nearest(node.function, FUNCTIONS) or "函数都在语言手册的“函数”一节里"
            raise BindError("E304", f"没有 {node.function} 这个函数", hint, node)
        count = len(node.args)
        if count < function.least or (function.most is not None and count > function.most):
            raise BindError("E315", f"{node.function} 的写法是 {node.function}({function.arguments})", "", node)
        for clause, word in _CLAUSES.items():
            value = getattr(node, clause)
            if value not in (None, ()) and clause not in function.clauses:
                raise BindError(
                    "E315",
                    f"{node.function} 里不用“{word}”",
                    f"写法是 {node.function}({function.arguments})",
                    node,
                )
        if function.law.irrational and not (self.rooted and self.depth == 1):
            raise BindError(
                "E410", f"{node.function} 是无理数，只能单独作一条规则的公式，并写明 舍入",
                f"另立一条规则：公式: {node.function}(…)，舍入: 4", node,
            )  # fmt: skip
        if function.law.looks_beyond and function.law.takes is not Takes.FIRST_AND_LATER and node.reads_before:
            before = next(part for part in node.walk() if isinstance(part, tree.ValueBefore))
            hint = "前值 只和本行的值比较、计算，或用在 若、较大 一类只看本行的函数里"
            raise BindError("E317", f"前值 不能放在 {node.function} 里面", hint, before)
        return _CALLS[function.law.takes](self, node, expected)

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
                common = replace(common, classes=tuple(dict.fromkeys((*common.classes, *type_.classes))))
            else:
                common = self.same(lead, common, one, type_, "放在一起", node)
                lead = one if bare(lead) is not None else lead
        return tuple(made), common or ABSENT_TYPE

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
            hint = "写一个条件，如 … > 0、… = 0" if expected.kind is Kind.BOOL else ""
            raise BindError("E401", f"这里要 {expected}，公式给出 {type_}", hint, node)
        if type_.kind is Kind.CLASS:
            extra = [c for c in type_.classes if c not in expected.classes]
            if extra and not isinstance(node, tree.Class):
                raise BindError(
                    "E307",
                    f"公式可能给出 {'、'.join(extra)}，不在类别 {'、'.join(expected.classes)} 里",
                    "",
                    node,
                )
            return node, expected
        if type_.kind is Kind.NUMBER and not type_.unit.same(expected.unit):
            value = bare(node)
            if value is not None and not type_.unit.powers:
                if value != "0":
                    self.supplied.append((value, expected.unit))
                return node, expected
            raise UnitClash(type_.unit, expected.unit, f"公式的单位是 {type_.unit}，这里要 {expected.unit}", node)
        return node, expected


def _is_class(word: str, expected: Type | None) -> bool:
    """Whether ``word`` is one of the classes that are asked for."""
    return expected is not None and expected.kind is Kind.CLASS and word in expected.classes


_CLAUSES = {
    "where": "当", "source": "自", "per": "每", "by": "按", "descending": "从大到小", "history": "含以往",
    "within": "范围", "rounded": "舍入",
}  # fmt: skip
_NO_VALUE_BEFORE = {
    True: ("沿 的首行没有 前值：第一行前面没有行", "前值 只写在 沿 的第二项（后行）里"),
    False: ("前值 只写在 沿(首行, 后行, …) 的后行里", "上一行的值写 上一条(名, 每 …, 按 …)，上一期的写 上期(名)"),
}

_VISIT: dict[type[tree.Node], Callable[..., tuple[tree.Node, Type]]] = {
    tree.Number: Pass.number,
    tree.Text: Pass.leaf,
    tree.Date: Pass.leaf,
    tree.Truth: Pass.leaf,
    tree.Nothing: Pass.leaf,
    tree.Class: Pass.class_,
    tree.Name: Pass.name,
    tree.ValueBefore: Pass.value_before,
    tree.Unary: unary,
    tree.Binary: binary,
    tree.Member: member,
    tree.Call: Pass.call,
}
