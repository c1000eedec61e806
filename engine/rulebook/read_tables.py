"""Tables with their fields, and grains, as written to entries of the model."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from engine.language.types import Kind, Type
from engine.language.values import Interval, Value
from engine.rulebook.bounds import bound_cell
from engine.rulebook.constants import read_constant, read_interval, read_type
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import REQUIRED, Field, Grain, Table
from engine.rulebook.nearest import nearest
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.problems import Place
from engine.rulebook.read_rows_from import read_rows_from
from engine.rulebook.reading import Reading
from engine.rulebook.rows_named import file_of_rows
from engine.rulebook.stack import Stacked
from engine.rulebook.written import count_of, plain_of, says_yes, text_of, words_of


def read_table(at: Reading, name: str, raw: RawEntry, stacked: Stacked) -> Table:
    """主键, 字段 (with those that later layers added or retyped), 归期 and 行."""
    body = raw.body
    specs: dict[str, tuple[RawEntry, Yaml, Place]] = {}
    fields = body.get("字段")
    if isinstance(fields, Mapping):
        specs = {key.text: (raw, spec, key.place) for key, spec in fields.entries}
    for column, (owner, spec) in stacked.fields.items():
        specs[column] = (owner, spec, spec.place)
    built = {column: _field(at, column, *found) for column, found in specs.items()}
    table = Table(
        name=name,
        key=tuple(words_of(body.get("主键"))),
        fields={column: field for column, field in built.items() if field is not None},
        period_field=text_of(body.get("归期")) or None,
        optional=says_yes(body.get("可空")),
        sparse=says_yes(body.get("可缺行")),
        rows_file=_rows_file(at, raw, body.get("行")),
        rows_from=read_rows_from(at, body.get("行")),
        rows_required=text_of(body.get("行")) == REQUIRED,
        synthesis=plain_of(body.get("合成")),
        provenance=at.provenance(raw),
    )
    for key in (*table.key, *([table.period_field] if table.period_field else [])):
        if key not in specs:
            written = next((w for w in ("主键", "归期") if key in words_of(body.get(w))), "主键")
            at.add(
                "E306",
                body.get(written) or body,
                f"表 {name} 的 {written} 写了 {key}，字段里没有它",
                nearest(key, specs),
            )
    return table


def _field(at: Reading, name: str, raw: RawEntry, spec: Yaml, place: Place) -> Field | None:
    body = spec if isinstance(spec, Mapping) else Mapping((), place)
    read = read_type(body.get("类型") if isinstance(spec, Mapping) else spec)
    if read is None:
        at.add(
            "E404",
            spec,
            f"字段 {name} 的类型看不懂",
            "写 文本、日期、年月、是否、整数、数、单位、[取值…] 或 → 表",
        )
        return None
    type_, refers, digits = read
    if says_yes(body.get("区间")):
        type_ = replace(type_, kind=Kind.INTERVAL)
    default, bounds = body.get("默认"), body.get("范围")
    value = _default(at, name, default, type_)
    span = read_interval(bounds.text) if isinstance(bounds, Scalar) else None
    cell = bound_cell(bounds.text) if isinstance(bounds, Scalar) and span is None else None
    if bounds is not None and cell is None:
        _check_range(at, name, bounds, span, default, value)
    _check_words(at, name, body, type_)
    declared = count_of(body.get("小数"))
    return Field(
        name,
        type_,
        refers,
        digits=digits if declared is None else declared,
        nullable=says_yes(body.get("可空")),
        has_default=default is not None,
        default=value,
        range=span,
        range_named=text_of(bounds) if cell is not None else "",
        wildcard=says_yes(body.get("任何")),
        validity=text_of(body.get("有效期")),
        identifies=says_yes(body.get("标识")) if "标识" in body else None,
        lengths=tuple(int(word) for word in words_of(body.get("长度"))),
        provenance=at.provenance(raw, body, place),
    )


def _default(at: Reading, name: str, default: Yaml | None, type_: Type) -> Value:
    if not isinstance(default, Scalar):
        return None
    try:
        return read_constant(default.text, type_)
    except ValueError as error:
        at.add("E405", default, f"字段 {name} 的 默认 不合类型：{error}")
        return None


def _check_words(at: Reading, name: str, body: Mapping, type_: Type) -> None:
    """Refuses words that mean nothing for the type."""
    for word, kind in (("有效期", Kind.DATE), ("标识", Kind.TEXT), ("长度", Kind.TEXT)):
        if word in body and type_.kind is not kind:
            at.add(
                "E405", body.get(word) or body, f"字段 {name} 是{type_}，不能写 {word}", f"{word} 只用于{kind.value}"
            )


def _check_range(
    at: Reading, name: str, bounds: Yaml, span: Interval | None, default: Yaml | None, value: Value
) -> None:
    """Refuses a 范围 that is no interval or is turned round, and a 默认 outside it."""
    if span is None:
        at.add("E405", bounds, f"字段 {name} 的 范围 看不懂", "写 ≥ 0、[0, 150] 这样的区间")
    elif span.is_turned():
        at.add("E405", bounds, f"字段 {name} 的 范围 下限大于上限", "写成 [小, 大]")
    elif default is not None and isinstance(value, Fraction) and value not in span:
        at.add("E405", default, f"字段 {name} 的 默认 不在它的 范围 {span} 里", "改 默认 或 范围")


def _rows_file(at: Reading, raw: RawEntry, rows: Yaml | None) -> str | None:
    """The path of the file with the table's rows; ``None`` if it has none, or they are 待定."""
    named = file_of_rows(rows)
    if named is None or not at.inside_folder(named, raw.folder):
        return None
    return str(raw.folder / text_of(named))


def read_grain(at: Reading, name: str, raw: RawEntry, stacked: Stacked) -> Grain | None:
    """键, with 每个 of several grains combined; or the rows of another grain (行) that meet a condition (条件)."""
    body = raw.body
    if "键" in body:
        every = tuple(words_of(body.get("每个")))
        return Grain(name, tuple(words_of(body.get("键"))), provenance=at.provenance(raw), every=every)
    condition = at.formula(body.get("条件"))
    if condition is None and "条件" in body:
        return None
    return Grain(name, (), text_of(body.get("行")), condition, at.provenance(raw))
