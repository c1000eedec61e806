"""Entries as written to entries of the model: expressions parsed, types read, provenance attached."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.language import tree
from engine.language.functions import OLD_VALUE
from engine.language.parse import SyntaxProblem, parse_cell, parse_expression
from engine.language.types import NUMBER, Kind, Type, parse_unit
from engine.rulebook.constants import read_constant, read_interval, read_type
from engine.rulebook.layers import RawEntry, shown
from engine.rulebook.model import (
    OFFICIAL,
    REQUIRED,
    Branch,
    Cases,
    Check,
    Column,
    DecisionTable,
    Entry,
    Field,
    Formula,
    Grain,
    Parameter,
    Program,
    Provenance,
    Required,
    Rounding,
    Rule,
    Statement,
    Table,
    TableRow,
)  # fmt: skip
from engine.rulebook.problems import Place, Problem
from engine.rulebook.source import Mapping, Scalar, Sequence
from engine.rulebook.stack import Stacked, nearest

CHECK_KINDS = ("拒收", "提醒", "必须", "筛查")


@dataclass
class Builder:
    """Builds entries one by one and gathers what is wrong with them."""

    problems: list[Problem]

    def entry(self, name: str, stacked: Stacked) -> Entry | None:
        raw = stacked.raw
        make = {
            "table": self._table, "grain": self._grain, "parameter": self._parameter, "rule": self._rule,
            "check": self._check, "statement": self._statement, "program": self._program,
        }.get(raw.kind or "")  # fmt: skip
        if make is None:
            return None
        built = make(name, raw, stacked)
        return built

    # -- parts ---------------------------------------------------------------------------------------------------

    def provenance(
        self, raw: RawEntry, body: Mapping | None = None, place: Place | None = None
    ) -> Provenance:
        body = body or raw.body
        return Provenance(
            cite=_text(body.get("依据")) or _text(raw.body.get("依据")) or raw.cite,
            status=_text(body.get("状态")) or _text(raw.body.get("状态")) or raw.status or OFFICIAL,
            note=_text(body.get("说明")),
            layer=raw.layer,
            place=place or raw.place,
        )

    def formula(self, node: object, cell: bool = False) -> Formula | None:
        if not isinstance(node, Scalar):
            return None
        if node.unreadable:
            return None
        text = node.text.strip()
        try:
            parsed = (parse_cell if cell else parse_expression)(text)
        except SyntaxProblem as problem:
            place = node.at(len(node.text) - len(node.text.lstrip()) + problem.column)
            code, what = ("E302", "公式太大") if problem.too_large else ("E301", "公式看不懂")
            seen = " ".join(problem.text.split())
            hint = (
                "" if problem.too_large else f"看这里：{_around(problem.text, problem.column) or seen[:40]}"
            )
            self.problems.append(Problem(code, place, f"{what}：{problem.message}", hint, problem.caret()))
            return None
        return Formula(text, parsed, node.at(len(node.text) - len(node.text.lstrip())), node)

    def _type(self, raw: RawEntry, body: Mapping) -> Type | None:
        classes, unit, kind = body.get("类别"), body.get("单位"), body.get("类型")
        if isinstance(classes, Sequence):
            return Type(Kind.CLASS, classes=tuple(_words(classes)), many=_text(body.get("多值")) == "是")
        if isinstance(unit, Scalar):
            parsed = parse_unit(unit.text)
            if parsed is None:
                self._add(
                    "E403",
                    unit,
                    f"不认识单位 {unit.text}",
                    "单位由 元、点、天 相乘除，或 倍、比例、岁 等标签",
                )
                return NUMBER
            return NUMBER.with_unit(parsed)
        if kind is not None:
            read = read_type(kind)
            if read is None:
                self._add(
                    "E404", kind, "不认识这个类型", "写 文本、日期、年月、是否、数、单位、[取值…] 或 → 表"
                )
                return None
            return replace(read[0], many=_text(body.get("多值")) == "是")
        return None

    def _add(self, code: str, node: object, message: str, hint: str = "") -> None:
        place = getattr(node, "place", Place())
        self.problems.append(Problem(code, place, message, hint))

    # -- tables and grains ---------------------------------------------------------------------------------------

    def _table(self, name: str, raw: RawEntry, stacked: Stacked) -> Table:
        body = raw.body
        specs: dict[str, tuple[RawEntry, object, Place]] = {}
        fields = body.get("字段")
        if isinstance(fields, Mapping):
            specs = {key.text: (raw, spec, key.place) for key, spec in fields.entries}
        for column, (owner, spec) in stacked.fields.items():
            specs[column] = (owner, spec, getattr(spec, "place", owner.place))
        built = {column: self._field(column, *found) for column, found in specs.items()}
        rows = _text(body.get("行"))
        table = Table(
            name=name,
            key=tuple(_words(body.get("主键"))),
            fields={column: field for column, field in built.items() if field is not None},
            period_field=_text(body.get("归期")) or None,
            optional=_text(body.get("可空")) == "是",
            sparse=_text(body.get("可缺行")) == "是",
            rows_file=str(raw.folder / rows)
            if rows and rows != REQUIRED and self._safe(body.get("行"))
            else None,
            rows_required=rows == REQUIRED,
            synthesis=_plain(body.get("合成")),
            provenance=self.provenance(raw),
        )
        for key in (*table.key, *([table.period_field] if table.period_field else [])):
            if key not in specs:
                written = next((w for w in ("主键", "归期") if key in _words(body.get(w))), "主键")
                self._add(
                    "E306",
                    body.get(written) or body,
                    f"表 {name} 的 {written} 写了 {key}，字段里没有它",
                    nearest(key, specs),
                )
        return table

    def _field(self, name: str, raw: RawEntry, spec: object, place: Place) -> Field | None:
        body = spec if isinstance(spec, Mapping) else Mapping((), place)
        read = read_type(body.get("类型") if isinstance(spec, Mapping) else spec)
        if read is None:
            self._add(
                "E404",
                spec,
                f"字段 {name} 的类型看不懂",
                "写 文本、日期、年月、是否、整数、数、单位、[取值…] 或 → 表",
            )
            return None
        type_, refers, digits = read
        if _text(body.get("区间")) == "是":
            type_ = replace(type_, kind=Kind.INTERVAL)
        default = body.get("默认")
        value = None
        if isinstance(default, Scalar):
            try:
                value = read_constant(default.text, type_)
            except ValueError as error:
                self._add("E405", default, f"字段 {name} 的 默认 不合类型：{error}")
        bounds = body.get("范围")
        span = read_interval(bounds.text) if isinstance(bounds, Scalar) else None
        turned = span is not None and None not in (span.low, span.high) and span.low > span.high  # type: ignore[operator]
        if turned:
            self._add("E405", bounds, f"字段 {name} 的 范围 下限大于上限", "写成 [小, 大]")
        elif (
            span is not None
            and isinstance(value, Fraction)
            and type_.kind is Kind.NUMBER
            and value not in span
        ):
            self._add("E405", default, f"字段 {name} 的 默认 不在它的 范围 {span} 里", "改 默认 或 范围")
        if bounds is not None and span is None:
            self._add("E405", bounds, f"字段 {name} 的 范围 看不懂", "写 ≥ 0、[0, 150] 这样的区间")
        declared = _text(body.get("小数"))
        return Field(
            name, type_, refers, int(declared) if declared.isdigit() else digits, _text(body.get("可空")) == "是",
            default is not None, value, span, _text(body.get("任何")) == "是", self.provenance(raw, body, place),
        )  # fmt: skip

    def _grain(self, name: str, raw: RawEntry, stacked: Stacked) -> Grain | None:
        body = raw.body
        if "键" in body:
            return Grain(name, tuple(_words(body.get("键"))), provenance=self.provenance(raw))
        condition = self.formula(body.get("条件"))
        if condition is None and "条件" in body:
            return None
        return Grain(name, (), _text(body.get("行")), condition, self.provenance(raw))

    # -- parameters, rules, checks -------------------------------------------------------------------------------

    def _parameter(self, name: str, raw: RawEntry, stacked: Stacked) -> Parameter:
        body = raw.body
        read = read_type(body.get("类型"))
        type_ = self._type(raw, body) or NUMBER
        values = []
        dated = body.get("取值")
        for day, value in dated.entries if isinstance(dated, Mapping) else ():
            start = _date(day.text)
            text_value = type_.kind is Kind.TEXT and isinstance(value, Scalar) and not type_.many
            formula = (
                Formula(value.text, tree.Text(value.text), value.place, value)
                if text_value
                else self.formula(value, cell=type_.many)
            )
            if start is not None and formula is not None:
                values.append((start, formula))
        return Parameter(
            name, type_, tuple(sorted(values, key=lambda item: item[0])),
            self.formula(body.get("限"), cell=True), read[1] if read else None, self.provenance(raw),
        )  # fmt: skip

    def _rule(self, name: str, raw: RawEntry, stacked: Stacked) -> Rule | None:
        body = raw.body
        if "粒度" not in body:
            hint = "写明它是谁的值：粒度: 一张表、一个粒度或一个键的名字"
            self.problems.append(Problem("E312", raw.place, f"规则 {name} 没有写 粒度", hint))
            return None
        made: Formula | Cases | DecisionTable | Required | None
        if "公式" in body:
            made = self.formula(body.get("公式"))
        elif "分情形" in body:
            made = self._cases(raw, body)
        elif "表" in body and _text(body.get("表")) != REQUIRED:
            made = self._decision_table(name, raw, body)
        else:
            made = Required(tuple(_words(body.get("列"))))
        if made is None:
            return None
        rule = Rule(
            name,
            _text(body.get("粒度")),
            made,
            self._type(raw, body),
            _rounding(body.get("舍入")),
            self.provenance(raw),
        )
        if stacked.previous is not None:
            rule = replace(rule, body=with_old_value(made, hidden_name(name, stacked.previous)))
        else:
            self._no_old_value(name, made)
        return rule

    def _no_old_value(self, name: str, made: Formula | Cases | DecisionTable | Required) -> None:
        for formula in formulas_of(made):
            for node in formula.tree.walk():
                if isinstance(node, tree.Name) and node.id == OLD_VALUE:
                    message = f"{name} 用了 原规定，但下层没有 {name} 的规定"
                    hint = "原规定 只写在 替换 下面；新的规则把原来的写全"
                    self.problems.append(Problem("E210", formula.at(node), message, hint))
                    return

    def _cases(self, raw: RawEntry, body: Mapping) -> Cases | None:
        cases = body.get("分情形")
        by = self.formula(body.get("按")) if "按" in body else None
        branches = []
        broken = "按" in body and by is None
        for key, value in cases.entries if isinstance(cases, Mapping) else ():
            about = value if isinstance(value, Mapping) else Mapping((), key.place)
            then = about.get("则") if isinstance(value, Mapping) else value
            condition = None if key.text == "否则" else self.formula(key, cell=by is not None)
            required = isinstance(then, Scalar) and then.text == REQUIRED
            formula = None if required else self.formula(then)
            if (condition is None and key.text != "否则") or (formula is None and not required):
                broken = True
                continue
            provenance = self.provenance(raw, about, key.place)
            branches.append(
                Branch(condition, formula, replace(provenance, status=REQUIRED) if required else provenance)
            )
        return None if broken else Cases(tuple(branches), by)

    def _decision_table(self, name: str, raw: RawEntry, body: Mapping) -> DecisionTable | None:
        given = body.get("表")
        if isinstance(given, Scalar):
            if not self._safe(given):
                return None
            rows = self._rows_of_file(raw, given)
        else:
            rows = (
                [item for item in given.items if isinstance(item, Mapping)]
                if isinstance(given, Sequence)
                else []
            )
        about = ("依据", "状态", "说明")
        columns: list[str] = []
        for row in rows:
            columns += [k.text for k, _ in row if k.text not in (*columns, name, *about)]
        made = []
        broken = isinstance(given, Scalar) and not rows
        for row in rows:
            if name not in row:
                place = (
                    row.entries[0][0].place
                    if row.entries and row.entries[0][0].place.line == row.place.line
                    else row.place
                )
                hint = f"每行都要写 {name}（规则自己的名字）的值"
                self.problems.append(Problem("E313", place, f"表的这一行没有 {name} 一列", hint))
                broken = True
                continue
            cells = [
                self.formula(row.get(column), cell=True) if column in row else None for column in columns
            ]
            required = _text(row.get(name)) == REQUIRED
            value = None if required else self.formula(row.get(name))
            unread = [c for c, cell in zip(columns, cells, strict=True) if cell is None and c in row]
            if (value is None and not required) or unread:
                broken = True
                continue
            provenance = self.provenance(raw, row, row.place)
            status = REQUIRED if required else provenance.status
            made.append(TableRow(tuple(cells), value, replace(provenance, status=status)))
        return None if broken else DecisionTable(tuple(columns), tuple(made))

    def _rows_of_file(self, raw: RawEntry, given: Scalar) -> list[Mapping]:
        from engine.files.csv_text import decode, read_csv
        from engine.files.errors import DataError

        path = raw.folder / given.text
        if not path.is_file():
            self._add("E314", given, f"没有 {given.text} 这个文件")
            return []
        try:
            table = read_csv(path, raw.name, given.text)
        except DataError as error:
            self._add("E314", given, str(error))
            return []
        file = shown(path)
        for broken in table.broken:
            self.problems.append(
                Problem(
                    "E314",
                    Place(file, broken.line, 1),
                    broken.reason,
                    "每行的列数要和表头一样；单元格里有逗号时加引号",
                )
            )
        lines = decode(path.read_bytes(), given.text).splitlines()
        found = []
        for line, cells in zip(table.lines, table.rows, strict=True):
            pairs, column_at = [], 0
            for column, cell in zip(table.columns, cells, strict=True):
                text = str(cell).strip()
                at = lines[line - 1].find(text, column_at) if line <= len(lines) else -1
                column_at = at + len(text) if at >= 0 else column_at
                if text:
                    place = Place(file, line, at + 1 if at >= 0 else 1)
                    pairs.append((Scalar(column, Place(file, 1, 1), False), Scalar(text, place, False)))
            found.append(Mapping(tuple(pairs), Place(file, line, 1)))
        return found

    def _safe(self, node: object) -> bool:
        path = _text(node)
        if path.startswith(("/", "\\", "~")) or ".." in path.replace("\\", "/").split("/") or ":" in path:
            self._add("E314", node, f"{path} 不是本文件夹里的文件", "写相对路径，如 tables/名字.csv")
            return False
        return True

    def _check(self, name: str, raw: RawEntry, stacked: Stacked) -> Check | None:
        body = raw.body
        kind = next(word for word in CHECK_KINDS if word in body)
        given = body.get(kind)
        if "粒度" not in body:
            return None
        if isinstance(given, Mapping):
            grades = [(key.text, self.formula(value)) for key, value in given.entries]
        else:
            grades = [("命中" if kind == "筛查" else kind, self.formula(given))]
        if any(formula is None for _, formula in grades):
            return None
        return Check(name, _text(body.get("粒度")), kind, tuple(grades), self.provenance(raw))  # type: ignore[arg-type]

    # -- statements and programs ---------------------------------------------------------------------------------

    def _statement(self, name: str, raw: RawEntry, stacked: Stacked) -> Statement:
        body = raw.body
        columns = []
        given = body.get("列")
        if isinstance(given, Mapping):
            for key, value in given.entries:
                about = value if isinstance(value, Mapping) else Mapping((), key.place)
                heading = _text(about.get("标题")) if isinstance(value, Mapping) else _text(value)
                digits = _text(about.get("小数"))
                columns.append(
                    Column(
                        key.text, heading or key.text, int(digits) if digits.isdigit() else None, key.place
                    )
                )
        elif isinstance(given, Sequence):
            for item in given.items:
                if isinstance(item, Scalar):
                    columns.append(Column(item.text, item.text, None, item.place))
        return Statement(
            name, _text(body.get("粒度")), tuple(columns), self.formula(body.get("条件")),
            _text(body.get("合计行")) or None, _text(body.get("回填")) or None, self.provenance(raw),
        )  # fmt: skip

    def _program(self, name: str, raw: RawEntry, stacked: Stacked) -> Program:
        body = raw.body
        rows = body.get("行")
        conditions = (
            {key.text: self.formula(value) for key, value in rows.entries}
            if isinstance(rows, Mapping)
            else {}
        )
        limit = _text(body.get("挂起上限"))
        return Program(
            name=name,
            periods=tuple(_words(body.get("期间"))),
            statements=tuple(_words(body.get("报表"))),
            rows={table: formula for table, formula in conditions.items() if formula is not None},
            rules_as_of_start=_text(body.get("规则时点")) == "期初",
            series=_text(body.get("连续")) or None,
            exclude=_name_lists(body.get("排除")),
            need=_name_lists(body.get("需要")),
            hold_limit=int(limit) if limit.isdigit() else 0,
            compute=tuple(_words(body.get("测算"))),
            provenance=self.provenance(raw),
        )


def _around(text: str, column: int) -> str:
    """The words about a place, with a mark where it is."""
    before, after = text[max(0, column - 12) : column], text[column : column + 12]
    if not before and not after:
        return ""
    cut = "…" if column > 12 else ""
    more = "…" if column + 12 < len(text) else ""
    return " ".join(f"{cut}{before}▸{after}{more}".split("\n"))


def hidden_name(name: str, previous: Stacked) -> str:
    """The name under which the value before a replacement can still be computed."""
    return f"{name}〔{previous.raw.layer}〕"


def mentions_old_value(body: object) -> bool:
    return any(
        isinstance(node, tree.Name) and node.id == OLD_VALUE
        for formula in formulas_of(body)
        for node in formula.tree.walk()
    )


def formulas_of(body: object) -> list[Formula]:
    """Every formula of a rule's body, conditions too."""
    if isinstance(body, Formula):
        return [body]
    if isinstance(body, Cases):
        found = [body.by, *(part for branch in body.branches for part in (branch.condition, branch.value))]
    elif isinstance(body, DecisionTable):
        found = [part for row in body.rows for part in (*row.cells, row.value)]
    else:
        found = []
    return [formula for formula in found if formula is not None]


