"""Statements and programs as written to entries of the model."""

from __future__ import annotations

from engine.rulebook.layers import RawEntry
from engine.rulebook.model import Column, Program, Statement
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.reading import Reading
from engine.rulebook.stack import Stacked
from engine.rulebook.written import count_of, count_or_share_of, scalars_of, text_of, word_lists_of, words_of


def read_statement(at: Reading, name: str, raw: RawEntry, stacked: Stacked) -> Statement:
    """粒度, the columns (列) with their headings and digits, 条件, 首要, 合计行 and 回填."""
    body = raw.body
    given = body.get("列")
    if isinstance(given, Mapping):
        columns = [_column(key, value) for key, value in given.entries]
    else:
        columns = [Column(item.text, item.text, None, item.place) for item in scalars_of(given)]
    return Statement(
        name, text_of(body.get("粒度")), tuple(columns), at.formula(body.get("条件")),
        text_of(body.get("合计行")) or None, text_of(body.get("回填")) or None,
        tuple(words_of(body.get("首要"))), at.provenance(raw),
    )  # fmt: skip


def _column(key: Scalar, value: Yaml) -> Column:
    """``名: 标题`` or ``名: {标题: …, 小数: …}``."""
    if not isinstance(value, Mapping):
        return Column(key.text, text_of(value) or key.text, None, key.place)
    return Column(key.text, text_of(value.get("标题")) or key.text, count_of(value.get("小数")), key.place)


def read_program(at: Reading, name: str, raw: RawEntry, stacked: Stacked) -> Program:
    """期间, 报表, and which rows run, are excluded, are held."""
    body = raw.body
    rows = body.get("行")
    conditions = {key.text: at.formula(value) for key, value in rows.entries} if isinstance(rows, Mapping) else {}
    return Program(
        name=name,
        periods=tuple(words_of(body.get("期间"))),
        statements=tuple(words_of(body.get("报表"))),
        rows={table: formula for table, formula in conditions.items() if formula is not None},
        rules_as_of_start=text_of(body.get("规则时点")) == "期初",
        series=text_of(body.get("连续")) or None,
        exclude=word_lists_of(body.get("排除")),
        need=word_lists_of(body.get("需要")),
        hold_limit=count_of(body.get("挂起上限")) or 0,
        refuse_limit=count_or_share_of(body.get("拒收上限")),
        compute=tuple(words_of(body.get("测算"))),
        provenance=at.provenance(raw),
    )
