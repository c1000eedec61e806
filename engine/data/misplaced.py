"""Words of a mapping, or of a program, that stand at the top of the mapping, where tables stand."""

from __future__ import annotations

from collections.abc import Mapping

from engine.rulebook import nodes
from engine.rulebook.keywords import words
from engine.rulebook.problems import Problem

OF_A_TABLE: Mapping[str, str] = {
    "来自": "来自: 数据里的表",
    "时区": "时区: Asia/Shanghai",
    "列": "列: {字段: 数据里的列}",
    "空值": "空值: [无]",
    "退费": "退费: {标志: 列, 值: …, 原单号: 列}",
}
"""How each is written, of the words that stand in a table's mapping."""
OF_A_FIELD: Mapping[str, str] = {
    "代码": "{列: 数据里的列, 代码: {1: 甲}}",
    "其余": "{列: 数据里的列, 代码: {1: 甲}, 其余: 乙}",
    "常数": "{常数: 7}",
    "取": "{列: 数据里的列, 取: 日期}",
    "连接": "{列: [一列, 另一列], 连接: -}",
}
_OF_REFUNDS = ("标志", "值", "原单号", "单号")


def misplaced(key: nodes.Scalar, value: nodes.Yaml) -> Problem | None:
    """That ``key`` is a word and no table, with where it belongs; ``None`` where it is the mapping of a table."""
    word = key.text
    if isinstance(value, nodes.Mapping) and any(inner.text in OF_A_TABLE for inner, _ in value):
        return None
    message = f"“{key.shown}”不写在最外面，最外面写表名"
    if word in OF_A_TABLE:
        hint = f"写在表的下面：表名: {{{OF_A_TABLE[word]}, …}}；几张表都要，每张各写一次"
    elif word in OF_A_FIELD:
        hint = f"写在一列里：表名: {{列: {{字段: {OF_A_FIELD[word]}}}}}"
    elif word in _OF_REFUNDS:
        hint = f"写在表的 退费 里：表名: {{{OF_A_TABLE['退费']}}}"
    elif word in words("program"):
        message, hint = f"“{key.shown}”不写在映射里", f"写在规则的程序里：程序名: {{{word}: …}}"
    else:
        return None
    return Problem("E123", key.place, message, hint)