def with_old_value(
    body: Formula | Cases | DecisionTable | Required, hidden: str
) -> Formula | Cases | DecisionTable | Required:
    """``body`` with 原规定 read from ``hidden``."""
    if not mentions_old_value(body):
        return body

    def swap(formula: Formula | None) -> Formula | None:
        return None if formula is None else replace(formula, tree=_renamed(formula.tree, OLD_VALUE, hidden))

    if isinstance(body, Formula):
        return swap(body)  # type: ignore[return-value]
    if isinstance(body, Cases):
        branches = tuple(replace(b, condition=swap(b.condition), value=swap(b.value)) for b in body.branches)
        return Cases(branches, swap(body.by))
    assert isinstance(body, DecisionTable)
    rows = tuple(replace(r, cells=tuple(swap(c) for c in r.cells), value=swap(r.value)) for r in body.rows)
    return DecisionTable(body.columns, rows)


def _renamed(node: tree.Node, old: str, new: str) -> tree.Node:
    if isinstance(node, tree.Name):
        return replace(node, id=new) if node.id == old else node
    changes: dict[str, object] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, tree.Node):
            changes[name] = _renamed(value, old, new)
        elif isinstance(value, tuple) and name != "span":
            changes[name] = tuple(_renamed_part(part, old, new) for part in value)
    return replace(node, **changes)  # type: ignore[arg-type]


def _renamed_part(part: object, old: str, new: str) -> object:
    if isinstance(part, tree.Node):
        return _renamed(part, old, new)
    if isinstance(part, tuple):
        return tuple(_renamed_part(inner, old, new) for inner in part)
    return part


def _rounding(node: object) -> Rounding | None:
    if isinstance(node, Scalar) and node.text.isdigit():
        return Rounding(int(node.text))
    if isinstance(node, Mapping) and _text(node.get("位数")).isdigit():
        return Rounding(int(_text(node.get("位数"))), _text(node.get("方式")) or "四舍五入")
    return None


def _name_lists(node: object) -> dict[str, tuple[str, ...]]:
    return (
        {key.text: tuple(_words(value)) for key, value in node.entries} if isinstance(node, Mapping) else {}
    )


def _words(node: object) -> list[str]:
    if isinstance(node, Sequence):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return [node.text] if isinstance(node, Scalar) and node.text else []


def _text(node: object) -> str:
    return node.text.strip() if isinstance(node, Scalar) else ""


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _plain(node: object) -> object:
    if isinstance(node, Mapping):
        return {key.text: _plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None
